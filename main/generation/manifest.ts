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

/**
 * A layer that stands for several: what its generation's disk had above generation N, in one file. The name says N, so
 * that the content of a name never changes: whoever copied disk-over-0003.qcow2 once never needs to look at it again.
 */
export const mergedFileSchema = z
  .string()
  .regex(/^disk-over-\d{4,9}\.qcow2$/)
  .transform((name) => name as MergedFile);
export type MergedFile = `disk-over-${string}.qcow2`;

export function mergedFile(over: number): MergedFile {
  return `disk-over-${String(over).padStart(4, '0')}.qcow2`;
}

export const layerSchema = z.strictObject({
  /** The generation that froze this layer. */
  generation: generationNumberSchema,
  file: z.union([z.literal('disk.qcow2'), mergedFileSchema]),
  bytes: bytesSchema,
});
export type Layer = z.infer<typeof layerSchema>;
export type LayerFile = Layer['file'];

/**
 * Where a state was saved. A state of hardware virtualization does not load into software emulation, nor the other way
 * round, and QEMU checks neither that nor the CPU. Null: it could not be asked.
 */
export const savedOnSchema = z.strictObject({
  accelerator: z.enum(['kvm', 'tcg']).nullable(),
  /** QEMU's version, such as 10.0.2. */
  qemu: z.string().max(40).nullable(),
  /** What the CPU can do, as a short sum: two PCs with the same one run the same guests. */
  cpu: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  /** The PC's name for people: its product name or host name. */
  pc: z.string().max(60).nullable(),
});
export type SavedOn = z.infer<typeof savedOnSchema>;

/** A guest whose disk has this many layers must be merged before it runs again. */
export const maxLayers = 512;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What a file of RAM is called, and by that what it holds: `ram.base` and `ram.delta` are what the generation's own
 * saving wrote, `ram-over-0003.delta` is its RAM above generation 3 and `ram-flat.base` all of it, both merged;
 * `ram-warm-1a2b3c4d.delta` has once more the pages of a list with that sum, those that a wake touches first.
 */
export const ramFileNameSchema = z
  .string()
  .regex(/^(ram\.base|ram\.delta|ram-flat\.base|ram-over-\d{4,9}\.delta|ram-warm-[0-9a-f]{8}\.delta)$/)
  .transform((name) => name as RamFileName);
export type RamFileName =
  | 'ram.base'
  | 'ram.delta'
  | 'ram-flat.base'
  | `ram-over-${string}.delta`
  | WarmRamName;
export type WarmRamName = `ram-warm-${string}.delta`;

export function ramOverFile(over: number): RamFileName {
  return `ram-over-${String(over).padStart(4, '0')}.delta`;
}

/** Adds nothing to the files below it: a chain tells the same RAM without it. */
export function isWarmRam(file: RamFileName): file is WarmRamName {
  return file.startsWith('ram-warm-');
}

/** Flat: as long as the RAM, each page at its own place. A delta has its pages one after another. */
export function isFlatRam(file: RamFileName): boolean {
  return file.endsWith('.base');
}

/** Put together of older ones. */
export function isMergedRam(file: RamFileName): boolean {
  return file !== 'ram.base' && file !== 'ram.delta';
}

/** The index beside a file of RAM: ram.index for what a saving wrote, ram-flat.index, ram-over-0003.index. */
export function ramIndexName(file: RamFileName): string {
  return file.replace(/\.(base|delta)$/, '.index');
}

const ramFileSchema = z.strictObject({
  /** The generation whose folder has the file and its index. */
  generation: generationNumberSchema,
  file: ramFileNameSchema,
  bytes: bytesSchema,
  /** sha256 of the index; the index has the sums of the pages. */
  index: sha256Schema,
});

export type RamFile = z.infer<typeof ramFileSchema>;

/** A guest whose RAM has this many deltas is saved as a new base, unless they were merged before. */
export const maxDeltas = 64;

/** The full engine's: RAM lies in the state file. */
const fullRamSchema = z.strictObject({ base: z.literal('state'), deltas: z.array(z.never()).max(0) });

/** The lazy engine's: a flat base and deltas of changed pages, oldest first. */
export const chainRamSchema = z.strictObject({
  base: ramFileSchema,
  deltas: z.array(ramFileSchema).max(maxDeltas),
});

export type RamChain = z.infer<typeof chainRamSchema>;

/** The chain of a generation saved by the lazy engine, base first; null for any other. */
export function ramFilesOf(manifest: Pick<Manifest, 'ram'>): readonly RamFile[] | null {
  const { ram } = manifest;
  return ram === null || ram.base === 'state' ? null : [ram.base, ...ram.deltas];
}

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
    .strictObject({
      file: z.literal('state'),
      bytes: bytesSchema,
      /** mapped-ram: RAM is in it. ignore-shared: devices only, RAM is a chain of its own. */
      format: z.enum(['mapped-ram', 'ignore-shared']),
    })
    .nullable(),
  ram: z.union([fullRamSchema, chainRamSchema]).nullable(),
  nonZeroBytes: bytesSchema.nullable(),
  /** Absent in generations of before it was recorded: read as unknown. */
  savedOn: savedOnSchema.optional(),
  /** Saved while the guest went on: the session's next saved moment takes its place. */
  checkpoint: z.literal(true).optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
