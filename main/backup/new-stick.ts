// From a repository and the recovery sheet alone: nothing of the lost stick is there. The repository is reached from a
// runtime folder in memory, opened with the recovery key, and its moments are told or restored. What was written to
// reach it is removed again.
import { rm } from 'node:fs/promises';
import type { Result } from '../../preload/contract/result';
import { makeProcessFolder } from '../files/own-folder';
import { prepareSsh } from './add';
import type { ReadLocation } from './location';
import { writeAccess } from './repository';
import { type Access, resticVersion } from './restic';

const stage = 'backup.newStick';

export interface PaperWay extends ReadLocation {
  /** 48 ASCII digits; the caller wipes them. */
  readonly recovery: Uint8Array;
  readonly sshKey: string | null;
  readonly trust: string | null;
  /** 0700, in memory. */
  readonly runtimeRoot: string;
}

/** Faults: wrongBackupKey, wrongHostKey, missingRepository, toolMissing, io, and those of `work`. */
export async function withPaper<T>(
  about: PaperWay,
  work: (access: Access) => Promise<Result<T>>,
): Promise<Result<T>> {
  const usable = await resticVersion();
  if (!usable.ok) return usable;
  const made = makeProcessFolder({ root: about.runtimeRoot, name: 'restore', stage });
  if (!made.ok) return made;
  const folder = made.value;
  try {
    const written = await writeAccess(folder, { ...about, key: null });
    if (!written.ok) return written;
    const ready = await prepareSsh(about, folder);
    if (!ready.ok) return ready;
    return await work({ folder, location: about.location, password: about.recovery });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
