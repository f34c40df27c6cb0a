// Ground for the vault's integration tests: a home and a runtime root of their own, the system's view of them (mounts,
// processes), and small real programs that play a client or a guest's keeper. Leaves nothing behind. Tests only.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../preload/contract/result';
import { type Child, start } from '../process/run';
import { readMounts } from './mounts';
import type { Secret } from './vault';

/** NFC; its letters with accents are two bytes each in UTF-8. */
export const passphrase = 'la clé dorée du grenier bleu';

export function secretOf(text: string = passphrase): Secret {
  return { kind: 'passphrase', bytes: new Uint8Array(Buffer.from(text, 'utf8')) };
}

export interface Ground {
  readonly home: string;
  readonly runtime: string;
  /** Mounts below the runtime root, now. */
  mounts(): string[];
  /** Pids of processes whose argv names the home or the runtime root; itself not among them. */
  processes(program?: string): number[];
  clear(): Promise<void>;
}

/** XDG_RUNTIME_DIR is this test process's own from here on; owners inherit it. */
export function makeGround(): Ground {
  const base = mkdtempSync(join(tmpdir(), 'sv-'));
  const runtime = join(base, 'run');
  const home = join(base, 'home');
  mkdirSync(runtime, { mode: 0o700 });
  process.env.XDG_RUNTIME_DIR = runtime;
  const mounts = (): string[] =>
    readMounts()
      .map((mount) => mount.target)
      .filter((target) => target.startsWith(runtime));
  const processes = (program = ''): number[] =>
    pids().filter((pid) => {
      const argv = readProcess(pid, 'cmdline');
      return pid !== process.pid && argv.includes(base) && argv.includes(program);
    });
  return {
    home,
    runtime,
    mounts,
    processes,
    clear: async () => {
      for (const pid of processes('owner.cjs')) kill(pid, 'SIGTERM');
      for (const target of mounts()) execFileSync('fusermount3', ['-u', '-z', target]);
      await until(() => processes('gocryptfs').length === 0);
      for (const pid of processes()) kill(pid, 'SIGKILL');
      await until(() => processes().length === 0);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** '' for a process that is gone, or whose file this user may not read. */
export function readProcess(pid: number, file: 'cmdline' | 'environ' | 'limits'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

const clientProgram = `
  const [path, program] = process.argv.slice(1);
  const socket = require('node:net').connect(path);
  socket.write(JSON.stringify({ id: 1, verb: 'attach', request: { program, pid: process.pid } }) + '\\n');
  socket.on('data', (line) => process.stdout.write(line));
`;

/** A program that attaches to an owner and stays until it is killed. `answer`: the owner's first line. */
export async function startClient(
  socket: string,
  program: string,
): Promise<{ child: Child; answer: string }> {
  const child = start({
    program: process.execPath,
    args: ['-e', clientProgram, socket, program],
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = await new Promise<string>((resolve) => {
    child.process.stdout?.once('data', (line: Buffer) => resolve(line.toString('utf8')));
    child.process.once('exit', () => resolve(''));
  });
  return { child, answer };
}

const guestProgram = `
  const { mkdirSync, openSync, rmSync } = require('node:fs');
  const [folder, file] = process.argv.slice(1);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  openSync(file, 'w');
  rmSync(folder + '/keeper.sock', { force: true });
  require('node:net').createServer().listen(folder + '/keeper.sock', () => process.stdout.write('up'));
`;

/** Stands for a keeper and its guest: listens where a keeper does and keeps a file of the vault open. */
export async function startGuest(runtimeFolder: string, openFile: string): Promise<Child> {
  const child = start({
    program: process.execPath,
    args: ['-e', guestProgram, join(runtimeFolder, 'witness'), openFile],
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve) => {
    child.process.stdout?.once('data', () => resolve());
    child.process.once('exit', () => resolve());
  });
  return child;
}
