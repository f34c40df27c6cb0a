// What the screens show of backups, and what may be asked about them. Codes, numbers and names; never an address with a
// password in it, never a key.
import { z } from 'zod';
import { faultSchema } from './fault';

const when = z.string().nullable(); // RFC 3339 UTC
const count = z.number().nonnegative();

export const repositoryViewSchema = z.object({
  name: z.string().max(40),
  kind: z.enum(['folder', 'sftp', 'rest', 's3']),
  /** Without user and password. */
  location: z.string().max(1200),
  lastGoodAt: when,
  bytesMoved: count.nullable(),
  seconds: count.nullable(),
  check: z.enum(['ok', 'damaged', 'never']),
  /** When it was tried last, and whether what woke was what was saved. */
  drill: z
    .object({
      at: z.string(),
      passed: z.boolean(),
      /** Its screen as it was left and as it woke can be asked for (`drillPicture`). */
      hasPictures: z.boolean(),
    })
    .nullable(),
  /** Why the last run did not come to its good end. */
  fault: faultSchema.shape.code.nullable(),
});
export type RepositoryView = z.infer<typeof repositoryViewSchema>;

/** Of the one that is under way. */
export const backupWorkSchema = z.object({
  name: z.string().max(40),
  stage: z.enum(['backup', 'verify', 'restore', 'drill']),
  done: count,
  total: count.nullable(),
  secondsLeft: count.nullable(),
  bytesPerSecond: count.nullable(),
  paused: z.enum(['asked', 'battery', 'metered']).nullable(),
});
export type BackupWork = z.infer<typeof backupWorkSchema>;

export const backupStateSchema = z.object({
  state: z.enum(['none', 'idle', 'running', 'paused', 'failed']),
  /** The newest of all repositories. */
  lastGoodAt: when,
  repositories: z.array(repositoryViewSchema).max(16),
  work: backupWorkSchema.nullable(),
  /** When the next one begins by itself; null: none does. */
  nextAt: when,
  /** A disk that backups go to has been plugged in, and is behind. */
  nearby: z.string().max(40).nullable(),
});
export type BackupState = z.infer<typeof backupStateSchema>;

/** No vault is open, or it knows no repository. */
export const noBackup: BackupState = {
  ...{ state: 'none', lastGoodAt: null, repositories: [], work: null, nextAt: null, nearby: null },
};

/** Of a repository's last drill: the screen as it was suspended, and as it woke. */
export const drillPictureSchema = z.object({ name: z.string().max(40), of: z.enum(['left', 'woke']) });
export type DrillPicture = z.infer<typeof drillPictureSchema>;

export const backupActSchema = z.enum(['now', 'pause', 'goOn', 'cancel', 'drill']);
export type BackupAct = z.infer<typeof backupActSchema>;
