// A world for a keeper's tests: a plain folder for the mount point, an owner-like socket, a witness guest, the real
// keeper program bundled from the sources (the tests must not depend on when out/ was built). `endWorlds` leaves no
// process, mount or folder behind, also after a failed test.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import type { EngineChoice } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { type GuestPlace, listGenerations } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { addGuest, guestPlace } from '../guest/store';
import { defineWitness } from '../guest/witness';
import { run } from '../process/run';
import { readLines } from '../socket/lines';
import type { Serving } from '../socket/serve';
import { type KeeperHandle, openKeeper } from './handle';
import { type GuestFiles, guestFiles, type KeeperPlaces } from './places';
import { servePlainOwner } from './plain-owner.fixture';
import { findQemu } from './proof';
import { readKeeperRecord } from './record';

const repository = join(import.meta.dirname, '../..');
const witness = {
  kernel: join(repository, 'out/witness/kernel'),
  initrd: join(repository, 'out/witness/initrd'),
};

export const witnessIsBuilt = existsSync(witness.kernel);
export const witnessMissing = 'the witness guest is not built: run native-scripts/guest/witness/build';

export interface World {
  readonly root: string;
  readonly places: KeeperPlaces;
  readonly definition: GuestDefinition;
  readonly place: GuestPlace;
  readonly files: GuestFiles;
  /** Programs attached to the owner-like socket now. */
  readonly attached: Set<number>;
  endOwner(): Promise<void>;
  startOwner(): Promise<void>;
}

const worlds: World[] = [];

/** `mount`: where the guests lie when that is not a plain folder of the world. `make`: its guest, else a witness. */
export async function makeWorld(
  about: { readonly mount?: string; readonly make?: (guestsFolder: string) => Promise<GuestDefinition> } = {},
): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'soulpad-k-'));
  const runtimeFolder = join(root, 'r');
  const guestsFolder = join(about.mount ?? join(root, 'vault'), 'guests');
  await mkdir(runtimeFolder, { mode: 0o700 });
  const places: KeeperPlaces = {
    runtimeFolder,
    guestsFolder,
    ownerSocket: join(runtimeFolder, 'owner.sock'),
  };
  const definition = await (about.make ?? makeWitness)(guestsFolder);
  const attached = new Set<number>();
  let serving: Serving<Record<string, never>> | null = null;
  const world: World = {
    ...{ root, places, definition, attached },
    place: guestPlace(guestsFolder, definition),
    files: guestFiles(places, definition.id),
    startOwner: async () => {
      serving = must(await servePlainOwner(places, attached));
    },
    endOwner: async () => {
      await serving?.close();
      serving = null;
    },
  };
  worlds.push(world);
  await world.startOwner();
  return world;
}

/** A small quick witness: what is tested here is the keeper, not how long a guest takes to fill its RAM. */
async function makeWitness(guestsFolder: string): Promise<GuestDefinition> {
  const drawn = defineWitness({ id: 'witness', name: 'Witness', createdAt: new Date().toISOString() });
  const { boot } = drawn;
  if (boot.from !== 'kernel') throw new Error('the witness boots from a kernel');
  const commandLine = boot.commandLine
    .replace(/witness\.blocks=\d+/, 'witness.blocks=64')
    .replace(/witness\.tick=\d+/, 'witness.tick=100');
  const definition: GuestDefinition = { ...drawn, boot: { ...boot, commandLine } };
  must(await addGuest({ guestsFolder, definition, boot: witness }));
  return definition;
}

/** Its keeper, started or joined; `program`: as `bundle` made it. */
export function open(world: World, program: string, engine: EngineChoice = 'auto') {
  return openKeeper({ places: world.places, guestId: world.definition.id, engine, program });
}

/** The same with its guest awake. */
export async function wake(
  world: World,
  program: string,
  engine: EngineChoice = 'auto',
): Promise<KeeperHandle> {
  const handle = must(await open(world, program, engine));
  must(await handle.run());
  return handle;
}

/** `0 whole`, `1 interrupted` and so on. */
export async function kinds(world: World): Promise<readonly string[]> {
  return must(await listGenerations(world.place)).map(({ number, kind }) => `${number} ${kind}`);
}

