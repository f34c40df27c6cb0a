// Several vaults, for the tests of the machine. Nothing here is shipped.
import type { VaultCard } from '../../preload/contract/vaults';
import type { Event } from './state';

export const own: VaultCard = { id: 'v0', name: null, mark: '7f4c21f0', kind: 'gocryptfs', fault: null };
export const work: VaultCard = { ...own, id: 'v1', name: 'Work', mark: '03a9be57' };
/** Another one here carries its mark. */
export const copy: VaultCard = {
  ...{ ...work, id: 'v2', name: 'Copy', mark: '03a9be58' },
  fault: { code: 'ambiguousVault', stage: 'vault.survey', message: 'made by the test' },
};
export const vaults = [own, work, copy];

export const events: readonly Event<'vault', 'guest'>[] = [
  { is: 'foundVault', choice: { vaults, chosen: null } },
  { is: 'foundVault', choice: { vaults, chosen: work.id } },
  { is: 'vaultAsked', id: work.id },
  { is: 'vaultAsked', id: copy.id },
  { is: 'otherVaultAsked' },
];
