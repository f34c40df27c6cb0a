// The same organ on a stick, where a new vault is always the stick's own partition, LUKS2, and never a folder: a folder
// would lie in the PC's memory and be gone when it is switched off.
import { fail, ok, type Result } from '../../preload/contract/result';
import { vaultDisks, vaults } from './open-vaults';
import type { VaultDiskFacts, Vaults } from './vault';

/** The partition that the image has for it (native-scripts/stick/profile/partitions.json). */
const partitionName = 'soulpad-vault';

/** As `vaults()`; making a vault has the faults missingDisk and ambiguousVault too. */
export function vaultsOnStick(): Vaults {
  const organ = vaults();
  return {
    ...organ,
    create: async (about) => {
      const disks = await vaultDisks();
      const own = disks.ok ? ownDisk(disks.value) : disks;
      if (own.ok) return organ.create({ ...about, disk: own.value });
      about.secret.bytes.fill(0);
      about.recovery?.fill(0);
      return own;
    },
  };
}

/** The id of the one partition that may become the stick's vault; other disks are read-only on a stick, and so are no candidates. */
export function ownDisk(disks: readonly VaultDiskFacts[]): Result<string> {
  const stage = 'vault.create';
  const [own, other] = disks.filter((disk) => disk.partitionName === partitionName && disk.mayFormat);
  if (own === undefined)
    return fail({ code: 'missingDisk', stage, message: 'this stick has no partition for a vault' });
  if (other !== undefined)
    return fail({ code: 'ambiguousVault', stage, message: `${own.name} and ${other.name} are for vaults` });
  return ok(own.id);
}
