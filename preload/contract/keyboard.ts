// The keyboard as the X server has it: which layouts there are, which one is in effect, and what its keys write. Names and
// letters only; no key that somebody pressed is ever in these types.
import { z } from 'zod';

/** A layout by XKB's own names: `fr` with variant `bepo`; '' is the layout's plain variant. */
export const layoutIdSchema = z.strictObject({
  layout: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/i),
  variant: z.string().regex(/^[a-z0-9_-]{0,63}$/i),
});
export type LayoutId = z.infer<typeof layoutIdSchema>;

/** One layout of the system's list (xkeyboard-config's rules). The page turns the codes into own-language names. */
export const layoutSchema = layoutIdSchema.extend({
  /** XKB's English words: `French (BEPO)`. */
  description: z.string().min(1).max(120),
  /** ISO 639 codes, the chief one first; empty where the list names none. */
  languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).max(16),
  /** The list's own word for seldom used ones, and variants: they come after the others. */
  isVariant: z.boolean(),
});
export type Layout = z.infer<typeof layoutSchema>;

/** All that a PC offers: some 600. */
export const layoutListSchema = z.array(layoutSchema).max(2000);

/** What one press writes: a letter, or a dead key's mark, which waits for the next letter; null: nothing. */
export const keyOutputSchema = z
  .discriminatedUnion('is', [
    z.strictObject({ is: z.literal('text'), text: z.string().min(1).max(8) }),
    /** A combining character (U+0300 ...). */
    z.strictObject({ is: z.literal('dead'), mark: z.string().min(1).max(2) }),
  ])
  .nullable();
export type KeyOutput = z.infer<typeof keyOutputSchema>;

/** One key by its place (`AD01` is Q's on a US board), with what it writes plain, with Shift, AltGr, and both. */
export const keySchema = z.strictObject({
  place: z.string().regex(/^[A-Z0-9]{4}$/),
  levels: z.tuple([keyOutputSchema, keyOutputSchema, keyOutputSchema, keyOutputSchema]),
  /** Caps Lock works on it as Shift does. */
  caps: z.boolean(),
});
export type Key = z.infer<typeof keySchema>;

/** Rows from the top, keys in their order from the left. */
export const keyRowsSchema = z.array(z.array(keySchema).max(16)).max(4);
export type KeyRows = z.infer<typeof keyRowsSchema>;
