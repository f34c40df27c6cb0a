// What lies in a home: a gocryptfs vault (keyslots.json), the name of a LUKS2 disk (luks2.json), or nothing. Both at once
// is nobody's work: refused, since which one was meant is not ours to guess.
import { existsSync } from 'node:fs';
import { fail, ok, type Result } from '../../preload/contract/result';
import { factsOf } from './keyslots/format';
import { readKeyslots } from './keyslots/read-keyslots';
import { readLuks2Home } from './luks2/home';
import { diskOfVault } from './luks2/remote';
import { keyslotsFileOf, placesOf, runtimeRoot } from './places';
import type { KeyslotFacts, VaultPlaces } from './vault';

export interface FoundVault {
  readonly uuid: string;
  readonly places: VaultPlaces;
  /** Faults of a LUKS2 vault only: missingDisk, damagedHeader, ambiguousVault, kernelLacks. */
  keyslots(): Promise<Result<readonly KeyslotFacts[]>>;
}

/** Faults: missingVault, damagedKeyslots, ambiguousVault, pathTooLong, denied, io. */
export async function findVault(home: string): Promise<Result<FoundVault>> {
  const disk = await readLuks2Home(home);
  if (!disk.ok) return disk;
  if (disk.value !== null) {
    if (existsSync(keyslotsFileOf(home)))
      return fail({ code: 'ambiguousVault', stage: 'vault.home', message: `${home} holds two vaults` });
    const uuid = disk.value;
    const keyslots = async () => {
      const found = await diskOfVault(uuid);
      return found.ok ? ok(found.value.vault.keyslots) : found;
    };
    return placed(home, { uuid, kind: 'luks2', keyslots });
  }
  const read = await readKeyslots(home);
  if (!read.ok) return read;
  const facts = factsOf(read.value);
  return placed(home, { uuid: read.value.uuid, kind: 'gocryptfs', keyslots: async () => ok(facts) });
}

function placed(
  home: string,
  found: Omit<FoundVault, 'places'> & { readonly kind: VaultPlaces['kind'] },
): Result<FoundVault> {
  const { uuid, kind, keyslots } = found;
  const places = placesOf({ home, uuid, kind, root: runtimeRoot() });
  return places.ok ? ok({ uuid, keyslots, places: places.value }) : places;
}
