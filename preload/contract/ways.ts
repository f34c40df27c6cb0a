// The ways into a vault and what guards it while it is open, as the screens know them: numbers, kinds and names, never key
// material. Settings lie inside the vault (settings.json), so that nobody who only has the stick can change them.
import { z } from 'zod';

export const wayKindSchema = z.enum(['passphrase', 'keyUsb', 'recovery', 'both']);
export type WayKind = z.infer<typeof wayKindSchema>;

export const keyslotIdSchema = z.number().int().min(0).max(31);

export const waySchema = z.object({
  id: keyslotIdSchema,
  name: z.string().max(80),
  kind: wayKindSchema,
  /** Never on the screen's offer where removing it would lock the owner out. */
  removable: z.boolean(),
});
export type Way = z.infer<typeof waySchema>;

export const vaultSettingsSchema = z.object({
  /** Seconds without a touch until it locks; null: never. */
  idleSeconds: z.number().int().min(5).max(86_400).nullable(),
  /** `lock`: the desktop goes on behind the lock. `pause`: it stands still. `suspend`: it is saved and the vault closes. */
  idleAct: z.enum(['lock', 'pause', 'suspend']),
  /** When the key USB that opened the vault is pulled out. `suspend`: the desktop is saved and the vault closes. */
  keyPulled: z.enum(['nothing', 'suspend']).default('nothing'),
});
export type VaultSettings = z.infer<typeof vaultSettingsSchema>;

export const usualSettings: VaultSettings = { idleSeconds: 900, idleAct: 'lock', keyPulled: 'nothing' };

/** What was done last, for the sentence that says so. */
export const wayDoneSchema = z.enum(['passphrase', 'keyUsb', 'both', 'recovery', 'change', 'remove']);
export type WayDone = z.infer<typeof wayDoneSchema>;

/** A typed secret as UTF-8 bytes; empty where none is needed. */
const typed = z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= 1024, 'at most 1024 bytes');

/** An edit, with the secret that opens the vault now (`now`) and the new passphrase (`given`). */
export const wayEditSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('add'), kind: wayKindSchema, now: typed, given: typed }),
  z.object({ act: z.literal('change'), id: keyslotIdSchema, now: typed, given: typed }),
  z.object({ act: z.literal('remove'), id: keyslotIdSchema, now: typed }),
]);
export type WayEdit = z.infer<typeof wayEditSchema>;

export const waysSchema = z.object({
  ways: z.array(waySchema).max(32),
  /** Passphrase and key USB are both needed: no keyslot takes one of them alone, but for the recovery key. */
  twoFactor: z.boolean(),
  settings: vaultSettingsSchema,
});
export type Ways = z.infer<typeof waysSchema>;
