// session.json: written into a generation's folder when a session begins there. It says on which chain the layer
// stands, so that an interrupted session's saved files can still be opened; the manifest replaces it in meaning once
// the session was saved. Pure.
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import { generationNumberSchema, layerSchema, maxLayers } from './manifest';

export const sessionRecordSchema = z.strictObject({
  format: z.literal('soulpad-session'),
  version: z.literal(1),
  guest: guestIdSchema,
  guestUuid: z.uuid(),
  number: generationNumberSchema,
  /** The generation it woke from. */
  parent: generationNumberSchema,
  startedAt: z.iso.datetime(),
  /** The frozen layers below its own, base first. */
  below: z.array(layerSchema).max(maxLayers),
});

export type SessionRecord = z.infer<typeof sessionRecordSchema>;
