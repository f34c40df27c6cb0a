// What the page that writes a stick shows: disks by name, size and serial number, each under an id that main made up. No path
// comes from a page, and none is needed there; a disk that says nothing of itself is called by its path, to be typed.
import { z } from 'zod';

/** Why a disk may not become a stick. */
export const refusalSchema = z.enum(['notRemovable', 'system', 'mounted', 'inUse', 'readOnly', 'tooSmall']);
export type Refusal = z.infer<typeof refusalSchema>;

/** Of this program's life: another disk under the same path gets another one. */
export const diskIdSchema = z.string().regex(/^disk-[1-9]\d{0,5}$/);

export const diskCardSchema = z.object({
  id: diskIdSchema,
  /** What is typed before it is erased: its model, or else its serial number, or else its path. */
  name: z.string().min(1).max(400),
  serial: z.string().max(400).nullable(),
  bytes: z.number().nonnegative(),
  refused: refusalSchema.nullable(),
});
export type DiskCard = z.infer<typeof diskCardSchema>;

/** More are not shown: nobody has so many, and a view is sent whole. */
export const shownDisks = 32;

/** Bytes: what is copied, and the least that a disk must have. */
export const stickImageSchema = z.object({
  copyBytes: z.number().nonnegative(),
  leastDiskBytes: z.number().nonnegative(),
});

export const foundDisksSchema = z.object({
  /** Null: there is none to write; the page says how it is made. */
  image: stickImageSchema.nullable(),
  disks: z.array(diskCardSchema).max(shownDisks),
});
export type FoundDisks = z.infer<typeof foundDisksSchema>;

export const stickDoneSchema = z.object({
  name: z.string().max(400),
  writtenBytes: z.number().nonnegative(),
  /** Of writing; null where it took no time that can be told. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  vaultBytes: z.number().nonnegative(),
  swapBytes: z.number().nonnegative(),
});
export type StickDone = z.infer<typeof stickDoneSchema>;

/** As typed by the person; main compares it. */
export const typedNameSchema = z.string().min(1).max(500);
