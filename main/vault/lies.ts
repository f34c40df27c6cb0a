// Whether the vault that is open is the one in this home. A copy of a gocryptfs vault carries the same uuid, and so the same
// runtime folder, socket and mount point: who asks for the copy must not be given the other one. A LUKS2 vault is its disk,
// and soulpadd tells disks apart.
import { realpathSync, statSync } from 'node:fs';
import type { OwnerStatus } from '../../preload/contract/owner';
import { fail, ok, type Result } from '../../preload/contract/result';
import { vaultFolderOf } from './places';
import type { VaultPlaces } from './vault';

/** Null: it is a disk, or its folder is gone. */
export function whereItLies({ home, kind }: VaultPlaces): OwnerStatus['lies'] {
  if (kind === 'luks2') return null;
  try {
    const path = realpathSync(vaultFolderOf(home));
    const { dev, ino } = statSync(path);
    return { path, inode: `${dev}:${ino}` };
  } catch {
    return null;
  }
}

/**
 * What the owner said, if it has this home's vault. A folder that was renamed keeps its inode, and on a file system that
 * makes inodes up it keeps its path: another one differs in both. Fault ambiguousVault: it has another vault with this uuid.
 */
export function ofThisHome(places: VaultPlaces, status: OwnerStatus): Result<OwnerStatus> {
  const here = whereItLies(places);
  const { lies } = status;
  if (here === null || lies === null || here.path === lies.path || here.inode === lies.inode)
    return ok(status);
  return fail({
    code: 'ambiguousVault',
    stage: 'vault.attach',
    message: `the open vault ${status.uuid} lies in ${lies.path}, not in ${here.path}`,
    hint: 'one is a copy of the other: close the open one first',
  });
}
