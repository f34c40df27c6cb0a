// What a vault's owner (main/vault/owner.ts) answers on its socket. One vault has one owner: the process that opened
// it, holds the mount, and closes it when nobody needs it any more. Kiosk, CLI and keepers attach to it.
// The secret never travels here: the owner reads it once, from the pipe it was started with.
import { z } from 'zod';

const empty = z.object({});

export const vaultKindSchema = z.enum(['gocryptfs', 'luks2']);

export const programSchema = z.enum(['kiosk', 'cli', 'keeper']);

export const clientSchema = z.object({
  program: programSchema,
  pid: z.number().int().positive(),
  since: z.string(),
});

export const ownerStatusSchema = z.object({
  uuid: z.uuid(),
  kind: vaultKindSchema,
  /** Where the vault lies, as two signs of it: its folder's path without links, and its device and inode. */
  lies: z.object({ path: z.string(), inode: z.string() }).nullable(),
  ownerPid: z.number().int(),
  mountPoint: z.string(),
  /** True: stays open without clients, until `close` (the CLI's `vault open`). */
  stays: z.boolean(),
  clients: z.array(clientSchema),
});
export type OwnerStatus = z.infer<typeof ownerStatusSchema>;

export const ownerVerbs = {
  status: { request: empty, reply: ownerStatusSchema },
  /** Holds the vault open for as long as this connection lives. A second `kiosk` is refused with `busy`. */
  attach: {
    request: z.object({ program: programSchema, pid: z.number().int().positive() }),
    reply: ownerStatusSchema,
  },
  /** Refused with `busy`, naming them, while a keeper or another program is attached. */
  close: { request: empty, reply: empty },
} as const;
