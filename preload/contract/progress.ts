// How long work reports itself, the same in a View, on a keeper's socket and on the CLI's stderr.
import { z } from 'zod';

/** One report. `done` and `total` in `unit`; total null while unknown. */
export const progressSchema = z.object({
  stage: z.enum([
    'key', // Argon2id
    'mount',
    'check', // manifest, sizes, sums
    'start', // QEMU up
    'load', // RAM and device state in
    'firstRun', // until the guest runs
    'streaming', // behind the running guest: RAM that is still only on the stick, read and checked
    'show', // viewer covers the screen
    'stop', // vCPUs stopped
    'ram', // RAM and device state out
    'fsync',
    'rename', // CURRENT names the new generation: from here on not reversible
    'verify', // what was written is read back and its sums recorded
    'close', // vault closed
    'thin', // older moments go, and what only they needed
    'merge', // many small layers of the guest's disk become one
    'create',
    'fetch', // a desktop's packages come from the network
    'unpack',
    'configure', // packages set themselves up
    'image', // the disk is made of them
    'copy', // a disk image of the person's is copied in
    'backup', // saved moments go to a repository
    'restore', // one comes back from there
    'drill', // one is restored and tried
    'grow', // a written stick's swap and vault get the rest of their disk
  ]),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['bytes', 'steps']),
  secondsLeft: z.number().nonnegative().nullable(),
  reversible: z.boolean(),
});

export type Progress = z.infer<typeof progressSchema>;
export type StageId = Progress['stage'];
export type OnProgress = (progress: Progress) => void;
