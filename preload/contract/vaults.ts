// Several vaults in one place, as the screen that asks for one shows them: what is public on the disk, and nothing of
// their inside. Names come from outside and are only shown.
import { z } from 'zod';
import { faultSchema } from './fault';

/** More are not shown. */
export const maxVaults = 16;

/** Main's own, good until it looks again. */
export const vaultIdSchema = z.string().regex(/^v[0-9]{1,3}$/);

export const vaultCardSchema = z.object({
  id: vaultIdSchema,
  /** Null: the place's own, which has no name. */
  name: z.string().max(80).nullable(),
  /** The first letters of its uuid: they tell two of one name apart. Null: it cannot be read. */
  mark: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .nullable(),
  kind: z.enum(['gocryptfs', 'luks2']).nullable(),
  /** Why it cannot be chosen; `ambiguousVault`: another one here has its mark. */
  fault: faultSchema.nullable(),
});
export type VaultCard = z.infer<typeof vaultCardSchema>;

export const vaultCardsSchema = z.array(vaultCardSchema).max(maxVaults);
