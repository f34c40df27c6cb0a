// What the owner lets us remember between two starts, in clear text outside the vault: how the screen looks, which
// keyboard layout is set, and which of several vaults was opened last (its uuid stands in clear on its own disk, too), so
// that all are right before anything is unlocked. Only after an opt-in; forgetting removes the file. Never a secret, a name
// or a time. A file that is damaged or beyond its bounds is as if there were none.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { layoutIdSchema } from '../../preload/contract/keyboard';
import { ok, type Result } from '../../preload/contract/result';
import { lookSchema } from '../../preload/contract/view';
import { readRecord } from '../files/bounded';
import { fsyncFolder, writeDurably } from '../files/durable';
import { attempt } from '../files/errno';
import { makeOwnFolder } from '../files/own-folder';

const stage = 'preferences';

const preferencesSchema = z.strictObject({
  schema: z.literal('soulpad/preferences/1'),
  look: lookSchema,
  /** Null: as the PC has it. */
  layout: layoutIdSchema.nullable(),
  /** Uuid of the vault that was opened last, where there are several. Null: none, or there is one only. */
  vault: z.uuid().nullable().default(null),
});

export type Preferences = Omit<z.infer<typeof preferencesSchema>, 'schema'>;

/** $SOULPAD_PREFERENCES where the stick has a place of its own for them, else the home of the vaults. */
export function preferencesFolder(home: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.SOULPAD_PREFERENCES || home;
}

const fileIn = (folder: string): string => join(folder, 'preferences.json');

/** Null: nothing is remembered, or nothing that can be read. */
export async function readPreferences(folder: string): Promise<Preferences | null> {
  const read = await readRecord({
    path: fileIn(folder),
    schema: preferencesSchema,
    stage,
    damaged: 'unusableFile',
  });
  if (!read.ok) return null;
  const { look, layout, vault } = read.value;
  return { look, layout, vault };
}

/** Faults: denied, full, io; what was remembered before is then untouched. */
export async function keepPreferences(folder: string, preferences: Preferences): Promise<Result<void>> {
  const there = await stat(folder).catch(() => null);
  const made = there === null ? makeOwnFolder(folder, stage) : ok(undefined);
  if (!made.ok) return made;
  const text = JSON.stringify({ schema: 'soulpad/preferences/1', ...preferences }, null, 2);
  return writeDurably(fileIn(folder), `${text}\n`, stage);
}

/** Faults: denied, io. */
export async function forgetPreferences(folder: string): Promise<Result<void>> {
  const removed = await attempt(stage, () => rm(fileIn(folder), { force: true }));
  if (!removed.ok) return removed;
  return (await stat(folder).catch(() => null)) === null ? ok(undefined) : fsyncFolder(folder, stage);
}
