// A world for backups: a plain folder for an open vault, a witness that is really saved by its keeper, repositories in
// folders, and what a test needs to see that what came back is the same. `endBackups` leaves nothing behind. Tests only.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { EngineChoice } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { type GuestPlace, readCurrent } from '../generation/store';
import { openKeeper } from '../keeper/handle';
import {
  bundle,
  endWorlds,
  makeWorld,
  must,
  removeBundles,
  type Tick,
  ticks,
  type World,
} from '../keeper/keeper.fixture';
import { guestFiles } from '../keeper/places';
import { findProgram } from '../process/program-search';
import { newRecoveryKey } from '../vault/recovery/recovery-key';
import { addRepository, keepByDefault, type NewRepository, type Repository, runBackup } from './backup';
import { readLocation } from './location';
import type { BackupPlaces } from './run';

export const never = new AbortController().signal;
export const resticIsThere = findProgram('restic') !== null;

export interface BackupWorld {
  readonly world: World;
  readonly places: BackupPlaces;
  /** 48 digits, a new copy each time: whoever is given one wipes it. */
  recovery(): Buffer;
  /** The guest runs until it has ticked, and is suspended: one more saved moment. */
  live(count?: number, engine?: EngineChoice): Promise<Tick>;
  /** A folder for repositories and what else a test makes. */
  readonly ground: string;
}

const grounds: string[] = [];

export async function makeBackupWorld(): Promise<BackupWorld> {
  const world = await makeWorld();
  const ground = await mkdtemp(join(tmpdir(), 'soulpad-b-'));
  grounds.push(ground);
  const mountPoint = dirname(world.places.guestsFolder);
  const digits = newRecoveryKey();
  return {
    world,
    ground,
    places: {
      mountPoint,
      guestsFolder: world.places.guestsFolder,
      runtimeFolder: world.places.runtimeFolder,
      uuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e',
    },
    recovery: () => Buffer.from(digits),
    live: (count = 2, engine = 'auto') => liveOnce(world, count, engine),
  };
}

export async function endBackups(): Promise<void> {
  await endWorlds();
  await removeBundles();
  program = null;
  for (const ground of grounds.splice(0)) await rm(ground, { recursive: true, force: true });
}

let program: Promise<string> | null = null;

function keeperProgram(): Promise<string> {
  program ??= bundle({ source: 'keeper-program.ts', name: 'backup-keeper.cjs' });
  return program;
}

/** Wakes the guest of a world, waits for its ticks and suspends it. */
export async function liveOnce(world: World, count: number, engine: EngineChoice = 'auto'): Promise<Tick> {
  const { places, definition } = world;
  const chosen = await keeperProgram();
  const keeper = must(await openKeeper({ places, guestId: definition.id, engine, program: chosen }));
  must(await keeper.run());
  const seen = await ticks(world, count);
  must(await keeper.suspend());
  await keeper.ended;
  const last = seen.at(-1);
  if (last === undefined) throw new Error('the witness said nothing');
  return last;
}

/** The same guest in another vault, woken there: what it says first. */
export function liveIn(world: World, places: BackupPlaces): Promise<Tick> {
  const there = { ...places, ownerSocket: world.places.ownerSocket };
  return liveOnce({ ...world, places: there, files: guestFiles(there, world.definition.id) }, 1);
}

/** A repository in a folder of the world, or where `where` says. */
export async function addTo(
  world: BackupWorld,
  about: Partial<Pick<NewRepository, 'trust' | 'sshKey' | 'credentials'>> & {
    readonly name?: string;
    readonly where?: string;
    readonly appendOnly?: boolean;
    readonly afterSuspend?: boolean;
  } = {},
): Promise<Result<Repository>> {
  const name = about.name ?? 'disk';
  const where = must(readLocation(about.where ?? join(world.ground, name)));
  const added = await addRepository({
    ...where,
    ...(about.credentials === undefined ? {} : { credentials: about.credentials }),
    mountPoint: world.places.mountPoint,
    settings: {
      ...{ name, appendOnly: about.appendOnly ?? false, moments: 'all' },
      afterSuspend: about.afterSuspend ?? false,
      keep: keepByDefault,
    },
    recovery: world.recovery(),
    sshKey: about.sshKey ?? null,
    trust: about.trust ?? null,
    now: new Date().toISOString(),
    signal: never,
  });
  return added.ok ? { ok: true, value: added.value.repository } : added;
}

export function backUp(world: BackupWorld, repository: Repository) {
  return runBackup({ places: world.places, repository, signal: never });
}

/** sha256 of every file of the moment that CURRENT names, by its name below the guest's folder. */
export async function sumsOfGuest(place: GuestPlace, only?: readonly string[]): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  const current = must(await readCurrent(place));
  for (const name of await filesBelow(place.folder)) {
    if (only !== undefined && !only.includes(name)) continue;
    if (name.startsWith('gen-') && Number(name.slice(4, 8)) > current) continue;
    sums.set(
      name,
      createHash('sha256')
        .update(await readFile(join(place.folder, name)))
        .digest('hex'),
    );
  }
  return sums;
}

async function filesBelow(folder: string, start = ''): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(folder, start), { withFileTypes: true })) {
    const name = join(start, entry.name);
    if (entry.isDirectory()) names.push(...(await filesBelow(folder, name)));
    else names.push(name);
  }
  return names;
}

export function faultOf(result: Result<unknown>): Fault {
  if (result.ok) throw new Error('it went well');
  return result.fault;
}

/** Another vault: empty, and nothing known in it but what comes back. */
export async function emptyVault(world: BackupWorld): Promise<BackupPlaces> {
  const mountPoint = await mkdtemp(join(world.ground, 'vault-'));
  const runtimeFolder = join(mountPoint, '..', `run-${Math.random().toString(36).slice(2, 8)}`);
  await mkdir(runtimeFolder, { mode: 0o700 });
  return {
    ...{ mountPoint, runtimeFolder, guestsFolder: join(mountPoint, 'guests') },
    uuid: '7b1f0d52-1111-4c0b-9d6e-3f1b7a2c4d5e',
  };
}
