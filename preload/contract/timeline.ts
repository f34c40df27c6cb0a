// The saved moments of a guest as a screen shows them, and what making room would take away. Numbers, times and names
// only; the pictures are asked for one by one (`momentPicture`).
import { z } from 'zod';

/** A generation's number: 0 is the guest before it was ever suspended. */
export const momentNumberSchema = z.number().int().min(0).max(999_999_999);

export const momentSchema = z.object({
  number: momentNumberSchema,
  /** RFC 3339 UTC; null where it cannot be read. */
  at: z.string().max(40).nullable(),
  /** `off`: the guest starts from its disk. `damaged`: nothing can be woken from it. */
  kind: z.enum(['suspended', 'off', 'damaged']),
  /** The PC on which it was saved; null while unknown. */
  pc: z.string().max(80).nullable(),
  /** What its own files take up, holes not counted. */
  bytes: z.number().nonnegative(),
  hasPicture: z.boolean(),
  /** Making room would take it away. */
  goes: z.boolean(),
});
export type Moment = z.infer<typeof momentSchema>;

/** What making room would do now: so many moments go, and at least so many bytes come free. */
export const roomSchema = z.object({
  moments: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
});

/** More are counted but not shown: nobody reads further down, and a view is sent whole. */
export const shownMoments = 100;

export const timelineSchema = z.object({
  /** What wakes next; null where CURRENT cannot be read. */
  present: momentNumberSchema.nullable(),
  /** Newest first. */
  moments: z.array(momentSchema).max(shownMoments),
  /** Older ones that are not in `moments`. */
  more: z.number().int().nonnegative(),
  /** Null: nothing would come free. */
  room: roomSchema.nullable(),
  /** Free in the vault; null while unknown. */
  freeBytes: z.number().nonnegative().nullable(),
});
export type Timeline = z.infer<typeof timelineSchema>;

/** The vault's space while a guest runs, bytes. `low`: the guest soon stands still for want of it. */
export const spaceSchema = z.object({
  low: z.boolean(),
  /** What the guest may still fill. */
  free: z.number().nonnegative(),
  /** What saving it may take at most. */
  need: z.number().nonnegative(),
});
export type Space = z.infer<typeof spaceSchema>;
