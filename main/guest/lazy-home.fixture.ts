// A lazy guest without a keeper: sessions of a real QEMU and witness saved one after another into a guest's folder, each
// sealed as a suspend seals it. For tests of the lazy engine and of what becomes of its files.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generationFolder, type Manifest } from '../generation/manifest';
import { seal } from '../generation/seal';
import type { GuestDefinition } from './definition';
import type { Engine, RamGround, SavedState } from './engine';
import { lazyEngineWith } from './lazy';
import {
  exampleGuest,
  type Machine,
  must,
  startMachine,
  type Tick,
  temporaryFolder,
} from './machine.fixture';
import { findStateMap } from './state-map';

export const library = findStateMap();
export const engine = lazyEngineWith(library ?? '/nowhere/libstate-map.so');
export const never = new AbortController().signal;
export const diskless = { ...exampleGuest, disks: [] } satisfies GuestDefinition;
export const { ramBytes } = diskless;

/** A guest's folder in which generations are saved one after another, without a keeper. */
export interface Home {
  readonly ground: RamGround;
  readonly definition: GuestDefinition;
  /** Its disk, if it has one; it goes on from session to session and is no part of what is saved. */
  readonly layers: readonly string[];
  readonly engine: Engine;
  readonly generations: Manifest[];
}

export async function makeHome(
  about: Partial<Pick<Home, 'definition' | 'layers' | 'engine'>> & { readonly folder?: string } = {},
): Promise<Home> {
  const { definition = diskless, layers = [] } = about;
  const { id, uuid } = definition;
  const place = { folder: about.folder ?? (await temporaryFolder()), id, uuid };
  const ground = {
    place,
    ramBytes: definition.ramBytes,
    loads: null,
    runtimeFolder: await temporaryFolder(),
  };
  return { ground, definition, layers, engine: about.engine ?? engine, generations: [] };
}

export function groundOf(home: Home, loads = home.generations.at(-1) ?? null): RamGround {
  return { ...home.ground, loads };
}

export async function begin(home: Home, loads = home.generations.at(-1) ?? null): Promise<Machine> {
  const machine = await prepare(home, loads);
  must(await machine.qmp.execute('cont', {}));
  return machine;
}

/** Restored and proven, still paused. */
export async function prepare(home: Home, loads = home.generations.at(-1) ?? null): Promise<Machine> {
  const ground = groundOf(home, loads);
  const { definition, layers, engine: own } = home;
  const ordered = must(await own.start(ground));
  const machine = await startMachine({ definition, layers, ordered, incoming: loads !== null });
  await ordered.close();
  const qemuPid = machine.child.pid ?? 0;
  if (loads?.state) {
    const folder = join(ground.place.folder, generationFolder(loads.number));
    const { qmp } = machine;
    must(
      await own.restoreState({
        ...{ qmp, qemuPid, ground, folder, state: loads.state },
        ...{ onProgress: () => {}, signal: never },
      }),
    );
  }
  must(await own.proveMapping({ qemuPid, ground }));
  must((await ordered.warmed) ?? { ok: true, value: 0 });
  return machine;
}

export async function save(home: Home, machine: Machine, signal = never) {
  must(await machine.qmp.execute('stop', {}));
  const number = home.generations.length + 1;
  const ground = groundOf(home);
  const folder = join(ground.place.folder, generationFolder(number));
  await mkdir(folder, { recursive: true });
  return home.engine.saveState({
    ...{ qmp: machine.qmp, qemuPid: machine.child.pid ?? 0, ground, folder, number },
    ramBytes: ground.ramBytes,
    ...{ onProgress: () => {}, signal },
  });
}

export async function saveAndEnd(home: Home, machine: Machine): Promise<SavedState> {
  const saved = must(await save(home, machine));
  const manifest = manifestOf(home, saved);
  const folder = join(home.ground.place.folder, generationFolder(manifest.number));
  const session = { number: manifest.number, folder, parent: manifest, below: [], layer: null };
  must(await seal({ place: home.ground.place, session, manifest }));
  home.generations.push(manifest);
  await machine.kill();
  return saved;
}

function manifestOf(home: Home, saved: SavedState): Manifest {
  const number = home.generations.length + 1;
  const { definition } = home;
  return {
    ...{ format: 'soulpad-generation', version: 1, guest: definition.id, guestUuid: definition.uuid, number },
    ...{ parent: number - 1, createdAt: new Date().toISOString(), machine: definition.machine },
    ...{
      cpuModel: definition.cpuModel,
      ramBytes: definition.ramBytes,
      engine: 'lazy',
      layers: [],
      state: saved.state,
    },
    ...{ ram: saved.ram, nonZeroBytes: saved.nonZeroBytes },
  };
}

export function expectSameGuest(before: Tick, after: Tick): void {
  expect(after).toMatchObject({ nonce: before.nonce, ram: before.ram });
  expect(after.ram).toMatch(/^ok\//);
  expect(after.n).toBeGreaterThan(before.n);
}
