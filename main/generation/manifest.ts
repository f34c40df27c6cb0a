// A generation's manifest: one complete saved state of a guest. Immutable once CURRENT names it. Pure: parsing and
// checking only. A generation without `ram` is a guest that is powered off: waking it boots it from its disk.
import { z } from 'zod';
import { engineNameSchema, guestIdSchema } from '../../preload/contract/keeper';

export const generationNumberSchema = z.number().int().min(0).max(999_999_999);

/** gen-0007, gen-12345: at least four digits, no other spelling of a number. */
export function generationFolder(number: number): string {
  return `gen-${String(number).padStart(4, '0')}`;
}

const bytesSchema = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 50);

export const layerSchema = z.strictObject({
  /** The generation that froze this layer; the file is always its disk.qcow2. */
  generation: generationNumberSchema,
  file: z.literal('disk.qcow2'),
  bytes: bytesSchema,
});

/** A guest whose disk has this many layers must be merged before it runs again. */
export const maxLayers = 512;

export const manifestSchema = z.strictObject({
  format: z.literal('soulpad-generation'),
  version: z.literal(1),
  guest: guestIdSchema,
  guestUuid: z.uuid(),
  number: generationNumberSchema,
  parent: generationNumberSchema.nullable(),
  createdAt: z.iso.datetime(),
  machine: z.string().max(40),
  cpuModel: z.string().max(60),
  ramBytes: bytesSchema,
  engine: engineNameSchema.nullable(),
  /** Base first, newest last. Empty for a guest without a disk. */
  layers: z.array(layerSchema).max(maxLayers),
  state: z
    .strictObject({ file: z.literal('state'), bytes: bytesSchema, format: z.enum(['mapped-ram']) })
    .nullable(),
  ram: z
    .strictObject({ base: z.enum(['state', 'ram.base']), deltas: z.array(z.literal('ram.delta')).max(64) })
    .nullable(),
  nonZeroBytes: bytesSchema.nullable(),
});

export type Manifest = z.infer<typeof manifestSchema>;
