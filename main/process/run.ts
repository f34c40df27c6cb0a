// The one runner: every child process of ours starts here. Argument arrays only, never a shell string; a scrubbed
// environment; a timeout and an abort for each; one result shape. Secrets go in by `input` (a pipe), never by argv or
// environment. Built on execa, which gets pipes, output limits and exit statuses right; ending a program together with
// what it started is ours, since a grandchild that holds the pipe would else outlast every timeout.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import type { Fault, FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { findProgram } from './program-search';

/** What a child may inherit. LD_PRELOAD, NODE_OPTIONS, *_PROXY and the like never pass. */
const inherited = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'XDG_RUNTIME_DIR',
  'XDG_DATA_HOME',
  'TMPDIR',
];

export function scrubbedEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...extra };
}

export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  /** Where in the story: the fault's stage. */
  readonly stage: string;
  /** Bytes for stdin; wiped by the caller, not kept here. Default: /dev/null. */
  readonly input?: Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** Added to the scrubbed environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes of stdout and of stderr kept; more is a fault. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Exit statuses that are answers, not faults. Default [0]. */
  readonly expected?: readonly number[];
  /** True: the kernel kills it when we die, however we die; what it had begun is left half-done (setpriv, as bound.ts). */
  readonly diesWithUs?: boolean;
  /** What it writes to stdout, as it comes and cut anywhere: for progress. Never for parsing an answer. */
  readonly onOutput?: (text: string) => void;
  /** Told once it runs: the leader of its process group, for who pauses it. */
  readonly onStart?: (pid: number) => void;
}

