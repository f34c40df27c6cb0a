// The one way a file that matters is written: into a temporary file beside it, fsync, rename, fsync of the folder
// (rename(2) is atomic, but only the fsyncs make it survive a power cut). A reader finds the old bytes or the new
// ones, never a mixture. It must never write through a link, and never leave a file that others can read.
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fault, FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** The temporary name is fixed, so that cut attempts do not pile up: the next write replaces what is left. */
export function temporaryName(path: string): string {
  return `${path}.new`;
}

/** Replaces `path` by `bytes`, mode 0600. Faults: full, denied, io; the old file is then untouched. */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  stage = 'generation.write',
): Promise<Result<void>> {
  const staged = await stageDurably({ path, bytes, stage });
  if (!staged.ok) return staged;
  const renamed = await renameStaged(path, stage);
  if (!renamed.ok) return renamed;
  return fsyncFolder(dirname(path), stage);
}

/** First half of `writeDurably`: the temporary file, whole and fsynced. Nothing is named yet. */
export async function stageDurably(about: {
  readonly path: string;
  readonly bytes: Uint8Array | string;
  readonly stage: string;
}): Promise<Result<void>> {
  const temporary = temporaryName(about.path);
  try {
    const file = await open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(about.bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return ok(undefined);
  } catch (error) {
    await unlink(temporary).catch(() => {}); // a full disk must not keep half a temporary file
    return fail(faultOfErrno(error, about.stage));
  }
}

/** The instant in which the new bytes become the file. Durable only after `fsyncFolder` of its folder. */
export async function renameStaged(path: string, stage = 'generation.rename'): Promise<Result<void>> {
  return attempt(stage, () => rename(temporaryName(path), path));
}

/** Makes names in a folder (creations, renames, removals) survive a power cut. Faults: denied, io. */
export async function fsyncFolder(path: string, stage = 'generation.fsync'): Promise<Result<void>> {
  return fsyncPath({ path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, stage });
}

/** Makes a file's bytes survive a power cut, whoever wrote them. Faults: full, denied, io. */
export async function fsyncFile(path: string, stage = 'generation.fsync'): Promise<Result<void>> {
  return fsyncPath({ path, flags: O_RDONLY | O_NOFOLLOW, stage });
}

function fsyncPath(about: { path: string; flags: number; stage: string }): Promise<Result<void>> {
  return attempt(about.stage, async () => {
    const file = await open(about.path, about.flags);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
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

const codeOfErrno: Readonly<Record<string, FaultCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'missingFile',
  ABORT_ERR: 'cancelled',
};

/** The fault for a Node file system error: full, denied, missingFile, cancelled, else io. Its message names the file. */
export function faultOfErrno(error: unknown, stage: string): Fault {
  const code = errnoOf(error);
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
  return { code: codeOfErrno[code] ?? 'io', stage, message };
}

/** ENOENT and the like; empty when the error has none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
