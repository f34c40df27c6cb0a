// What a vault's owner chose for it: when it locks, and how. The file lies inside the vault, so that
// who has only the stick cannot change it. One that is missing or damaged counts as the usual settings: it locks.
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import { usualSettings, type VaultSettings, vaultSettingsSchema } from '../../preload/contract/ways';
import { readBounded } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { parseJson } from '../socket/call';

type Vault = { readonly mountPoint: string };

const stage = 'vault.settings';

const fileOf = (vault: Vault): string => join(vault.mountPoint, 'settings.json');

export async function readSettings(vault: Vault): Promise<VaultSettings> {
  const got = await readBounded({ path: fileOf(vault), maxBytes: 4096, damaged: 'unusableFile', stage });
  const read = got.ok ? vaultSettingsSchema.safeParse(parseJson(got.value.toString('utf8'))) : null;
  return read?.success ? read.data : usualSettings;
}

/** Faults: full, io. */
export async function writeSettings(vault: Vault, settings: VaultSettings): Promise<Result<void>> {
  const bytes = Buffer.from(`${JSON.stringify(vaultSettingsSchema.parse(settings), null, 2)}\n`);
  const written = await writeDurably(fileOf(vault), bytes, stage);
  return written.ok ? ok(undefined) : written;
}
