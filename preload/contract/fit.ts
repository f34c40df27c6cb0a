// How well this PC can wake a guest: a verdict and its reasons, as codes and numbers (app/text has the sentences). The
// same in a View and in `soulpad guest fit --json`.
import { z } from 'zod';

/** What was looked at. `have` and `need` are bytes for memory and space, words for the rest. */
export const fitReasonCodeSchema = z.enum([
  'qemuTooOld', // have: QEMU's version; need: the oldest that can
  'machineUnknown', // need: the machine version that this QEMU does not have
  'cpuLacks', // have: features that this CPU (or QEMU) has not; need: the CPU model
  'savedByHardware', // the saved state needs hardware virtualization, which this PC does not offer
  'savedBySoftware', // the saved state goes on in software, although this PC could do better
  'softwareEmulation', // no hardware virtualization here: slow
  'memoryShort', // have: bytes free; need: bytes
  'memoryTight',
  'spaceShort', // have: bytes free in the vault; need: the least a session takes
  'spaceLow', // need: what saving may take at most
  'unknownOrigin', // the saved state does not say where it was saved
]);

export const fitReasonSchema = z.object({
  code: fitReasonCodeSchema,
  /** `stop`: it cannot be woken here; `warn`: the person should know; `info`: for a helper. */
  severity: z.enum(['info', 'warn', 'stop']),
  have: z.union([z.number(), z.string().max(400)]).nullable(),
  need: z.union([z.number(), z.string().max(400)]).nullable(),
});
export type FitReason = z.infer<typeof fitReasonSchema>;

export const fitSchema = z.object({
  /** `slower`: it wakes, and something makes it slow. `notHere`: at least one reason says stop. */
  verdict: z.enum(['good', 'slower', 'notHere']),
  reasons: z.array(fitReasonSchema).max(16),
  /** The saved programs cannot be brought back here, but the guest can be started from its disk. */
  canStartAfresh: z.boolean(),
});
export type Fit = z.infer<typeof fitSchema>;
