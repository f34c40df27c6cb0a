// Every expected failure, by code. The sentence for the person is chosen in app/text by this code; `message` is the
// machine's word and must never hold a secret, `hint` says what to do about it.
// Exit codes: sysexits(3) as fixed in the machine-readable surface (docs/surface.md).
import { z } from 'zod';

/** Fault code -> exit status of the CLI. */
export const exitCodes = {
  usage: 64,
  pathTooLong: 64,
  secretTooShort: 64,
  secretUnfit: 64,
  damagedKeyslots: 65,
  damagedHeader: 65,
  ambiguousVault: 65,
  damagedGuest: 65,
  unusableFile: 65,
  damagedCurrent: 65,
  damagedManifest: 65,
  damagedState: 65,
  damagedKeyFile: 65,
  damagedBackup: 65,
  drillFailed: 65,
  missingVault: 66,
  missingDisk: 66,
  missingKeyslot: 66,
  missingGuest: 66,
  missingGeneration: 66,
  missingFile: 66,
  missingKey: 66,
  missingRepository: 66,
  toolMissing: 69,
  toolTooOld: 69,
  kernelLacks: 69,
  noMemory: 69,
  unfit: 69,
  displayLacks: 69,
  bug: 70,
  protocol: 70,
  alreadyThere: 73,
  refusedDisk: 73,
  full: 73,
  readOnlyRepository: 73,
  io: 74,
  guestDied: 74,
  viewerDied: 74,
  timeout: 74,
  cancelled: 75,
  busy: 75,
  lockedRepository: 75,
  clockWrong: 75,
  secretForgotten: 75,
  wrongSecret: 77,
  mistypedKey: 77,
  lastKeyslot: 77,
  otherSecretNeeded: 77,
  denied: 77,
  wrongBackupKey: 77,
  wrongHostKey: 77,
} as const;

export type FaultCode = keyof typeof exitCodes;

export const faultCodes = Object.keys(exitCodes) as [FaultCode, ...FaultCode[]];

export const faultSchema = z.object({
  code: z.enum(faultCodes),
  /** Where in the story: 'vault.open', 'guest.restoreState', ... Lower camel case, dotted, for logs and helpers. */
  stage: z.string().max(80),
  message: z.string().max(2000),
  hint: z.string().max(500).optional(),
});

export type Fault = {
  readonly code: FaultCode;
  readonly stage: string;
  readonly message: string;
  readonly hint?: string | undefined;
};
