// Starts a program that must not outlive us: the kernel kills it when we die, however we die (PR_SET_PDEATHSIG through
// util-linux's setpriv, which then becomes the program: the pid is the program's own). For the window manager, the
// viewer and X servers. Never for a keeper or an owner: those go on without us on purpose.
import { fail, ok, type Result } from '../../preload/contract/result';
import { findProgram } from './program-search';
import { type Child, start } from './run';

export interface Bound {
  readonly program: string;
  /** The Debian package that has it, for the fault's hint. */
  readonly packageName: string;
  readonly stage: string;
  readonly args: readonly string[];
  /** Added to the scrubbed environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: Parameters<typeof start>[0]['stdio'];
  /** What the kernel sends when we die. Default KILL. */
  readonly onOurDeath?: 'KILL' | 'TERM';
}

/** Fault toolMissing. The child has a session of its own, so that a terminal's Ctrl-C reaches us alone. */
export function startBound(what: Bound): Result<Child> {
  const file = findProgram(what.program);
  if (file === null) {
    return fail({
      code: 'toolMissing',
      stage: what.stage,
      message: `${what.program} is not installed`,
      hint: `install the Debian package ${what.packageName}`,
    });
  }
  return ok(
    start({
      program: 'setpriv',
      args: ['--pdeathsig', what.onOurDeath ?? 'KILL', '--', file, ...what.args],
      detached: true,
      ...(what.env === undefined ? {} : { env: what.env }),
      ...(what.stdio === undefined ? {} : { stdio: what.stdio }),
    }),
  );
}

/** Ends it and all it started: TERM, after `patienceMs` KILL. Returns when the process is gone. */
export async function endChild(child: Child, patienceMs = 2_000): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), patienceMs);
  await child.ended;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already, and nobody of its group is left.
  }
}
