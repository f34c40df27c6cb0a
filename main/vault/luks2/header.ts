// Reads the header of a LUKS2 disk: its uuid and its keyslots. Pure, bounded, and it trusts nothing: a disk that anybody
// may have made is looked at here before cryptsetup is started on it, so that a cost or a size in it cannot hurt us.
// Never writes; what is damaged beyond its two copies is a fault, never repaired on the quiet.
// Spec: LUKS2 On-Disk Format Specification 1.1.1 (gitlab.com/cryptsetup/LUKS2-docs), sections 2 and 3.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../preload/contract/result';

const binaryBytes = 4096;
const minHeaderBytes = 16 << 10;
export const maxHeaderBytes = 4 << 20;
/** Where the second copy may begin: at the size of the first, one of these (spec, 2.1). */
const secondCopies = Array.from({ length: 9 }, (_, power) => minHeaderBytes << power);
/** What must be read from the beginning of a disk to find either copy. */
export const headBytes = 2 * maxHeaderBytes;

const maxNumber = z.number().int().positive();
const base64 = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** The KDFs that cryptsetup has; another one is damage, or a disk of the future: both are refused. */
const kdfSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.enum(['argon2i', 'argon2id']),
    time: maxNumber.min(1).max(2 ** 31),
    memory: maxNumber.min(8).max(4 << 20),
    cpus: maxNumber.min(1).max(4),
    salt: base64,
  }),
  z.object({
    type: z.literal('pbkdf2'),
    hash: z.string().max(32),
    iterations: maxNumber.min(1).max(2 ** 31),
    salt: base64,
  }),
]);
export type Luks2Kdf = z.infer<typeof kdfSchema>;

const size = z.string().regex(/^\d{1,19}$/);
const keyslotSchema = z.object({
  type: z.literal('luks2'),
  key_size: maxNumber.max(512),
  kdf: kdfSchema,
  area: z.object({ offset: size, size }),
});
const slotNumber = z.string().regex(/^([0-9]|[12][0-9]|3[01])$/);

const metadataSchema = z.object({
  keyslots: z.record(slotNumber, keyslotSchema),
  tokens: z.record(slotNumber, z.looseObject({ type: z.string().max(64), keyslots: z.array(slotNumber) })),
  segments: z.record(slotNumber, z.looseObject({ type: z.string().max(32), offset: size, size: z.string() })),
  digests: z.record(slotNumber, z.looseObject({ type: z.string().max(32), keyslots: z.array(slotNumber) })),
  config: z.looseObject({ json_size: size, keyslots_size: size }),
});

export interface Luks2Keyslot {
  readonly id: number;
  readonly kdf: Luks2Kdf;
}

export interface Luks2Header {
  /** Lower case. */
  readonly uuid: string;
  readonly label: string;
  readonly keyslots: readonly Luks2Keyslot[];
  /** By number, as they stand there. */
  readonly tokens: Readonly<Record<string, unknown>>;
  /** True when one of the two copies is damaged; cryptsetup repairs it when it next writes. */
  readonly oneCopy: boolean;
}

/** `head`: the first `headBytes` of a disk, or all of it. Null: no LUKS2 disk at all. Fault damagedHeader. */
export function parseHeader(head: Uint8Array): Result<Luks2Header> | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const first = readCopy(bytes, 0);
  const seconds = secondCopies.flatMap((offset) => {
    const copy = readCopy(bytes, offset);
    return copy === null ? [] : [copy];
  });
  const whole = [...(first === null ? [] : [first]), ...seconds].filter((copy) => copy.ok);
  const newest = whole
    .flatMap((copy) => (copy.ok ? [copy.value] : []))
    .reduce<Copy | null>(
      (best, copy) => (best === null || copy.sequence > best.sequence ? copy : best),
      null,
    );
  if (newest !== null) return ok({ ...newest.header, oneCopy: whole.length < 2 });
  const broken = first ?? seconds[0] ?? null;
  return broken === null || broken.ok ? null : broken;
}

interface Copy {
  readonly sequence: bigint;
  readonly header: Omit<Luks2Header, 'oneCopy'>;
}

/** Null when there is no magic of LUKS2 at this place. */
function readCopy(head: Buffer, at: number): Result<Copy> | null {
  const magic = at === 0 ? 'LUKS\xba\xbe' : 'SKUL\xba\xbe';
  if (head.length < at + binaryBytes || head.toString('latin1', at, at + 6) !== magic) return null;
  const version = head.readUInt16BE(at + 6);
  if (version !== 2) return at === 0 && version === 1 ? null : damaged(`version ${version}`);
  const length = Number(head.readBigUInt64BE(at + 8));
  if (!secondCopies.includes(length)) return damaged('a size that LUKS2 does not have');
  if (Number(head.readBigUInt64BE(at + 256)) !== at) return damaged('a copy of another place');
  if (head.length < at + length) return damaged('cut short');
  const algorithm = textAt(head, at + 72, 32);
  if (algorithm !== 'sha256') return damaged('a checksum that is not sha256');
  const summed = Buffer.from(head.subarray(at, at + length));
  summed.fill(0, 448, 512);
  const sum = createHash('sha256').update(summed).digest();
  if (!sum.equals(head.subarray(at + 448, at + 480))) return damaged('its checksum does not fit');
  const metadata = readMetadata(head.subarray(at + binaryBytes, at + length));
  if (!metadata.ok) return metadata;
  const uuid = textAt(head, at + 168, 40).toLowerCase();
  if (!z.uuid().safeParse(uuid).success) return damaged('its uuid is none');
  const { keyslots, tokens } = metadata.value;
  return ok({
    sequence: head.readBigUInt64BE(at + 16),
    header: {
      uuid,
      label: textAt(head, at + 24, 48),
      keyslots: Object.entries(keyslots).map(([id, { kdf }]) => ({ id: Number(id), kdf })),
      tokens,
    },
  });
}

function readMetadata(area: Buffer): Result<z.infer<typeof metadataSchema>> {
  const end = area.indexOf(0);
  if (end < 0) return damaged('its description has no end');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(area.subarray(0, end)));
  } catch {
    return damaged('its description is not JSON');
  }
  const read = metadataSchema.safeParse(json);
  if (!read.success) {
    const issue = read.error.issues[0];
    return damaged(`${[...(issue?.path ?? [])].join('.')}: ${issue?.message ?? ''}`.slice(0, 300));
  }
  const found = read.data;
  const segments = Object.values(found.segments);
  if (segments.length !== 1 || segments[0]?.type !== 'crypt') return damaged('not one encrypted area');
  const dataBegins = BigInt(segments[0].offset);
  for (const [id, { area: place }] of Object.entries(found.keyslots)) {
    // A keyslot's area must lie between the header and the data (spec, 3.3).
    const begins = BigInt(place.offset);
    if (begins < BigInt(2 * minHeaderBytes) || begins + BigInt(place.size) > dataBegins)
      return damaged(`keyslot ${id} lies outside of its area`);
  }
  for (const { keyslots } of Object.values(found.digests))
    if (keyslots.some((id) => found.keyslots[id] === undefined)) return damaged('a digest of no keyslot');
  return ok(found);
}

function textAt(head: Buffer, at: number, bytes: number): string {
  const field = head.subarray(at, at + bytes);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? bytes : end);
}

function damaged(what: string): Result<never> {
  return fail({
    code: 'damagedHeader',
    stage: 'vault.header',
    message: `the LUKS2 header is damaged: ${what}`,
    hint: 'put back a copy of the header: cryptsetup luksHeaderRestore',
  });
}
