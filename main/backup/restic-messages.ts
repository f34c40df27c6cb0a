// What restic prints with --json, as far as we read it (its docs/075_scripting.rst). Every line is parsed; a line of
// another shape is none of ours. Numbers are bounded, so that a broken repository cannot tell us nonsense for long.
import { z } from 'zod';

const bytes = z
  .number()
  .nonnegative()
  .max(2 ** 60);
const count = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 40);

/** backup, while it goes on. */
const statusSchema = z.object({
  message_type: z.literal('status'),
  bytes_done: bytes.default(0),
  total_bytes: bytes.default(0),
  seconds_remaining: z.number().nonnegative().optional(),
});
export type BackupStatus = z.infer<typeof statusSchema>;

/** backup, at its end. `data_added`: bytes that the repository did not have, before they were packed. */
const summarySchema = z.object({
  message_type: z.literal('summary'),
  data_added: bytes,
  data_added_packed: bytes.optional(),
  total_files_processed: count,
  total_bytes_processed: bytes,
  snapshot_id: z.string().regex(/^[0-9a-f]{8,64}$/),
});
export type BackupSummary = z.infer<typeof summarySchema>;

export function readBackupLine(line: string): BackupStatus | BackupSummary | null {
  const read = z.discriminatedUnion('message_type', [statusSchema, summarySchema]).safeParse(jsonOf(line));
  return read.success ? read.data : null;
}

const snapshotSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.string().max(40),
  hostname: z.string().max(300).default(''),
  tags: z.array(z.string().max(200)).max(50).nullish(),
});
export type ResticSnapshot = z.infer<typeof snapshotSchema>;

/** snapshots: null for anything but a list of them. Older ones beyond 20 000 would be no person's. */
export function readSnapshotList(stdout: Buffer): readonly ResticSnapshot[] | null {
  const line = stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.startsWith('[') || each === 'null');
  if (line === undefined) return null;
  const read = z.array(snapshotSchema).max(20_000).nullable().safeParse(jsonOf(line));
  return read.success ? (read.data ?? []) : null;
}

/** cat config */
export function readConfigId(stdout: Buffer): string | null {
  const read = z
    .object({ id: z.string().regex(/^[0-9a-f]{64}$/), version: z.number().int() })
    .safeParse(jsonOf(afterWords(stdout)));
  return read.success ? read.data.id : null;
}

/** stats --mode restore-size */
export function readRestoreBytes(stdout: Buffer): number | null {
  const read = z.object({ total_size: bytes }).safeParse(jsonOf(afterWords(stdout)));
  return read.success ? read.data.total_size : null;
}

const keysSchema = z
  .array(z.object({ current: z.boolean(), id: z.string().regex(/^[0-9a-f]{8,64}$/) }))
  .max(1_000);

/** key list: the name of the key that was used, or its first letters. */
export function readOwnKeyId(stdout: Buffer): string | null {
  const text = stdout.toString('utf8');
  const read = keysSchema.safeParse(jsonOf(text.slice(Math.max(0, text.indexOf('[')))));
  return read.success ? (read.data.find((key) => key.current)?.id ?? null) : null;
}

const lockSchema = z.object({
  time: z.string().max(40),
  exclusive: z.boolean(),
  hostname: z.string().max(300),
  pid: z.number().int().nonnegative(),
});
export type RepositoryLock = z.infer<typeof lockSchema>;

/** cat lock ID */
export function readLock(stdout: Buffer): RepositoryLock | null {
  const read = lockSchema.safeParse(jsonOf(afterWords(stdout)));
  return read.success ? read.data : null;
}

/** list locks, list keys: one name a line. */
export function readNames(stdout: Buffer): readonly string[] {
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => /^[0-9a-f]{64}$/.test(line))
    .slice(0, 1_000);
}

/** From the first brace on: older versions say first that they read the password. */
function afterWords(stdout: Buffer): string {
  const text = stdout.toString('utf8');
  const at = text.indexOf('{');
  return at < 0 ? '' : text.slice(at);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