export interface Ran {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs to the end, in a process group of its own; all of the group is ended on timeout and abort. Tools speak the C
 * locale, so that their words can be told apart. Faults: toolMissing, timeout, cancelled, full (ENOSPC), denied, io.
 */
export async function run(what: Run): Promise<Result<Ran>> {
  if (what.signal?.aborted) return fail(faultNamed(what, 'cancelled', 'was cancelled'));
  const file = what.diesWithUs ? findProgram(what.program) : null;
  const [program, args] =
    file === null
      ? [what.program, what.args]
      : ['setpriv', ['--pdeathsig', 'KILL', '--', file, ...what.args]];
  const child = execa(program, [...args], {
    extendEnv: false,
    env: scrubbedEnvironment({ LC_ALL: 'C.UTF-8', ...what.env }),
    ...(what.cwd === undefined ? {} : { cwd: what.cwd }),
    ...(what.input === undefined ? { stdin: 'ignore' as const } : { input: what.input }),
    maxBuffer: what.maxOutputBytes ?? 1 << 20,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
    detached: true,
    killSignal: 'SIGKILL',
  });
  const { onOutput, onStart } = what;
  if (child.pid !== undefined) onStart?.(child.pid);
  if (onOutput !== undefined) child.stdout.on('data', (chunk: Buffer) => onOutput(chunk.toString('latin1')));
  const limits = endInTime({ child, timeoutMs: what.timeoutMs ?? 30_000, signal: what.signal });
  const seen = await child;
  const ended = limits.settle();
  if (ended === 'timeout') return fail(faultNamed(what, 'timeout', 'did not end in time'));
  if (ended === 'cancelled') return fail(faultNamed(what, 'cancelled', 'was cancelled'));
  if (seen.isMaxBuffer) return fail(faultNamed(what, 'io', 'said more than was expected'));
  const stderr = Buffer.from(seen.stderr).toString('utf8').slice(0, 4_000);
  const status = seen.exitCode;
  if (status !== undefined && (what.expected ?? [0]).includes(status)) {
    return ok({ status, stdout: Buffer.from(seen.stdout), stderr });
  }
  return fail(faultOf({ what, child: seen, stderr }));
}

const patienceMs = 2_000;
const living = new Set<number>();

process.on('exit', () => {
  for (const pid of living) signalGroup(pid, 'SIGKILL');
});

/**
 * Watches the clock and the signal until `settle`, which says what ended the child, null when it ended itself. The
 * child leads a process group of its own; all of the group is ended, also when we exit.
 */
export function endInTime(about: {
  readonly child: Partial<Pick<ChildProcess, 'stdout' | 'stderr'>> & { readonly pid?: number | undefined };
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}): { settle: () => 'timeout' | 'cancelled' | null } {
  const { child, signal } = about;
  const { pid } = child;
  if (pid === undefined) return { settle: () => null };
  living.add(pid);
  let why: 'timeout' | 'cancelled' | null = null;
  let last: NodeJS.Timeout | undefined;
  const end = (cause: 'timeout' | 'cancelled'): void => {
    if (why !== null) return;
    why = cause;
    signalGroup(pid, 'SIGTERM');
    last = setTimeout(() => {
      signalGroup(pid, 'SIGKILL');
      // Whoever left the group may still hold the pipes: we do not wait for it.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, patienceMs);
  };
  const aborted = (): void => end('cancelled');
  const clock = setTimeout(() => end('timeout'), about.timeoutMs);
  signal?.addEventListener('abort', aborted, { once: true });
  return {
    settle: () => {
      clearTimeout(clock);
      clearTimeout(last);
      signal?.removeEventListener('abort', aborted);
      living.delete(pid);
      if (why !== null) signalGroup(pid, 'SIGKILL');
      return why;
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

function faultNamed(what: Run, code: FaultCode, happened: string): Fault {
  return { code, stage: what.stage, message: `${what.program} ${happened}` };
}

function faultOf(seen: {
  what: Run;
  child: { code?: string | undefined; exitCode?: number | undefined; signal?: string | undefined };
  stderr: string;
}): Fault {
  const { what, child, stderr } = seen;
  if (child.code === 'EACCES' && findProgram(what.program) !== null)
    return faultNamed(what, 'denied', 'may not be started');
  if (child.code === 'ENOENT' || child.code === 'EACCES') {
    // spawn says the same for a working folder that is not there.
    if (what.cwd !== undefined && !existsSync(what.cwd))
      return faultNamed(what, 'io', `could not start in ${what.cwd}: no such folder`);
    return {
      ...faultNamed(what, 'toolMissing', 'is not installed'),
      hint: `install the package that has ${what.program}; \`soulpad doctor\` names it`,
    };
  }
  const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 600);
  const ending =
    child.exitCode === undefined ? `signal ${child.signal ?? child.code ?? '?'}` : `status ${child.exitCode}`;
  const full = /No space left on device|Disk quota exceeded|ENOSPC/i.test(stderr);
  return faultNamed(what, full ? 'full' : 'io', `ended with ${ending}: ${said}`);
}

/** A long-lived child. The caller owns it and must end it. */
export interface Child {
  readonly pid: number | null;
  readonly process: ChildProcess;
  /** Fulfils once, with how it ended; `missing` when it could not be started. */
  readonly ended: Promise<{
    readonly status: number | null;
    readonly signal: string | null;
    readonly missing: boolean;
  }>;
}

/** Starts QEMU, gocryptfs, openbox, the viewer, a keeper, an owner. */
export function start(what: {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default: stdin, stdout and stderr to /dev/null. */
  readonly stdio?: StdioOptions;
  /** True: a session of its own that outlives us. */
  readonly detached?: boolean;
}): Child {
  const child = spawn(what.program, [...what.args], {
    env: scrubbedEnvironment(what.env),
    stdio: what.stdio ?? 'ignore',
    detached: what.detached ?? false,
    ...(what.cwd === undefined ? {} : { cwd: what.cwd }),
  });
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.on('error', () => {
      // Also said of a child that runs but could not be signalled: that one has not ended.
      if (child.pid === undefined) resolve({ status: null, signal: null, missing: true });
    });
    child.once('exit', (status, signal) => resolve({ status, signal, missing: false }));
  });
  if (what.detached) child.unref();
  return { pid: child.pid ?? null, process: child, ended };
}
