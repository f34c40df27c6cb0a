// What the root service soulpadd (main/soulpadd) answers on its socket: typed verbs on disks that it listed itself, by
// ids that it gave out itself, never by a path. A secret never stands in a request: it travels behind the JSON, as bytes
// (main/socket/parts.ts); each verb says which. What destroys or changes a vault takes its secret once more.
import { z } from 'zod';
import { engineChoiceSchema, guestIdSchema } from './keeper';
import { shownNameSchema } from './shown-name';

const empty = z.strictObject({});

/** Made by soulpadd; names one disk for as long as it stays plugged in. */
export const diskIdSchema = z.string().regex(/^[a-z0-9][a-z0-9.:-]{0,63}$/);

/** A vault as its mapping and its mount point name it. */
const vaultIdSchema = z.uuid().regex(/^[0-9a-f-]+$/, 'lower case');

/** Longest line that a keeper says when it has started, or cannot. */
export const maxStartupBytes = 16_384;

/**
 * A file in soulpadd's folder, everybody's to read: there when keepers run as a user of their own, and who that is.
 */
export const keeperUserFile = 'keepers/user.json';
export const keeperUserSchema = z.strictObject({ userId: z.number().int().positive() });

const secretKindSchema = z.enum(['passphrase', 'keyUsb', 'both']);
const keyslotKindSchema = z.enum(['passphrase', 'keyUsb', 'recovery', 'both']);

const keyslotSchema = z.object({
  id: z.number().int().min(0).max(31),
  name: z.string().max(80),
  kind: keyslotKindSchema,
  kdf: z.string().max(64),
  memoryKiB: z.number().int().nonnegative(),
  iterations: z.number().int().positive(),
  parallelism: z.number().int().positive(),
});

const diskSchema = z.object({
  id: diskIdSchema,
  /** What a person may know it by: `sda3`, or an image's file name. */
  name: z.string().max(255),
  bytes: z.number().int().nonnegative(),
  removable: z.boolean(),
  /** The name of its partition (GPT); null for none. */
  partitionName: z.string().max(72).nullable(),
  /** Whether `format` would take it: a partition named soulpad-vault, or an image. */
  mayFormat: z.boolean(),
  /** Null: no LUKS2 on it. */
  vault: z
    .object({
      uuid: z.uuid(),
      state: z.enum(['closed', 'open']),
      mountPoint: z.string().max(255).nullable(),
      keyslots: z.array(keyslotSchema).max(32),
    })
    .nullable(),
  /** Why its LUKS2 header cannot be used; null when it can, or there is none. */
  damage: z.string().max(500).nullable(),
});
export type SoulpaddDisk = z.infer<typeof diskSchema>;

const disk = { disk: diskIdSchema };
const newKeyslot = z.strictObject({ kind: keyslotKindSchema, name: shownNameSchema });

export const soulpaddVerbs = {
  status: { request: empty, reply: z.object({ pid: z.number().int().positive(), dmCrypt: z.boolean() }) },
  list: { request: empty, reply: z.object({ disks: z.array(diskSchema).max(64) }) },
  /**
   * Erases the disk and makes a vault with these keyslots. Parts: their secrets, in the same order; where the disk holds
   * a vault already, one that opens it (`opens`) comes first.
   */
  format: {
    request: z.strictObject({
      ...disk,
      opens: secretKindSchema.nullable(),
      keyslots: z.array(newKeyslot).min(1).max(4),
    }),
    reply: z.object({ uuid: z.uuid() }),
  },
  /** Maps and mounts it. Parts: the secret. Already open: busy. */
  open: {
    request: z.strictObject({ ...disk, kind: secretKindSchema }),
    reply: z.object({ uuid: z.uuid(), mountPoint: z.string().max(255) }),
  },
  /** Whether the secret opens it; nothing is mapped. Parts: the secret. */
  check: { request: z.strictObject({ ...disk, kind: secretKindSchema }), reply: empty },
  /** Takes the key out of the kernel. `detach`: also from under a program that uses files in it. */
  close: { request: z.strictObject({ uuid: z.uuid(), detach: z.boolean() }), reply: empty },
  /** Parts: a secret that opens the vault (`opens`), the new one. */
  addKeyslot: {
    request: z.strictObject({ ...disk, opens: secretKindSchema, keyslot: newKeyslot }),
    reply: empty,
  },
  /** Parts: a secret that opens another keyslot. */
  removeKeyslot: {
    request: z.strictObject({ ...disk, opens: secretKindSchema, id: z.number().int().min(0).max(31) }),
    reply: empty,
  },
  /**
   * Where keepers are not programs of their person (the stick): starts the keeper of one guest in an open vault, as the
   * user that is meant for it. `said`: its one line on its startup pipe; null when it ended without a word, then with
   * `status`.
   */
  startKeeper: {
    request: z.strictObject({
      vault: vaultIdSchema,
      guest: guestIdSchema,
      engine: engineChoiceSchema,
      adoptOnly: z.boolean(),
    }),
    reply: z.object({
      said: z.string().max(maxStartupBytes).nullable(),
      status: z.number().int().min(0).max(255).nullable(),
    }),
  },
} as const;

export type SoulpaddVerb = keyof typeof soulpaddVerbs;
