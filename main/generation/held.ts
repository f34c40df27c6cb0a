// held.json in a guest's folder: files that somebody reads (a backup) and that collecting must leave for so long, though
// no generation may need them any more. A hold that was never let go of (its reader was killed) ends by itself. No file
// is kept from being superseded: generations come and go as ever.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { attempt } from '../files/errno';
import type { GuestPlace } from './read';

const stage = 'generation.hold';
const holdMs = 26 * 3_600_000;

const heldSchema = z.strictObject({
  format: z.literal('soulpad-held'),
  version: z.literal(1),
  until: z.iso.datetime(),
  /** As folder/name, like filesOf's. */
  files: z.array(z.string().regex(/^gen-\d{4,9}\/[a-z0-9.-]{1,60}$/)).max(2_000),
});

function heldPath(place: GuestPlace): string {
  return join(place.folder, 'held.json');
}

/** Holds these and no others, for 26 hours or until `letGo`. Faults: full, denied, io. */
export function holdFiles(place: GuestPlace, files: readonly string[]): Promise<Result<void>> {
  const until = new Date(Date.now() + holdMs).toISOString();
  const record = { format: 'soulpad-held', version: 1, until, files };
  return writeDurably(heldPath(place), `${JSON.stringify(record)}\n`, stage);
}

/** Faults: denied, io. */
export function letGo(place: GuestPlace): Promise<Result<void>> {
  return attempt(stage, () => rm(heldPath(place), { force: true }));
}

/** What is held now. A hold far beyond what any is made for, as a wrong clock makes it, counts as none. */
export async function readHeld(place: GuestPlace): Promise<readonly string[]> {
  const read = await readRecord({ path: heldPath(place), schema: heldSchema, damaged: 'io', stage });
  if (!read.ok) return [];
  const left = Date.parse(read.value.until) - Date.now();
  return left > 0 && left <= holdMs ? read.value.files : [];
}
