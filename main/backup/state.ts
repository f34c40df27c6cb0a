// state.json of a repository: what the last runs came to, for the screen and for `backup status`. It decides nothing
// that matters but one thing: the snapshots that were seen to be good, so that one which vanished is noticed. What
// cannot be read counts as never written.
import { join } from 'node:path';
import { z } from 'zod';
import { faultSchema } from '../../preload/contract/fault';
import { guestIdSchema } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { generationNumberSchema } from '../generation/manifest';

const stage = 'backup.state';
const at = z.iso.datetime();
const count = z.number().nonnegative();

const goodSchema = z.strictObject({
  /** restic's name of it, or its first letters. */
  snapshot: z.string().regex(/^[0-9a-f]{8,64}$/),
  guest: guestIdSchema,
  generation: generationNumberSchema,
  /** When the moment was saved. */
  momentAt: at,
  /** It is to leave the repository, or has: a cut may have come between. */
  going: z.literal(true).optional(),
});

const drillSchema = z.strictObject({
  at,
  guest: guestIdSchema,
  generation: generationNumberSchema,
  passed: z.boolean(),
  /** Null: the guest has no nonce to compare. */
  nonceMatched: z.boolean().nullable(),
  /** Share of the screen's dots that are as they were at the suspend, 0 to 1; null: there is no picture. */
  likeness: z.number().min(0).max(1).nullable(),
  seconds: count,
  fault: faultSchema.nullable(),
});
export type Drill = z.infer<typeof drillSchema>;

const stateSchema = z.strictObject({
  format: z.literal('soulpad-backup-state'),
  version: z.literal(1),
  /** The last run that came to its good end. */
  last: z
    .strictObject({ at, moments: count, bytesMoved: count, seconds: count, readBytes: count })
    .nullable(),
  tried: z.strictObject({ at, fault: faultSchema.nullable() }).nullable(),
  check: z.strictObject({ at, result: z.enum(['ok', 'damaged']) }).nullable(),
  drill: drillSchema.nullable(),
  /** The newest good ones, newest last. */
  good: z.array(goodSchema).max(200),
});
export type BackupState = Omit<z.infer<typeof stateSchema>, 'format' | 'version'>;

const never: BackupState = { last: null, tried: null, check: null, drill: null, good: [] };

export async function readState(folder: string): Promise<BackupState> {
  const path = join(folder, 'state.json');
  const read = await readRecord({ path, schema: stateSchema, damaged: 'damagedManifest', stage });
  if (!read.ok) return never;
  const { last, tried, check, drill, good } = read.value;
  return { last, tried, check, drill, good };
}

/** Faults: full, denied, io. */
export async function changeState(folder: string, change: Partial<BackupState>): Promise<Result<void>> {
  const state = { ...(await readState(folder)), ...change };
  const record = {
    ...{ format: 'soulpad-backup-state', version: 1 },
    ...state,
    good: state.good.slice(-200),
  };
  return writeDurably(join(folder, 'state.json'), `${JSON.stringify(record)}\n`, stage);
}
