// keeper.json: what a keeper leaves for the one that takes over after it was killed. Which QEMU, which session, and
// whether the guest ever ran: `ran` is written before `cont`, so null proves that it did not. Hints only: the taker
// over asks the system (proof.ts) before it believes a pid.
import { unlink } from 'node:fs/promises';
import { z } from 'zod';
import { engineNameSchema, guestIdSchema, ranSchema } from '../../preload/contract/keeper';
import type { Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';

const pidSchema = z.number().int().positive();

const keeperRecordSchema = z.strictObject({
  format: z.literal('soulpad-keeper'),
  version: z.literal(1),
  guest: guestIdSchema,
  uuid: z.uuid(),
  keeperPid: pidSchema,
  qemuPid: pidSchema,
  /** Number of the session's generation folder. */
  session: z.number().int().nonnegative(),
  engine: engineNameSchema,
  ran: ranSchema.nullable(),
  since: z.iso.datetime().nullable(),
});

export type KeeperRecord = z.infer<typeof keeperRecordSchema>;

export function readKeeperRecord(path: string): Promise<Result<KeeperRecord>> {
  return readRecord({ path, schema: keeperRecordSchema, damaged: 'io', stage: 'keeper.record' });
}

export function writeKeeperRecord(path: string, record: KeeperRecord): Promise<Result<void>> {
  return writeDurably(path, `${JSON.stringify(record)}\n`, 'keeper.record');
}

export async function removeKeeperRecord(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
