// settings.json in a guest's folder: what its owner chose about it, beside guest.json (which describes the machine and
// never changes). It travels with the vault. A file that cannot be read counts as never written: a choice that is lost
// must not keep a guest from being saved.
import { join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';

const stage = 'guest.settings';

const settingsSchema = z.strictObject({
  format: z.literal('soulpad-guest-settings'),
  version: z.literal(1),
  /** Seconds between two checkpoints; 0: none are made by themselves. */
  checkpointSeconds: z.union([z.literal(0), z.number().int().min(5).max(86_400)]),
});
export type GuestSettings = Pick<z.infer<typeof settingsSchema>, 'checkpointSeconds'>;

export const defaultSettings: GuestSettings = { checkpointSeconds: 600 };

/** `folder`: the guest's. */
export async function readSettings(folder: string): Promise<GuestSettings> {
  const path = join(folder, 'settings.json');
  const read = await readRecord({ path, schema: settingsSchema, damaged: 'damagedGuest', stage });
  return read.ok ? { checkpointSeconds: read.value.checkpointSeconds } : defaultSettings;
}

/** Faults: full, denied, io. */
export function writeSettings(folder: string, settings: GuestSettings): Promise<Result<void>> {
  const record = { format: 'soulpad-guest-settings', version: 1, ...settings };
  return writeDurably(join(folder, 'settings.json'), `${JSON.stringify(record)}\n`, stage);
}
