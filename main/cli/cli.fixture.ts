// A world for the CLI's tests: the real programs bundled from the sources (so that no test depends on when out/ was
// built), a home and a runtime root of their own, and the CLI as a process. `endWorlds` leaves no process, mount or
// folder behind, also after a failed test. Tests only.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { z } from 'zod';
import { envelopeSchema, progressLineSchema } from './surface';

export const repository = join(import.meta.dirname, '../..');

/** Letters with accents: two bytes each in UTF-8. */
export const passphrase = 'el gato naranja salta la tapia añil';

export interface World {
  readonly home: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Mounts below this world's runtime root, as the kernel tells them. */
  mounts(): string[];
  /** Living processes whose arguments name this world. */
  processes(): number[];
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let programs: Promise<string> | null = null;

/** The folder with soulpad.cjs, owner.cjs and keeper.cjs, below out/ so that native modules are found. */
export function builtPrograms(): Promise<string> {
  programs ??= bundle();
  return programs;
}

async function bundle(): Promise<string> {
  const outdir = join(repository, 'out', `cli-test-${process.pid}`);
  await build({
    entryPoints: {
      soulpad: join(repository, 'main/cli.ts'),
      owner: join(repository, 'main/vault/owner-program.ts'),
      keeper: join(repository, 'main/keeper/keeper-program.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['argon2', 'node-pty'],
    define: { 'import.meta.dirname': '__dirname' },
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  });
  return outdir;
}

const worlds: { readonly base: string; readonly world: World }[] = [];

export function makeWorld(): World {
  const base = mkdtempSync(join(tmpdir(), 'sc-'));
  const runtime = join(base, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const world: World = {
    home: join(base, 'home'),
    runtime,
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: base,
      XDG_RUNTIME_DIR: runtime,
      SOULPAD_HOME: join(base, 'home'),
    },
    mounts: () =>
      readFileSync('/proc/self/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[1] ?? '')
        .filter((target) => target.startsWith(runtime)),
    processes: () => pids().filter((pid) => pid !== process.pid && argumentsOf(pid).includes(base)),
  };
  worlds.push({ base, world });
  return world;
}

/** Ends everything that still lives in the worlds, then unmounts, then removes them and the programs. */
export async function endWorlds(): Promise<void> {
  for (const { base, world } of worlds.splice(0)) {
    for (const pid of world.processes()) if (!argumentsOf(pid).includes('gocryptfs')) kill(pid);
    for (const target of world.mounts()) execFileSync('fusermount3', ['-u', '-z', target]);
    await until(() => world.mounts().length === 0);
    for (const pid of world.processes()) kill(pid);
    await until(() => world.processes().length === 0);
    rmSync(base, { recursive: true, force: true });
  }
  if (programs !== null) rmSync(await programs, { recursive: true, force: true });
  programs = null;
}

/** Runs the CLI to its end. `descriptor3`: what can be read from descriptor 3. stdin is /dev/null. */
export async function soulpad(about: {
  readonly world: World;
  readonly args: readonly string[];
  readonly descriptor3?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Answer> {
  const program = join(await builtPrograms(), 'soulpad.cjs');
  const child = spawn(process.execPath, [program, ...about.args], {
    env: { ...about.world.environment, ...about.environment },
    stdio: ['ignore', 'pipe', 'pipe', about.descriptor3 === undefined ? 'ignore' : 'pipe'],
  });
  const secret = child.stdio[3];
  if (secret !== null && secret !== undefined && 'end' in secret) {
    secret.on('error', () => {}); // it may end without reading it
    secret.end(about.descriptor3);
  }
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const status = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return { status, stdout: await stdout, stderr: await stderr };
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  if (stream !== null) for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The same with --json: one line on stdout of the envelope's shape, and only JSON lines on stderr. */
export async function ask(about: Parameters<typeof soulpad>[0]) {
  const answer = await soulpad({ ...about, args: [...about.args, '--json'] });
  const lines = answer.stdout.split('\n');
  if (lines.length !== 2 || lines[1] !== '')
    throw new Error(`not one line: ${answer.stdout}${answer.stderr}`);
  const progress = answer.stderr
    .split('\n')
    .filter((line) => line.startsWith('{"progress"'))
    .map((line) => progressLineSchema.parse(JSON.parse(line)).progress);
  return { ...answer, progress, envelope: envelopeSchema.parse(JSON.parse(lines[0] ?? '')) };
}

/** The data of an answer that must be good and of this shape. */
export async function askOk<T>(about: Parameters<typeof soulpad>[0], shape: z.ZodType<T>): Promise<T> {
  const { envelope, status } = await ask(about);
  if (!envelope.ok)
    throw new Error(`${about.args.join(' ')} ended with ${status}: ${JSON.stringify(envelope)}`);
  return shape.parse(envelope.data);
}

export function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** '' for a process that is gone or another user's. */
export function readProcess(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function argumentsOf(pid: number): string {
  return readProcess(pid, 'cmdline');
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

export async function until(condition: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
