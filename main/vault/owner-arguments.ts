// How an owner program is told what to do: argv holds paths, names and flags, never a secret (that comes as bytes on
// descriptor 3), and what happens comes back as JSON lines on descriptor 4. Both sides are built from this file.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { faultSchema } from '../../preload/contract/fault';
import { programSchema } from '../../preload/contract/owner';
import { progressSchema } from '../../preload/contract/progress';
import { shownNameSchema } from '../../preload/contract/shown-name';
import { diskIdSchema } from '../../preload/contract/soulpadd';

export const secretDescriptor = 3;
export const reportDescriptor = 4;
/** Mode `unseal` only: stdout, to the owner that started it. */
export const volumeKeyDescriptor = 1;

const home = z.string().startsWith('/').max(4096);
const secretKind = z.enum(['passphrase', 'keyUsb', 'both']);
const keyslotId = z.coerce.number().int().min(0).max(31);

export const ownerArgumentsSchema = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('create'),
    home,
    name: shownNameSchema,
    secretKind,
    /** True: the secret's bytes are preceded by a recovery key of 48 ASCII digits, which gets a keyslot too. */
    recovery: z.enum(['true', 'false']),
    /** soulpadd's id of the disk that becomes a LUKS2 vault. */
    disk: diskIdSchema.optional(),
  }),
  /** The three edits: the secret's bytes are preceded by their new secret, and that by its length (writeFramed). */
  z.strictObject({
    mode: z.literal('addKeyslot'),
    home,
    name: shownNameSchema,
    secretKind,
    add: z.enum(['passphrase', 'keyUsb', 'both', 'recovery']),
    /** For keyUsb and both: where the new key file goes. */
    keyFolder: z.string().startsWith('/').max(4096).optional(),
  }),
  z.strictObject({ mode: z.literal('changePassphrase'), home, secretKind, id: keyslotId }),
  z.strictObject({ mode: z.literal('removeKeyslot'), home, secretKind, id: keyslotId }),
  z.strictObject({
    mode: z.literal('open'),
    home,
    secretKind,
    stays: z.enum(['true', 'false']),
    program: programSchema,
    pid: z.coerce.number().int().positive(),
  }),
  /** The helper of an owner that opens a vault (unseal-apart.ts): it is started by that owner alone. */
  z.strictObject({ mode: z.literal('unseal'), home, secretKind }),
  /** Whether the secret opens: by its exit alone, nothing is handed over. */
  z.strictObject({ mode: z.literal('check'), home, secretKind }),
  /** Takes over a mount whose owner died, without a key, while a guest lives in it; else unmounts it. */
  z.strictObject({ mode: z.literal('adopt'), home }),
]);
export type OwnerArguments = z.infer<typeof ownerArgumentsSchema>;

export function formatOwnerArguments(about: OwnerArguments): string[] {
  return Object.entries(about).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

/** Names come from people and homes from their environment: why these cannot be passed on; null when they can. */
export function refuseOwnerArguments(about: OwnerArguments): string | null {
  const read = ownerArgumentsSchema.safeParse(about);
  if (read.success) return null;
  return read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}

/** Throws when argv is none of ours: only our own programs start an owner. */
export function parseOwnerArguments(argv: readonly string[]): OwnerArguments {
  const names = [
    'mode',
    'home',
    'name',
    'secretKind',
    'recovery',
    'keyFolder',
    'program',
    'pid',
    'stays',
    'add',
    'id',
    'disk',
  ];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  return ownerArgumentsSchema.parse({ ...parseArgs({ args: [...argv], options, strict: true }).values });
}

/** The new secret of an edit before the one that opens, as bytes for the secret's descriptor. Wipes what it joins. */
export function writeFramed(given: Uint8Array, secret: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(given.length);
  const bytes = Buffer.concat([head, given, secret]);
  given.fill(0);
  secret.fill(0);
  return bytes;
}

/** One line of the report. The last one is `done` or `fault`. */
export const reportSchema = z.union([
  z.strictObject({ progress: progressSchema }),
  z.strictObject({ done: z.literal(true) }),
  z.strictObject({ fault: faultSchema }),
]);
export type Report = z.infer<typeof reportSchema>;
