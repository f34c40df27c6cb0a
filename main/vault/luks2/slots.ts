// What the keyslots of a LUKS2 vault are called and which of them a secret is tried on. The kind and name of each lie in
// one token of type `soulpad`, bound to the keyslot by its salt: a slot that stock cryptsetup made or changed has
// another salt, and counts as what it then is, a passphrase of somebody's. A token that is damaged names nothing; every
// secret still opens. Pure.
import { z } from 'zod';
import { shownNameSchema } from '../../../preload/contract/shown-name';
import type { KdfCost } from '../keyslots/cost';
import { maxKeyslots } from '../keyslots/format';
import type { KeyslotFacts } from '../vault';

/** What opens a keyslot, and what a person gives: a recovery key is typed as a passphrase is. */
export type KeyslotKind = KeyslotFacts['kind'];
export type SecretKind = Exclude<KeyslotKind, 'recovery'>;

import type { Luks2Header, Luks2Kdf, Luks2Keyslot } from './header';

export const tokenType = 'soulpad';
/** LUKS2 has 32 places; ours is one that no tool takes by itself (they count from 0). */
export const tokenId = 31;

/**
 * The one place. As for gocryptfs vaults, but cryptsetup takes no fewer than 4 passes. Key file and recovery key have
 * full entropy.
 */
export const luks2Costs: Readonly<Record<KeyslotKind, KdfCost>> = {
  passphrase: { memoryKiB: 256 * 1024, iterations: 4, parallelism: 1 },
  both: { memoryKiB: 256 * 1024, iterations: 4, parallelism: 1 },
  keyUsb: { memoryKiB: 8 * 1024, iterations: 4, parallelism: 1 },
  recovery: { memoryKiB: 8 * 1024, iterations: 4, parallelism: 1 },
};

const entrySchema = z.strictObject({
  kind: z.enum(['passphrase', 'keyUsb', 'recovery', 'both']),
  name: shownNameSchema,
  salt: z.string().max(512),
});
const tokenSchema = z.strictObject({
  type: z.literal(tokenType),
  keyslots: z.array(z.string()).length(0),
  version: z.literal(1),
  slots: z.record(z.string().regex(/^\d{1,2}$/), entrySchema),
});
type Entry = z.infer<typeof entrySchema>;

export interface Luks2Slot extends KeyslotFacts {
  /** Null for one that we did not make. */
  readonly ours: Entry | null;
}

/** In the order of their numbers. */
export function slotsOf(header: Luks2Header): readonly Luks2Slot[] {
  const token = tokenSchema.safeParse(header.tokens[tokenId]);
  const entries = token.success ? token.data.slots : {};
  return [...header.keyslots]
    .sort((one, other) => one.id - other.id)
    .map((slot) => {
      const entry = entries[slot.id];
      const ours = entry?.salt === slot.kdf.salt ? entry : null;
      const { kind, name } = ours ?? { kind: 'passphrase' as const, name: `keyslot ${slot.id}` };
      return { id: slot.id, name, kind, ...costOf(slot.kdf), ours };
    });
}

/** The token that names exactly these; what it says of slots that are gone or changed is dropped. */
export function formatToken(slots: readonly Luks2Slot[], more: readonly (Entry & { id: number })[]): string {
  const kept = slots.flatMap(({ id, ours }) => (ours === null ? [] : [{ ...ours, id }]));
  const entries = [...kept, ...more].map(({ id, kind, name, salt }) => [id, { kind, name, salt }] as const);
  const token = { type: tokenType, keyslots: [], version: 1, slots: Object.fromEntries(entries) };
  return JSON.stringify(tokenSchema.parse(token));
}

/** Ours were made at the pinned cost: one with less was tampered with, and nobody should type a passphrase for it. */
export function isDowngraded(slot: Luks2Slot, floor: Readonly<Record<KeyslotKind, KdfCost>>): boolean {
  if (slot.ours === null) return false;
  const pinned = floor[slot.kind];
  return (
    slot.kdf !== 'argon2id' ||
    (['memoryKiB', 'iterations', 'parallelism'] as const).some((part) => slot[part] < pinned[part])
  );
}

/** The keyslots that a secret of this kind may open, the likeliest first: those of strangers last. */
export function candidatesFor(slots: readonly Luks2Slot[], kind: KeyslotKind): readonly Luks2Slot[] {
  const own = slots.filter((slot) => slot.ours !== null && slot.kind === kind);
  return [...own, ...slots.filter((slot) => slot.ours === null)];
}

/** The lowest free number of LUKS2's 32; null when as many are taken as any vault may have. */
export function freeSlot(slots: readonly Pick<Luks2Slot, 'id'>[]): number | null {
  if (slots.length >= maxKeyslots) return null;
  const taken = new Set(slots.map(({ id }) => id));
  for (let id = 0; id < 32; id++) if (!taken.has(id)) return id;
  return null;
}

export function saltOf(header: Luks2Header, id: number): string | null {
  return header.keyslots.find((slot: Luks2Keyslot) => slot.id === id)?.kdf.salt ?? null;
}

function costOf(kdf: Luks2Kdf): Pick<KeyslotFacts, 'kdf' | 'memoryKiB' | 'iterations' | 'parallelism'> {
  if (kdf.type === 'pbkdf2')
    return { kdf: `pbkdf2-${kdf.hash}`, memoryKiB: 0, iterations: kdf.iterations, parallelism: 1 };
  return { kdf: kdf.type, memoryKiB: kdf.memory, iterations: kdf.time, parallelism: kdf.cpus };
}
