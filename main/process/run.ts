// The one runner: every child process of ours starts here. Argument arrays only, never a shell string; a scrubbed
// environment; a timeout and an abort for each; one result shape. Secrets go in by `input` (a pipe), never by argv or
// environment. Built on execa, which gets killing process groups, output limits and error texts right.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { execa } from 'execa';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';

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
}

export interface Ran {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs to the end. Faults: toolMissing, timeout, cancelled, full (ENOSPC), io. */
export async function run(what: Run): Promise<Result<Ran>> {
  const child = await execa(what.program, [...what.args], {
    extendEnv: false,
    env: scrubbedEnvironment(what.env),
    ...(what.cwd === undefined ? {} : { cwd: what.cwd }),
    ...(what.input === undefined ? { stdin: 'ignore' as const } : { input: what.input }),
    ...(what.signal === undefined ? {} : { cancelSignal: what.signal }),
    timeout: what.timeoutMs ?? 30_000,
    maxBuffer: what.maxOutputBytes ?? 1 << 20,
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
    killSignal: 'SIGTERM',
    forceKillAfterDelay: 2_000,
  });
  const stderr = Buffer.from(child.stderr).toString('utf8').slice(0, 4_000);
  const status = child.exitCode;
  if (status !== undefined && (what.expected ?? [0]).includes(status)) {
    return ok({ status, stdout: Buffer.from(child.stdout), stderr });
  }
  return fail(faultOf({ what, child, stderr }));
}

function faultOf(seen: {
  what: Run;
  child: {
    code?: string | undefined;
    timedOut: boolean;
    isCanceled: boolean;
    exitCode?: number | undefined;
    signal?: string | undefined;
  };
  stderr: string;
}): Fault {
  const { what, child, stderr } = seen;
  const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 600);
  if (child.code === 'ENOENT') {
    return {
      code: 'toolMissing',
      stage: what.stage,
      message: `${what.program} is not installed`,
      hint: `install the package that has ${what.program}; \`soulpad doctor\` names it`,
    };
  }
  if (child.timedOut)
    return { code: 'timeout', stage: what.stage, message: `${what.program} did not end in time` };
  if (child.isCanceled)
    return { code: 'cancelled', stage: what.stage, message: `${what.program} was cancelled` };
  const ending =
    child.exitCode === undefined ? `signal ${child.signal ?? child.code ?? '?'}` : `status ${child.exitCode}`;
  const full = /No space left on device|ENOSPC/i.test(stderr);
  return {
    code: full ? 'full' : 'io',
    stage: what.stage,
    message: `${what.program} ended with ${ending}: ${said}`,
  };
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
    child.once('error', () => resolve({ status: null, signal: null, missing: true }));
    child.once('exit', (status, signal) => resolve({ status, signal, missing: false }));
  });
  if (what.detached) child.unref();
  return { pid: child.pid ?? null, process: child, ended };
}