/** What cut-keeper.fixture.ts does next: `both renameCurrent`, say. */
export async function cutAt(world: World, what: string): Promise<void> {
  await writeFile(join(world.files.runtimeFolder, 'cut'), what);
}

export interface SmallDisk {
  readonly mount: string;
  remount(how: 'ro' | 'rw'): Promise<void>;
  remove(): Promise<void>;
}

/** A file system of its own that can run full, without root. `remove` after endWorlds. */
export async function makeSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const root = await mkdtemp(join(tmpdir(), 'soulpad-small-'));
  const [mount, image] = [join(root, 'mount'), join(root, 'image')];
  await mkdir(mount);
  const size = `${mebibytes}M`;
  must(await run({ program: '/sbin/mkfs.ext4', args: ['-q', '-m', '0', image, size], stage: 'test' }));
  const attach = async (how: 'ro' | 'rw'): Promise<void> => {
    must(await run({ program: 'fuse2fs', args: ['-o', `fakeroot,${how}`, image, mount], stage: 'test' }));
  };
  const detach = (...flags: readonly string[]) =>
    run({ program: 'fusermount3', args: ['-u', ...flags, mount], stage: 'test' });
  await attach('rw');
  return {
    mount,
    remount: async (how) => {
      must(await detach());
      await attach(how);
    },
    remove: async () => {
      await detach('-z');
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Ends what is left of every world: keepers and QEMUs by their proven pids, then the folders. */
export async function endWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) {
    const record = await readKeeperRecord(world.files.record);
    if (record.ok) kill(record.value.keeperPid);
    const mark = { uuid: world.definition.uuid, qmpSocket: world.files.qmpSocket };
    for (let pid = await findQemu(mark); pid !== null; pid = await findQemu(mark)) {
      kill(pid);
      await delay(20);
    }
    await world.endOwner();
    // A handle that a test left open may be starting the next keeper, which finds nothing and ends.
    await rm(world.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Keeper and QEMU at once, as when the power goes. */
export async function crash(world: World, handle: KeeperHandle): Promise<void> {
  const { keeperPid, qemuPid } = must(await handle.status());
  handle.close();
  kill(keeperPid);
  if (qemuPid !== null) kill(qemuPid);
  const mark = { uuid: world.definition.uuid, qmpSocket: world.files.qmpSocket };
  await until('QEMU to be gone', async () => (await findQemu(mark)) === null);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** The value, or a failed test that names the fault. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.stage}: ${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

/** Bundles a program as the product is built, into the repository's out/ beside the others. */
export async function bundle(about: { readonly source: string; readonly name: string }): Promise<string> {
  const outfile = join(repository, 'out/test-programs', String(process.pid), about.name);
  await build({
    entryPoints: [join(import.meta.dirname, about.source)],
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile },
    external: ['electron', 'argon2', 'node-pty'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'error',
  });
  return outfile;
}

export async function removeBundles(): Promise<void> {
  await rm(join(repository, 'out/test-programs', String(process.pid)), { recursive: true, force: true });
}

export interface Tick {
  readonly nonce: string;
  readonly n: number;
  /** `ok` or `bad`. */
  readonly ram: string;
  readonly disk: string;
}

/** The next `count` lines of the witness; each of them has checked all of its RAM and disk. */
export function ticks(world: World, count = 1): Promise<readonly Tick[]> {
  return ticksAt(world.files.serialSocket, count);
}

/** The same of a witness whose serial port is that socket. */
export async function ticksAt(serialSocket: string, count: number): Promise<readonly Tick[]> {
  const seen: Tick[] = [];
  const socket = connect(serialSocket);
  readLines(socket, {
    onLine: (line) => {
      const found = /W1 nonce=([0-9a-f]{16}) n=(\d+) ram=(ok|bad)\/\d+ disk=(ok|bad)\/\d+/.exec(line);
      const [, nonce, n, ram, disk] = found ?? [];
      if (nonce && n && ram && disk) seen.push({ nonce, n: Number(n), ram, disk });
    },
    onEnd: () => {},
  });
  try {
    await until(`${count} ticks of the witness`, () => seen.length >= count);
    return seen;
  } finally {
    socket.destroy();
  }
}

/** Polls a condition; a failed test after 60 seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 180_000; Date.now() < deadline; await delay(20))
    if (await holds()) return;
  throw new Error(`waited in vain for ${what}`);
}
