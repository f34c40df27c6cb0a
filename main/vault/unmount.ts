// Takes a vault's mount away, whatever it is made of: fusermount3 for gocryptfs, soulpadd for LUKS2 (which takes the key
// out of the kernel in the same act). `detachInUse` takes it from under whoever uses it; only after the caller said so.
import type { Result } from '../../preload/contract/result';
import { unmount } from './gocryptfs';
import { closeDisk } from './luks2/remote';
import type { VaultPlaces } from './vault';

/** Fault busy: files in it are in use, and it is still mounted. */
export function unmountVault(about: {
  readonly places: VaultPlaces;
  readonly uuid: string;
  readonly detachInUse: boolean;
}): Promise<Result<void>> {
  const { places, uuid, detachInUse } = about;
  if (places.kind === 'luks2') return closeDisk({ uuid, detach: detachInUse });
  return unmount({ mountPoint: places.mountPoint, detachInUse });
}
