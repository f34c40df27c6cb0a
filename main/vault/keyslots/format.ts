// keyslots.json: the volume key, wrapped once for each secret that opens the vault. Pure: text in, values out. It comes
// from a stick that anybody may have held, so every field is bounded, every length exact, and unknown fields refused.
import { z } from 'zod';
import type { Fault } from '../../../preload/contract/fault';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { shownNameSchema } from '../../../preload/contract/shown-name';
import type { KeyslotFacts, KeyslotKind } from '../vault';
import { type KdfCost, pinnedCosts, refuseCost } from './cost';

export const maxKeyslotsFileBytes = 64 * 1024;
export const maxKeyslots = 16;
export const volumeKeyBytes = 32;

/** Exactly `bytes` bytes in the one canonical base64 spelling, so that equal values are equal text. */
function base64Of(bytes: number) {
  return z
    .string()
    .max(Math.ceil(bytes / 3) * 4)
    .refine((text) => {
      const read = Buffer.from(text, 'base64');
      return read.length === bytes && read.toString('base64') === text;
    }, `${bytes} bytes as base64`);
}

const kdfSchema = z.strictObject({
  type: z.literal('argon2id'),
  memoryKiB: z.number().int().positive(),
  iterations: z.number().int().positive(),
  parallelism: z.number().int().positive(),
  salt: base64Of(32),
});

const wrapSchema = z.strictObject({
  cipher: z.literal('aes-256-gcm'),
  nonce: base64Of(12),
  data: base64Of(volumeKeyBytes),
  tag: base64Of(16),
});

export const keyslotSchema = z.strictObject({
  id: z
    .number()
    .int()
    .min(0)
    .max(maxKeyslots - 1),
  name: shownNameSchema,
  kind: z.enum(['passphrase', 'keyUsb', 'recovery', 'both']),
  kdf: kdfSchema,
  wrap: wrapSchema,
});
export type Keyslot = z.infer<typeof keyslotSchema>;

const keyslotsSchema = z.strictObject({
  format: z.literal('soulpad-keyslots'),
  version: z.literal(1),
  uuid: z.uuid().regex(/^[0-9a-f-]+$/, 'lower case'),
  kind: z.literal('gocryptfs'),
  keyslots: z
    .array(keyslotSchema)
    .min(1)
    .max(maxKeyslots)
    .refine((all) => new Set(all.map((slot) => slot.id)).size === all.length, 'ids must differ'),
});
export type Keyslots = z.infer<typeof keyslotsSchema>;

/** Fault damagedKeyslots says what is wrong. `testOnlyFloor` replaces the pinned costs; no program passes it. */
export function parseKeyslots(
  bytes: Uint8Array,
  testOnlyFloor?: Readonly<Record<KeyslotKind, KdfCost>>,
): Result<Keyslots> {
  if (bytes.length > maxKeyslotsFileBytes) return damaged(`longer than ${maxKeyslotsFileBytes} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return damaged('not JSON (cut short?)');
  }
  const read = keyslotsSchema.safeParse(json);
  if (!read.success) {
    const said = read.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return damaged(said.join('; ').slice(0, 400));
  }
  for (const slot of read.data.keyslots) {
    const refused = refuseCost(slot.kdf, (testOnlyFloor ?? pinnedCosts)[slot.kind]);
    if (refused !== null) return damaged(`keyslot ${slot.id}: ${refused}`);
  }
  return ok(read.data);
}

export function formatKeyslots(keyslots: Keyslots): Buffer {
  return Buffer.from(`${JSON.stringify(keyslotsSchema.parse(keyslots), null, 2)}\n`, 'utf8');
}

/** What may be told of keyslots: no salt, no wrapped key. */
export function factsOf(keyslots: Keyslots): KeyslotFacts[] {
  return keyslots.keyslots.map(({ id, name, kind, kdf }) => ({
    id,
    name,
    kind,
    kdf: kdf.type,
    memoryKiB: kdf.memoryKiB,
    iterations: kdf.iterations,
    parallelism: kdf.parallelism,
  }));
}

/** The lowest number no keyslot has; null when all are taken. */
export function freeKeyslotId(keyslots: Keyslots): number | null {
  const taken = new Set(keyslots.keyslots.map((slot) => slot.id));
  for (let id = 0; id < maxKeyslots; id++) if (!taken.has(id)) return id;
  return null;
}

function damaged(what: string): Result<never> {
  const fault: Fault = {
    code: 'damagedKeyslots',
    stage: 'vault.keyslots',
    message: `keyslots.json is damaged: ${what}`,
    hint: 'put back keyslots.json from a backup of the vault; the encrypted data is not touched',
  };
  return fail(fault);
}
