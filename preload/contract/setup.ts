// The first run as the renderer sees it: language, passphrase, guest, recovery key, building; or, for what a backup brings
// back, language, where, moments, passphrase, building. No secret is in here: the
// passphrase and the recovery key travel alone, in channels of their own (channels.ts).
import { z } from 'zod';

export const setupStepSchema = z.enum([
  ...(['language', 'passphrase', 'guest', 'recovery', 'building'] as const),
  // A backup: where it is, and what of it.
  ...(['where', 'moments'] as const),
]);
export type SetupStep = z.infer<typeof setupStepSchema>;

/** What a new guest comes from. `witness`: the tiny test guest, under "more". */
export const guestKindSchema = z.enum(['desktop', 'image', 'iso', 'witness']);
export type GuestKind = z.infer<typeof guestKindSchema>;

const bytes = z.number().nonnegative();

/** Why an offer cannot be taken on this PC; `need` and `have` are bytes where the reason has them. */
export const lackSchema = z.enum(['diskTooSmall', 'memoryTooSmall', 'toolMissing', 'networkGone']);
export type Lack = z.infer<typeof lackSchema>;

export const guestSizeSchema = z.enum(['small', 'usual', 'large']);
export type GuestSize = z.infer<typeof guestSizeSchema>;

/** What a guest may get here: every size fits this PC's memory and disk. */
const sized = {
  /** Which of `sizes` disk and memory are. */
  size: guestSizeSchema,
  /** The smallest first; fewer than two: there is nothing to choose. */
  sizes: z.array(z.object({ size: guestSizeSchema, diskBytes: bytes, ramBytes: bytes })).max(3),
};

export const sizeAskedSchema = z.object({ kind: guestKindSchema, size: guestSizeSchema });

/** One guest that can be had here. Its size is `usual` until the person chooses another. */
export const offerSchema = z.object({
  kind: guestKindSchema,
  /** Null: nothing is downloaded. Said before anything starts. */
  downloadBytes: bytes.nullable(),
  /** What is downloaded is still being asked: it cannot be taken before that is said. */
  sizing: z.boolean(),
  /** How long making it usually takes; null where that depends on a file that is not picked yet. */
  usualSeconds: z.number().nonnegative().nullable(),
  diskBytes: bytes,
  ramBytes: bytes,
  ...sized,
  possible: z.boolean(),
  why: lackSchema.nullable(),
  need: bytes.nullable(),
  have: bytes.nullable(),
});
export type Offer = z.infer<typeof offerSchema>;

/** What was picked. `file`: the shown name of the image, never a path. */
export const pickedSchema = z.object({
  kind: guestKindSchema,
  file: z.string().max(255).nullable(),
  diskBytes: bytes,
  ramBytes: bytes,
  ...sized,
  /** How long making it usually takes. */
  usualSeconds: z.number().nonnegative().nullable(),
});
export type Picked = z.infer<typeof pickedSchema>;

/** Which two of the recovery key's groups are to be typed back, counted from 0, the smaller first. */
export const askedGroupsSchema = z.tuple([z.number().int().min(0).max(7), z.number().int().min(0).max(7)]);
export type AskedGroups = z.infer<typeof askedGroupsSchema>;

/** Lines of the building script's own words, control sequences removed; at most 4 KiB of UTF-16 a push. */
export const buildOutputSchema = z.object({ text: z.string().max(4096) });
export type BuildOutput = z.infer<typeof buildOutputSchema>;

/** A guest's last picture: PNG, at most 4 MiB, checked by main. Null: there is none. */
export const maxPictureBytes = 4 * 1024 * 1024;
export const pictureSchema = z
  .instanceof(Uint8Array)
  .refine((png) => png.byteLength <= maxPictureBytes, 'a picture has at most 4 MiB');
