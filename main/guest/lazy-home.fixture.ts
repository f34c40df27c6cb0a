// A lazy guest without a keeper: sessions of a real QEMU and witness saved one after another into a guest's folder, each
// sealed as a suspend seals it. For tests of the lazy engine and of what becomes of its files.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generationFolder, type Manifest } from '../generation/manifest';
import { seal } from '../generation/seal';
import type { GuestDefinition } from './definition';
import type { RamGround, SavedState } from './engine';
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
  readonly generations: Manifest[];
}

export async function makeHome(folder?: string): Promise<Home> {
  const place = { folder: folder ?? (await temporaryFolder()), id: diskless.id, uuid: diskless.uuid };
  const ground = { place, ramBytes, loads: null, runtimeFolder: await temporaryFolder() };
  return { ground, generations: [] };
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
  const ordered = must(await engine.start(ground));
  const machine = await startMachine({ definition: diskless, ordered, incoming: loads !== null });
  await ordered.close();
  const qemuPid = machine.child.pid ?? 0;
  if (loads?.state) {
    const folder = join(ground.place.folder, generationFolder(loads.number));
    const { qmp } = machine;
    must(
      await engine.restoreState({
        ...{ qmp, qemuPid, ground, folder, state: loads.state },
        ...{ onProgress: () => {}, signal: never },
      }),
    );
  }
  must(await engine.proveMapping({ qemuPid, ground }));
  return machine;
}

export async function save(home: Home, machine: Machine, signal = never) {
  must(await machine.qmp.execute('stop', {}));
  const number = home.generations.length + 1;
  const ground = groundOf(home);
  const folder = join(ground.place.folder, generationFolder(number));
  await mkdir(folder, { recursive: true });
  return engine.saveState({
    ...{ qmp: machine.qmp, qemuPid: machine.child.pid ?? 0, ground, folder, number, ramBytes },
    ...{ onProgress: () => {}, signal },
  });
}

export async function saveAndEnd(home: Home, machine: Machine): Promise<SavedState> {
  const saved = must(await save(home, machine));
  const manifest = manifestOf(home, saved);
  const folder = join(home.ground.place.folder, generationFolder(manifest.number));
  const session = { number: manifest.number, folder, parent: manifest, layer: null };
  must(await seal({ place: home.ground.place, session, manifest }));
  home.generations.push(manifest);
  await machine.kill();
  return saved;
}

function manifestOf(home: Home, saved: SavedState): Manifest {
  const number = home.generations.length + 1;
  return {
    ...{ format: 'soulpad-generation', version: 1, guest: diskless.id, guestUuid: diskless.uuid, number },
    ...{ parent: number - 1, createdAt: new Date().toISOString(), machine: diskless.machine },
    ...{ cpuModel: diskless.cpuModel, ramBytes, engine: 'lazy', layers: [], state: saved.state },
    ...{ ram: saved.ram, nonZeroBytes: saved.nonZeroBytes },
  };
}

export function expectSameGuest(before: Tick, after: Tick): void {
  expect(after).toMatchObject({ nonce: before.nonce, ram: before.ram });
  expect(after.ram).toMatch(/^ok\//);
  expect(after.n).toBeGreaterThan(before.n);
}
