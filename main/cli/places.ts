// From an open vault to what a keeper must be told. The vault organ fixes where things lie: the mount point and the
// owner's socket stand side by side in the vault's runtime folder.
import { dirname, join } from 'node:path';
import type { KeeperPlaces } from '../keeper/handle';
import type { OpenVault } from '../vault/vault';

export function keeperPlacesOf(vault: OpenVault): KeeperPlaces {
  const runtimeFolder = dirname(vault.mountPoint);
  return { runtimeFolder, guestsFolder: vault.guestsFolder, ownerSocket: join(runtimeFolder, 'owner.sock') };
}
