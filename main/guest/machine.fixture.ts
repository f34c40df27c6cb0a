// Real machines for tests: QEMU started with our own arguments, its QMP connected, its serial line read. All of them
// are ended and their folders removed by `endMachines`, also after a failed test.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Result } from '../../preload/contract/result';
import { type Child, run, start } from '../process/run';
import { connectQmp, type Qmp } from '../qmp/commands';
import { readLines } from '../socket/lines';
import { type GuestStart, guestArgv } from './argv';
import type { GuestDefinition } from './definition';
import type { EngineStart } from './engine';
import { qemuProgram } from './qemu';

const MiB = 1 << 20;
const repository = join(import.meta.dirname, '../..');
const witnessFolder = join(repository, 'out/witness');

/** The witness checks every page of its RAM and says so; without it there is no truth to compare with. */
export const witnessIsBuilt = existsSync(join(witnessFolder, 'kernel'));
export const witnessMissing = 'the witness guest is not built: run native-scripts/guest/witness/build';
export const witnessFiles = { kernel: join(witnessFolder, 'kernel'), initrd: join(witnessFolder, 'initrd') };

export const exampleGuest: GuestDefinition = {
  format: 'soulpad-guest',
  version: 1,
  id: 'witness',
  name: 'Witness, the first',
  uuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e',
  createdAt: '2026-01-02T03:04:05.000Z',
  machine: 'pc-q35-10.0',
  cpuModel: 'Nehalem-v1',
  cpus: 1,
  ramBytes: 96 * MiB,
  mac: '52:54:00:12:34:56',
  disks: [{ serial: 'SOULPAD00001', bytes: 64 * MiB }],
  boot: {
    from: 'kernel',
    kernel: 'kernel',
    initrd: 'initrd',
    commandLine: 'console=ttyS0 quiet loglevel=3 mitigations=off witness.blocks=64 witness.tick=100',
  },
  video: 'std',
  network: false,
  serial: true,
};

export interface Machine {
  readonly child: Child;
  readonly qmp: Qmp;
  readonly folder: string;
  /** Waits for the next line of the witness after now: `W1 nonce=.. n=.. ram=.. disk=..`. */
  nextTick(): Promise<Tick>;
  kill(): Promise<void>;
}

export interface Tick {
  readonly nonce: string;
  readonly n: number;
  readonly ram: string;
  readonly disk: string;
}

const children: Child[] = [];
const folders: string[] = [];
const mounts: string[] = [];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'soulpad-t-'));
  folders.push(folder);
  return folder;
}

export async function endMachines(): Promise<void> {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
  for (const mount of mounts.splice(0))
    await run({ program: 'fusermount3', args: ['-u', mount], stage: 'test' });
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** A gocryptfs folder: what is written to `plain` lies under the same names, encrypted, in `cipher`. */
export async function encryptedFolder(): Promise<{ readonly cipher: string; readonly plain: string }> {
  const folder = await temporaryFolder();
  const [cipher, plain, pass] = [join(folder, 'cipher'), join(folder, 'plain'), join(folder, 'pass')];
  await mkdir(cipher);
  await mkdir(plain);
  await writeFile(pass, 'twenty letters or more', { mode: 0o600 });
  const init = ['-q', '-init', '-plaintextnames', '-scryptn', '10', '-passfile', pass, cipher];
  must(await run({ program: 'gocryptfs', args: init, stage: 'test' }));
  must(await run({ program: 'gocryptfs', args: ['-q', '-passfile', pass, cipher, plain], stage: 'test' }));
  mounts.push(plain);
  return { cipher, plain };
}

/** A folder on a file system of its own of that many bytes: ext4 in userspace, so that no root is needed. */
export async function smallFileSystem(bytes: number): Promise<string> {
  const folder = await temporaryFolder();
  const image = join(folder, 'image');
  const mount = join(folder, 'mount');
  await writeFile(image, '');
  await truncate(image, bytes);
  await mkdir(mount);
  const owner = `root_owner=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const make = ['-q', '-F', '-m', '0', '-O', '^has_journal', '-E', owner, image];
  must(await run({ program: 'mkfs.ext4', args: make, stage: 'test', env: { PATH: toolPath } }));
  must(await run({ program: 'fuse2fs', args: ['-o', 'rw', image, mount], stage: 'test' }));
  mounts.push(mount);
  return mount;
}

/** mkfs lies where an unprivileged PATH does not look. */
const toolPath = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;

/** The value, or a failed test that names the fault. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.stage}: ${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

export async function startMachine(about: {
  readonly definition?: GuestDefinition;
  readonly layers?: readonly string[];
  readonly guestFolder?: string;
  readonly incoming?: boolean;
  /** What an engine ordered; default: plain memory, as the full engine's. */
  readonly ordered?: EngineStart;
}): Promise<Machine> {
  const folder = await temporaryFolder();
  const definition = about.definition ?? exampleGuest;
  const { ordered } = about;
  const started: GuestStart = {
    definition,
    guestFolder: about.guestFolder ?? witnessFolder,
    layers: about.layers ?? [],
    sockets: {
      qmp: join(folder, 'q'),
      serial: join(folder, 's'),
      spice: join(folder, 'v'),
      agent: join(folder, 'a'),
    },
    accelerator: 'tcg',
    engineArgv: ordered?.argv ?? ['-object', `memory-backend-ram,id=ram0,size=${definition.ramBytes}`],
    incoming: about.incoming ?? false,
  };
  const child = start({
    program: qemuProgram,
    args: guestArgv(started),
    stdio: [
      ...(['ignore', 'ignore', process.env.SOULPAD_TEST_TALK ? 'inherit' : 'ignore'] as const),
      ...(ordered?.descriptors ?? []),
    ],
    env: ordered?.environment ?? {},
  });
  children.push(child);
  const died = new AbortController();
  void child.ended.then(() => died.abort());
  const qmp = must(
    await connectQmp({ path: started.sockets.qmp, stage: 'test', timeoutMs: 20_000, signal: died.signal }),
  );
  const serial = started.definition.serial ? listen(connect(started.sockets.serial)) : null;
  return {
    child,
    qmp,
    folder,
    nextTick: async () => {
      if (serial === null) throw new Error('this machine has no serial line');
      return serial();
    },
    kill: async () => {
      child.process.kill('SIGKILL');
      await child.ended;
    },
  };
}

function listen(socket: Socket): () => Promise<Tick> {
  const ticks: Tick[] = [];
  readLines(socket, {
    onLine: (line) => {
      const found = /W1 nonce=([0-9a-f]{16}) n=(\d+) ram=(\S+) disk=(\S+)/.exec(line);
      if (found === null) return;
      const [, nonce = '', n = '', ram = '', disk = ''] = found;
      ticks.push({ nonce, n: Number(n), ram, disk });
    },
    onEnd: () => {},
  });
  return async () => {
    const seen = ticks.length;
    for (const deadline = Date.now() + 150_000; Date.now() < deadline; await delay(20)) {
      const tick = ticks[seen];
      if (tick !== undefined) return tick;
    }
    throw new Error('the witness said nothing for 150 s');
  };
}
