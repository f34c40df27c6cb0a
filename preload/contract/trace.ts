// What this session leaves on the PC, as the kernel counts it: data for the last screen's receipt. Numbers only.
import { z } from 'zod';

const count = z.number().int().nonnegative();

export const traceSchema = z.object({
  /** Disks that are not the stick. A system without drivers for internal disks sees none of those. */
  disks: z.object({
    seen: count,
    /** Of these, how many could be written to. */
    writable: count,
    /** What the kernel has written to them since the start. */
    writtenBytes: count,
    /** How many are mounted or swapped to. */
    used: count,
  }),
  /** Memory is cleared when it is given back, and what gives the rest back at power-off is in its place. */
  memoryCleared: z.boolean(),
  /** Sockets on which anybody on the network could reach this PC. */
  listening: count,
});
export type Trace = z.infer<typeof traceSchema>;
