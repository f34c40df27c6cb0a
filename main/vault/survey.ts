// Looks at every vault of a place from outside, without a secret: which there are, what tells them apart, what is wrong
// with them. Two that carry one mark are refused, both: they would share runtime folder and mount point, and which of them
// is the copy is not ours to guess. Their status is not even asked: of a copy it would tell what is true of the other.
import { fail, ok, type Result } from '../../preload/contract/result';
import { findVault } from './find-vault';
import { type Home, homesIn } from './homes';
import type { VaultFacts, VaultPlaces, Vaults } from './vault';

export interface VaultSeen extends Home {
  /** Null: it cannot be read. */
  readonly uuid: string | null;
  readonly kind: VaultPlaces['kind'] | null;
  readonly facts: Result<VaultFacts>;
}

/** What a person compares, and what a runtime folder is named by (places.ts). */
export function markOf(uuid: string): string {
  return uuid.slice(0, 8);
}

/** In the order to show them; none where there is no vault. Faults: denied, io (the place cannot be read). */
export async function surveyVaults(about: {
  readonly place: string;
  readonly vaults: Pick<Vaults, 'status'>;
}): Promise<Result<readonly VaultSeen[]>> {
  const homes = await homesIn(about.place);
  if (!homes.ok) return homes;
  const found = await Promise.all(
    homes.value.map(async (home) => ({ ...home, found: await findVault(home.home) })),
  );
  const there = found.filter((each) => each.found.ok || each.found.fault.code !== 'missingVault');
  const marks = there.map((each) => (each.found.ok ? markOf(each.found.value.uuid) : null));
  const seen: VaultSeen[] = [];
  // One after the other: looking at a vault may take over the mount of an owner that was killed.
  for (const [index, { name, home, found }] of there.entries()) {
    if (!found.ok) {
      seen.push({ name, home, uuid: null, kind: null, facts: found });
      continue;
    }
    const { uuid, places } = found.value;
    const twins = there.filter((_, other) => other !== index && marks[other] === markOf(uuid));
    const facts =
      twins.length === 0 ? await about.vaults.status(home) : sameMark(uuid, [home, ...homesOf(twins)].sort());
    seen.push({ name, home, uuid, kind: places.kind, facts });
  }
  return ok(seen);
}

function homesOf(seen: readonly Home[]): string[] {
  return seen.map(({ home }) => home);
}

function sameMark(uuid: string, homes: readonly string[]): Result<never> {
  return fail({
    code: 'ambiguousVault',
    stage: 'vault.survey',
    message: `${homes.join(' and ')} carry one mark: ${markOf(uuid)}`,
    hint: 'one is a copy: move it away from here, then look again',
  });
}
