// What the display needs to know of a guest, and may ask of it: the size of its screen, and keys that a PC's own keyboard
// cannot send it. Parsed on a keeper's socket and on the page's channels alike.
import { z } from 'zod';

const sideSchema = z.number().int().min(1).max(16_384);
export const sizeSchema = z.object({ width: sideSchema, height: sideSchema });

export const guestScreenSchema = z.object({
  /** Something in it gives its screen the size of the window that shows it: `viewer`: its SPICE agent does, asked by
   * the viewer. `agent`: only its guest agent can be asked (`fitScreen`). Null: nothing does. */
  follows: z.enum(['viewer', 'agent']).nullable(),
  /** What it shows now; null where nobody can tell, or nobody needs to. */
  size: sizeSchema.nullable(),
});
export type GuestScreen = z.infer<typeof guestScreenSchema>;

const functionKeys = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** Keys that would do something to the PC itself, or that a kiosk's keyboard has not. */
export const sentKeysSchema = z.enum([
  'ctrl-alt-delete',
  'print',
  ...functionKeys.map((number) => `ctrl-alt-f${number}` as const),
]);
export type SentKeys = z.infer<typeof sentKeysSchema>;
