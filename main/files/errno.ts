// What the file system refuses, as our faults: the one table from errno to fault code, so that a full stick is called
// full wherever it is met.
import type { Fault, FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';

const codeOfErrno: Readonly<Record<string, FaultCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'missingFile',
  ENOTDIR: 'missingFile',
  EEXIST: 'alreadyThere',
  ENOTEMPTY: 'alreadyThere',
  ABORT_ERR: 'cancelled',
};

/** The fault for a Node file system error; `io` for all that the table does not name. Its message names the file. */
export function faultOfErrno(error: unknown, stage: string): Fault {
  const code = errnoOf(error);
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
  return { code: codeOfErrno[code] ?? 'io', stage, message };
}

/** ENOENT and the like; empty when the error has none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Runs a file operation; what the system refuses becomes a fault. */
export async function attempt(stage: string, work: () => Promise<unknown>): Promise<Result<void>> {
  try {
    await work();
    return ok(undefined);
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}
