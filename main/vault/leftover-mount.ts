// A mount that was there before we mounted. Its owner was killed: an owner listens before it mounts and holds the lock,
// and now we hold it.
//   a guest lives in it, it answers  keep it          a guest lives, gocryptfs is dead  clear it: its disk is gone
//   nobody lives, unmounts           closed           nobody lives, but it is in use    keep it: the safe side
import { statSync } from 'node:fs';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type ClosingMount, clearDeadMount } from './close-mount';
import { liveGuests } from './guest-alive';
import { isOurMount, mountAt } from './mounts';
import { unmountVault } from './unmount';
import type { VaultPlaces } from './vault';

/** `kept`: it may be taken over without a key. Fault io: it is not ours, or cannot be unmounted. */
export async function settleLeftover(about: ClosingMount): Promise<Result<'closed' | 'kept'>> {
  const { places, uuid, say } = about;
  const { mountPoint } = places;
  const mount = mountAt(mountPoint);
  if (mount === null) return ok('closed');
  if (!isOurMount(mount, uuid)) {
    const message = `something else (${mount.type}) is mounted on ${mountPoint}`;
    return fail({ code: 'io', stage: 'vault.open', message });
  }
  if (!answers(places)) {
    say('a dead mount was left: clearing it');
    await clearDeadMount(about);
    return ok('closed');
  }
  if ((await liveGuests(places)).length > 0) return ok('kept');
  say('a killed owner left its mount: closing it');
  const done = await unmountVault({ places, uuid, detachInUse: false });
  if (done.ok) return ok('closed');
  return done.fault.code === 'busy' ? ok('kept') : done;
}

/** A mount without its gocryptfs answers ENOTCONN. */
function answers(places: VaultPlaces): boolean {
  try {
    return statSync(places.mountPoint).isDirectory();
  } catch {
    return false;
  }
}
