// A guest on a disk that is measured, woken and put to sleep by the real programs: in a vault through the CLI, as a
// person does it, or in a plain folder through the same keeper. Both give the same stages in seconds.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { surface } from '../../main/cli/surface';
import { addGuest, type NewGuest } from '../../main/guest/store';
import { type KeeperHandle, type KeeperPlaces, openKeeper } from '../../main/keeper/handle';
import { type GuestFiles, guestFiles } from '../../main/keeper/places';
import { servePlainOwner } from '../../main/keeper/plain-owner.fixture';
import { scrubbedEnvironment } from '../../main/process/run';
import type { EngineName, Ran, Suspended } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { soulpadOk } from '../support/cli';
import { until } from '../support/system';

/** Seconds. `unlock` is the CLI's `vault open`: starting a program, the key, the mount. 0 in a plain folder. */
export interface Woken {
  readonly seconds: Ran['seconds'] & { readonly unlock: number };
  readonly serialSocket: string;
}

/** Seconds. `close` is the CLI's `vault close`. */
export interface Slept {
  readonly seconds: Suspended['seconds'] & { readonly close: number };
  readonly nonZeroBytes: number;
  readonly changedBytes: number | null;
  readonly writtenBytes: number;
}

export interface BenchGuest {
  readonly vaultKind: 'plain' | 'gocryptfs';
  wake(): Promise<Woken>;
  sleep(): Promise<Slept>;
  /** A live checkpoint: the guest goes on. */
  checkpoint(): Promise<void>;
  /** Once it was told to switch itself off: until it is off and its vault is closed. */
  waitUntilOff(): Promise<void>;
  /** Takes guest and vault off the disk. The guest must be asleep or off. */
  remove(): Promise<void>;
}

/** In a plain folder its keeper can be asked, and a guest that is still awake is ended by `remove`. */
export interface FolderGuest extends BenchGuest {
  readonly files: GuestFiles;
  /** Throws while it sleeps. */
  keeper(): KeeperHandle;
}

interface Where {
  /** Where it lies: a folder on the disk that is measured. */
  readonly disk: string;
  readonly engine: EngineName;
}

export interface BenchOrder extends Where {
  readonly guest: Omit<NewGuest, 'guestsFolder'>;
}

/** A whole guest at 1 MB/s. */
const patienceMs = 3_600_000;

/** In a gocryptfs vault, by `vault open`, `guest run --headless`, `guest suspend`, `vault close`. */
export async function guestInVault(order: BenchOrder): Promise<BenchGuest> {
  const home = join(order.disk, 'home');
  const runtime = await mkdtemp('/tmp/soulpad-bench-');
  const env = scrubbedEnvironment({ SOULPAD_HOME: home, XDG_RUNTIME_DIR: runtime });
  const passphrase = 'a throwaway vault for benches';
  const cli = <T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T> =>
    soulpadOk({ args, env, timeoutMs: patienceMs }, shape);
  const unlock = (...args: readonly string[]): Promise<unknown> =>
    soulpadOk({ args, env, passphrase, timeoutMs: patienceMs }, z.unknown());
  await mkdir(home, { mode: 0o700 });
  await unlock('vault', 'create');
  await unlock('vault', 'open');
  const { mountPoint } = await cli(surface['vault.status'], 'vault', 'status');
  if (mountPoint === null) throw new Error('the vault is open and has no mount point');
  must(await addGuest({ ...order.guest, guestsFolder: join(mountPoint, 'guests') }));
  const close = (): Promise<unknown> => cli(z.unknown(), 'vault', 'close');
  await close();
  const { id } = order.guest.definition;
  return {
    vaultKind: 'gocryptfs',
    wake: async () => {
      const opened = await timed(() => unlock('vault', 'open'));
      const words = ['guest', 'run', id, '--headless', '--engine', order.engine];
      const ran = await cli(surface['guest.run'], ...words);
      return {
        seconds: { ...ran.seconds, unlock: opened.seconds },
        serialSocket: ran.serialSocket,
      };
    },
    sleep: async () => {
      const saved = await cli(surface['guest.suspend'], 'guest', 'suspend', id);
      const closed = await timed(close);
      return sleptOf(saved, closed.seconds);
    },
    checkpoint: async () => {
      await cli(surface['guest.checkpoint'], 'guest', 'checkpoint', id);
    },
    waitUntilOff: async () => {
      const state = async () => (await cli(surface['guest.status'], 'guest', 'status', id)).guests[0]?.state;
      await until(`${id} is off`, async () => (await state()) === 'off', patienceMs);
      await close();
    },
    remove: async () => {
      await rm(home, { recursive: true });
      await rm(runtime, { recursive: true });
    },
  };
}

/** In a plain folder: what encryption costs is the difference. */
export function guestInFolder(order: BenchOrder): Promise<FolderGuest> {
  const { definition } = order.guest;
  return guestMadeInFolder(order, async (guestsFolder) => {
    must(await addGuest({ ...order.guest, guestsFolder }));
    return definition.id;
  });
}

/** `make` puts a guest into the guests' folder and answers with its id. */
export async function guestMadeInFolder(
  where: Where,
  make: (guestsFolder: string) => Promise<string>,
): Promise<FolderGuest> {
  const runtimeFolder = await mkdtemp('/tmp/soulpad-bench-');
  const guestsFolder = join(where.disk, 'guests');
  const ownerSocket = join(runtimeFolder, 'owner.sock');
  const places: KeeperPlaces = { runtimeFolder, guestsFolder, ownerSocket };
  await rm(guestsFolder, { recursive: true, force: true }); // of a bench that failed
  await mkdir(guestsFolder, { mode: 0o700 });
  const id = await make(guestsFolder);
  const owner = must(await servePlainOwner(places, new Set()));
  const files = guestFiles(places, id);
  let awake: KeeperHandle | null = null;
  const keeper = (): KeeperHandle => {
    if (awake === null) throw new Error('the guest does not run');
    return awake;
  };
  return {
    vaultKind: 'plain',
    files,
    keeper,
    wake: async () => {
      awake = must(await openKeeper({ places, guestId: id, engine: where.engine }));
      const ran = must(await awake.run());
      return { seconds: { ...ran.seconds, unlock: 0 }, serialSocket: files.serialSocket };
    },
    sleep: async () => {
      const saved = must(await keeper().suspend());
      awake?.close();
      awake = null;
      return sleptOf(saved, 0);
    },
    checkpoint: async () => {
      if (awake === null) throw new Error('the guest sleeps');
      must(await awake.checkpoint());
    },
    waitUntilOff: async () => {
      const { fault } = await keeper().ended;
      awake?.close();
      awake = null;
      if (fault !== null) throw new Error(fault.message);
    },
    remove: async () => {
      if (awake !== null) {
        await awake.drop();
        awake.close();
      }
      await owner.close();
      await rm(guestsFolder, { recursive: true });
      await rm(runtimeFolder, { recursive: true });
    },
  };
}

function sleptOf(saved: Suspended, close: number): Slept {
  const { nonZeroBytes, changedBytes, writtenBytes } = saved;
  return { seconds: { ...saved.seconds, close }, nonZeroBytes, changedBytes, writtenBytes };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const began = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - began) / 1000 };
}

/** The value, or an error that names the fault. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.fault.stage}: ${result.fault.code}: ${result.fault.message}`);
}
