// Runs a program on a terminal of its own (node-pty), so that a person can be shown what it says as it says it. Same
// guards as `run`: argument list, scrubbed environment, timeout, abort, and the end of all that it started. It must
// never carry a secret: what is typed on a terminal is shown.
import type { FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { findProgram } from './program-search';
import { endInTime, scrubbedEnvironment } from './run';

export interface TerminalRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Where in the story: the fault's stage. */
  readonly stage: string;
  /** Text as it comes, UTF-8 decoded, with the terminal's CR LF. */
  readonly onText: (text: string) => void;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Added to the scrubbed environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs to the end and says with which status, whatever it is. The program leads a session: SIGTERM, after two seconds
 * SIGKILL, to all of its group on timeout and abort. Faults: toolMissing, timeout, cancelled, io (ended by a signal).
 */
export async function runOnTerminal(what: TerminalRun): Promise<Result<{ readonly status: number }>> {
  const fault = (code: FaultCode, happened: string): Result<never> =>
    fail({ code, stage: what.stage, message: `${what.program} ${happened}` });
  if (what.signal?.aborted) return fault('cancelled', 'was cancelled');
  const file = findProgram(what.program);
  if (file === null) return fault('toolMissing', 'is not installed');
  // Loaded when it is needed: its native part is no reason for the rest not to start.
  const pty = await import('node-pty').catch(() => null);
  if (pty === null) return fault('toolMissing', 'needs a terminal, and node-pty could not be loaded');
  const child = pty.spawn(file, [...what.args], {
    name: 'dumb',
    cols: 120,
    rows: 40,
    env: scrubbedEnvironment({ LC_ALL: 'C.UTF-8', ...what.env }),
  });
  const limits = endInTime({ child, timeoutMs: what.timeoutMs, signal: what.signal });
  child.onData(what.onText);
  const { exitCode, signal } = await new Promise<{ exitCode: number; signal?: number | undefined }>(
    (resolve) => {
      child.onExit(resolve);
    },
  );
  const ended = limits.settle();
  if (ended === 'timeout') return fault('timeout', 'did not end in time');
  if (ended === 'cancelled') return fault('cancelled', 'was cancelled');
  if (signal !== undefined && signal !== 0) return fault('io', `was ended by signal ${signal}`);
  return ok({ status: exitCode });
}
