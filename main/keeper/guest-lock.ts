// The guest's lock for acts on a guest that does not run (roll back, thin out, merge, a fresh start): the same flock(2)
// that a keeper holds for its life, so that nothing of it happens beside a running guest, nor two of it at once.
// If we are killed the kernel lets the lock go (process/file-lock.ts).
import { fail, type Result } from '../../preload/contract/result';
import { makeOwnFolder } from '../files/own-folder';
import { lockFile } from '../process/file-lock';
import { guestFiles, type KeeperPlaces } from './places';

import { findQemu } from './proof';
import { readKeeperRecord } from './record';

export type { KeeperPlaces } from './places';

const stage = 'guest.lock';
/** A keeper that is just ending has its lock for a moment longer. */
const lockSeconds = 3;

/**
 * Runs `work` while no keeper lives and none can start. Faults: busy (the guest runs, or another such act is under
 * way), toolMissing, denied, io, and those of `work`.
 */
export async function withGuestLock<T>(
  about: { readonly places: KeeperPlaces; readonly guestId: string; readonly uuid: string },
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const files = guestFiles(about.places, about.guestId);
  const made = makeOwnFolder(files.runtimeFolder, stage);
  if (!made.ok) return made;
  const locked = await lockFile({ path: files.lock, seconds: lockSeconds, stage });
  if (!locked.ok) return locked;
  const lock = locked.value;
  if (lock === null) {
    const record = await readKeeperRecord(files.record);
    const who = record.ok
      ? `its keeper has it (pid ${record.value.keeperPid})`
      : 'another program works on it';
    return fail({ code: 'busy', stage, message: `${about.guestId} is in use: ${who}` });
  }
  try {
    // A keeper that was killed leaves its QEMU without a lock: that guest runs all the same.
    const pid = await findQemu({ uuid: about.uuid, qmpSocket: files.qmpSocket });
    if (pid !== null) return fail({ code: 'busy', stage, message: `${about.guestId} runs (QEMU ${pid})` });
    return await work();
  } finally {
    await lock.release();
  }
}
