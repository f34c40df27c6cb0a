// From a repository and the recovery sheet alone: nothing of the lost stick is there. The repository is reached from a
// runtime folder in memory, opened with the recovery key, and its moments are told or restored. What was written to
// reach it is removed again.
import { rm } from 'node:fs/promises';
import type { Fault } from '../../preload/contract/fault';
import type { ServerAsks } from '../../preload/contract/restore';
import { ok, type Result } from '../../preload/contract/result';
import { makeProcessFolder } from '../files/own-folder';
import { prepareSsh } from './add';
import type { Location, ReadLocation } from './location';
import { writeAccess } from './repository';
import { type Access, resticVersion } from './restic';
import { provideSshKey, scanHostKeys } from './ssh';

const stage = 'backup.newStick';

interface ByPaper extends ReadLocation {
  /** 48 ASCII digits; the caller wipes them. */
  readonly recovery: Uint8Array;
  readonly sshKey: string | null;
  readonly trust: string | null;
}

export interface PaperWay extends ByPaper {
  /** 0700, in memory. */
  readonly runtimeRoot: string;
}

/** Faults: wrongBackupKey, wrongHostKey, missingRepository, toolMissing, io, and those of `work`. */
export async function withPaper<T>(
  about: PaperWay,
  work: (access: Access) => Promise<Result<T>>,
): Promise<Result<T>> {
  const folder = paperFolder(about.runtimeRoot);
  if (!folder.ok) return folder;
  try {
    return await reachByPaper({ ...about, folder: folder.value }, work);
  } finally {
    await rm(folder.value, { recursive: true, force: true }).catch(() => {});
  }
}

/** For what reaches a repository; the caller removes it. Faults: denied, missingFile, full, io. */
export function paperFolder(runtimeRoot: string): Result<string> {
  return makeProcessFolder({ root: runtimeRoot, name: 'restore', stage });
}

/** The same from a folder that is kept from try to try, so that a server is shown one key. Faults: as withPaper's. */
export async function reachByPaper<T>(
  about: ByPaper & { readonly folder: string },
  work: (access: Access) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { folder, location, recovery } = about;
  const usable = await resticVersion();
  if (!usable.ok) return usable;
  const written = await writeAccess(folder, { ...about, key: null });
  if (!written.ok) return written;
  const ready = await prepareSsh(about, folder);
  if (!ready.ok) return ready;
  return work({ folder, location, password: recovery });
}

/** What a server wants to see before it is used, after `fault`; null: nothing that a person can give it. */
export async function whatServerAsks(about: {
  readonly location: Location;
  readonly folder: string;
  readonly fault: Fault;
}): Promise<Result<ServerAsks | null>> {
  const { location, folder, fault } = about;
  if (location.kind !== 'sftp') return ok(null);
  if (fault.code === 'wrongHostKey') {
    const shown = await scanHostKeys(location);
    if (!shown.ok) return shown;
    const fingerprint = shown.value[0]?.fingerprint;
    return ok(fingerprint === undefined ? null : { is: 'hostKey', fingerprint });
  }
  if (fault.code !== 'denied') return ok(null);
  const line = await provideSshKey(folder, null);
  return line.ok ? ok({ is: 'admission', line: line.value.slice(0, 500) }) : line;
}
