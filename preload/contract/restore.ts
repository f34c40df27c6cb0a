// Bringing a lost stick back on a new one, as the screens know it: where the backup is, what lies in it, and what of it
// was chosen. Names, numbers and codes: an address only without its password, never a key.
import { z } from 'zod';
import { guestIdSchema } from './keeper';

/** More are no choice for a person; the newest ones are told. */
export const mostMoments = 60;

/** Counted from 0, as `moments` has them. */
export const momentIndexSchema = z
  .number()
  .int()
  .min(0)
  .max(mostMoments - 1);

/** One saved moment in the repository. */
export const storedMomentSchema = z.object({
  guest: guestIdSchema,
  /** When it was saved, RFC 3339 UTC. */
  at: z.string(),
  /** Of all of its files, once restored; null: the repository does not say. */
  bytes: z.number().nonnegative().nullable(),
  /** There is room for it here; it is also true while its size is not known. */
  fits: z.boolean(),
});
export type StoredMomentView = z.infer<typeof storedMomentSchema>;

/** The newest moment of every guest, together. */
export const wholeStickSchema = z.object({
  guests: z.number().int().min(1),
  at: z.string(),
  bytes: z.number().nonnegative().nullable(),
  fits: z.boolean(),
});

export const foundBackupSchema = z.object({
  /** Null: only one guest is in it, and its newest moment says the same. */
  whole: wholeStickSchema.nullable(),
  /** Newest first. */
  moments: z.array(storedMomentSchema).max(mostMoments),
  /** Older ones that are not told. */
  more: z.number().int().nonnegative(),
  /** Free where the vault is or is to be; null while nobody can tell. */
  freeBytes: z.number().nonnegative().nullable(),
});
export type FoundBackup = z.infer<typeof foundBackupSchema>;

/** `all`: the newest moment of every guest. */
export const restoreChoiceSchema = z.union([z.literal('all'), momentIndexSchema]);
export type RestoreChoice = z.infer<typeof restoreChoiceSchema>;

/** What a server of sftp needs of a person before it is used: its fingerprint compared, our key let in. */
export const serverAsksSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('hostKey'), fingerprint: z.string().max(100) }),
  z.object({ is: z.literal('admission'), line: z.string().max(500) }),
]);
export type ServerAsks = z.infer<typeof serverAsksSchema>;

export const restoreViewSchema = z.object({
  /** Where the backup is, without user and password; null: not said yet. */
  place: z.string().max(1200).nullable(),
  /** The recovery key was typed, and is kept until it is used. */
  keyed: z.boolean(),
  asks: serverAsksSchema.nullable(),
  /** The folder dialog is up, or the repository is being read. */
  busy: z.enum(['picking', 'reading']).nullable(),
  found: foundBackupSchema.nullable(),
});
export type RestoreView = z.infer<typeof restoreViewSchema>;
