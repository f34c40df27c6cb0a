// The guests of an open vault: guests/<id>/guest.json and what lies beside it. It must never follow a link, or take a
// guest.json for another guest's.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { guestIdSchema } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { attempt } from '../files/errno';
import type { GuestPlace } from '../generation/store';
import { definitionSchema, type GuestDefinition } from './definition';

export { inspectDisc } from './disc';
export { type DiskImage, inspectImage } from './import-disk';
export { addGuest, halfMade, type NewGuest } from './new-guest';

const reading = 'guest.read';

export function guestPlace(guestsFolder: string, definition: GuestDefinition): GuestPlace {
  return { folder: join(guestsFolder, definition.id), id: definition.id, uuid: definition.uuid };
}

/** Faults: missingGuest, damagedGuest (not our shape, too big, a link, or another guest's), denied, io. */
export async function readGuest(guestsFolder: string, id: string): Promise<Result<GuestDefinition>> {
  const missing = fail({ code: 'missingGuest', stage: reading, message: `no guest is called ${id}` });
  if (!guestIdSchema.safeParse(id).success) return missing;
  const read = await readRecord({
    path: join(guestsFolder, id, 'guest.json'),
    schema: definitionSchema,
    damaged: 'damagedGuest',
    stage: reading,
  });
  if (!read.ok) return read.fault.code === 'missingFile' ? missing : read;
  if (read.value.id === id) return read;
  return fail({ code: 'damagedGuest', stage: reading, message: `guest.json of ${id} is ${read.value.id}'s` });
}

export interface GuestEntry {
  readonly id: string;
  readonly definition: Result<GuestDefinition>;
}

/** By id. A damaged guest is listed with its fault; other names in the folder are no guests. Faults: denied, io. */
export async function listGuests(guestsFolder: string): Promise<Result<readonly GuestEntry[]>> {
  let names: string[] = [];
  const read = await attempt(reading, async () => {
    names = await readdir(guestsFolder);
  });
  if (!read.ok) return read.fault.code === 'missingFile' ? ok([]) : read;
  const ids = names.filter((name) => guestIdSchema.safeParse(name).success).sort();
  return ok(
    await Promise.all(ids.map(async (id) => ({ id, definition: await readGuest(guestsFolder, id) }))),
  );
}
