// The same organ on a stick, where a new vault is always the stick's own partition, LUKS2, and never a folder: a folder
// would lie in the PC's memory and be gone when it is switched off. Further partitions that are vaults get homes there, which
// name them and hold nothing else.
import { fail, ok, type Result } from '../../preload/contract/result';
import { homeNamed, homesIn } from './homes';
import { readLuks2Home, writeLuks2Home } from './luks2/home';
import { vaultDisks, vaults } from './open-vaults';
import { surveyVaults, type VaultSeen } from './survey';
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

/** Every vault of the stick: its own, and partitions that are vaults beside it. Faults: as for surveyVaults, full. */
export async function surveyStick(place: string): Promise<Result<readonly VaultSeen[]>> {
  const disks = await vaultDisks();
  // Without soulpadd each vault says so itself.
  const named = disks.ok ? await nameVaults(place, disks.value) : ok(undefined);
  return named.ok ? surveyVaults({ place, vaults: vaults() }) : named;
}

/** Gives each partition that is a vault and that no home names yet a home of its own. */
export async function nameVaults(place: string, disks: readonly VaultDiskFacts[]): Promise<Result<void>> {
  const homes = await homesIn(place);
  if (!homes.ok) return homes;
  const known = new Set<string | null>();
  for (const { home } of homes.value) {
    const read = await readLuks2Home(home);
    known.add(read.ok ? read.value : null);
  }
  // Other disks are read-only on a stick: what cannot be formatted cannot be opened either.
  for (const { name, uuid, partitionName: label, mayFormat } of disks) {
    if (label !== partitionName || !mayFormat || uuid === null || known.has(uuid)) continue;
    known.add(uuid);
    const home = homeNamed(place, name);
    const written = home.ok ? await writeLuks2Home(home.value, uuid) : home;
    if (!written.ok && written.fault.code !== 'alreadyThere') return written;
  }
  return ok(undefined);
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
