// A home whose vault is a LUKS2 disk holds one small file in its place, HOME/vault/luks2.json, which names the disk by
// its uuid. It is no secret and proves nothing: whoever changes it makes us look for another disk, which their
// passphrase must open.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ok, type Result } from '../../../preload/contract/result';
import { readRecord } from '../../files/bounded';
import { fsyncFolder, writeNewDurably } from '../../files/durable';
import { vaultFolderOf } from '../places';

const schema = z.strictObject({
  format: z.literal('soulpad-luks2'),
  version: z.literal(1),
  uuid: z.uuid().regex(/^[0-9a-f-]+$/, 'lower case'),
});

function fileOf(home: string): string {
  return join(vaultFolderOf(home), 'luks2.json');
}

/** The vault's uuid; null when this home has no LUKS2 vault. Faults: damagedKeyslots, denied, io. */
export async function readLuks2Home(home: string): Promise<Result<string | null>> {
  const about = { path: fileOf(home), damaged: 'damagedKeyslots' as const, stage: 'vault.home', schema };
  const read = await readRecord(about);
  if (read.ok) return ok(read.value.uuid);
  return read.fault.code === 'missingFile' ? ok(null) : read;
}

/** Faults: alreadyThere, full, denied, io. */
export async function writeLuks2Home(home: string, uuid: string): Promise<Result<void>> {
  const stage = 'vault.create';
  mkdirSync(vaultFolderOf(home), { recursive: true, mode: 0o700 });
  const bytes = `${JSON.stringify({ format: 'soulpad-luks2', version: 1, uuid })}\n`;
  const written = await writeNewDurably({ path: fileOf(home), bytes, stage });
  return written.ok ? fsyncFolder(home, stage) : written;
}
