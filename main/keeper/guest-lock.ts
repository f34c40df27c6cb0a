// The guest's lock for acts on a guest that does not run (roll back, thin out, merge, a fresh start): the same flock(2)
// that a keeper holds for its life, so that nothing of it happens beside a running guest, nor two of it at once.
// Node has no flock: flock(1) takes it and becomes cat(1), which says our line back once the lock is ours and ends with
// our pipe. If we are killed the pipe closes, and the kernel lets the lock go.
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fail, type Result } from '../../preload/contract/result';
import { makeOwnFolder } from '../files/own-folder';
import { start } from '../process/run';
import { guestFiles, type KeeperPlaces } from './places';

import { findQemu } from './proof';
import { readKeeperRecord } from './record';

export type { KeeperPlaces } from './places';

const stage = 'guest.lock';
/** A keeper that is just ending has its lock for a moment longer. */
const lockSeconds = '3';
const lockedStatus = 75;

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
  const child = start({
    program: 'flock',
    args: [
      ...['--exclusive', '--timeout', lockSeconds, '--conflict-exit-code', String(lockedStatus)],
      ...['--no-fork', files.lock, 'cat'],
    ],
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const stdin = child.process.stdin as Writable;
  const stdout = child.process.stdout as Readable;
  stdin.on('error', () => {}); // it may end without reading
  stdout.on('error', () => {});
  stdin.write('locked\n');
  const ours = await Promise.race([
    once(stdout, 'data').then(() => true),
    child.ended.then(() => false),
  ]).catch(() => false);
  if (!ours) {
    const ending = await child.ended;
    if (ending.missing)
      return fail({ code: 'toolMissing', stage, message: 'flock is not installed (util-linux)' });
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
    stdin.end();
    await child.ended;
  }
}
