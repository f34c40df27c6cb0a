// Where everything goes on a disk of a given size: the image's own partitions stay where they are, swap and vault are
// laid out anew behind them, to the disk's end. Pure. The table is sfdisk(8)'s, in sectors of 512 bytes.
import { z } from 'zod';
import { fail, ok, type Result } from '../../preload/contract/result';

export const sectorBytes = 512;
const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
const align = mebibyte / sectorBytes;

const names = { system: 'soulpad-system', swap: 'soulpad-swap', vault: 'soulpad-vault' } as const;

const tableSchema = z.object({
  partitiontable: z.object({
    label: z.literal('gpt'),
    sectorsize: z.literal(sectorBytes).optional(),
    partitions: z
      .array(
        z.object({
          start: z.number().int().positive(),
          size: z.number().int().positive(),
          type: z.string().regex(/^[0-9A-F-]{36}$/i),
          uuid: z.string().regex(/^[0-9A-F-]{36}$/i),
          name: z.string().regex(/^[a-z0-9-]{1,36}$/),
        }),
      )
      .min(3)
      .max(16),
  }),
});

type Partition = z.infer<typeof tableSchema>['partitiontable']['partitions'][number];

export interface Layout {
  /** Bytes of the image from its start on that are copied: all of it up to swap. */
  readonly copyBytes: number;
  readonly swap: { readonly start: number; readonly bytes: number };
  readonly vault: { readonly start: number; readonly bytes: number };
  /** For sfdisk's standard input. */
  readonly table: string;
}

/** The least vault: a small desktop with its RAM, two moments of it. */
const leastVaultBytes = 4 * gibibyte;

/** What a disk must have for an image whose partitions before swap end at `copyBytes`. */
export function leastDiskBytes(copyBytes: number): number {
  return copyBytes + swapBytesFor(0) + leastVaultBytes + 2 * mebibyte;
}

/** A sixteenth of the disk, from 256 MiB to 8 GiB: zram comes first, this is for what does not fit there. */
function swapBytesFor(diskBytes: number): number {
  const wanted = Math.min(8 * gibibyte, Math.max(256 * mebibyte, diskBytes / 16));
  return Math.floor(wanted / mebibyte) * mebibyte;
}

/** Pure: `sfdisk --json IMAGE` -> the image's partitions before swap, as bytes. Fault: unusableFile. */
export function readImageTable(json: unknown): Result<{ partitions: Partition[]; copyBytes: number }> {
  const read = tableSchema.safeParse(json);
  const partitions = read.success ? read.data.partitiontable.partitions : [];
  const at = (name: string): number => partitions.findIndex((partition) => partition.name === name);
  const [swap, vault] = [at(names.swap), at(names.vault)];
  const first = partitions[swap];
  const inOrder = partitions.every((one, index) => {
    const before = partitions[index - 1];
    return before === undefined || one.start >= before.start + before.size;
  });
  if (
    first === undefined ||
    at(names.system) === -1 ||
    vault !== swap + 1 ||
    !inOrder ||
    vault !== partitions.length - 1
  )
    return fail({
      code: 'unusableFile',
      stage: 'stick.write',
      message: 'this file is no image of a SoulPad stick',
    });
  return ok({ partitions, copyBytes: first.start * sectorBytes });
}

/**
 * The disk's table. `uuids`: fresh ones for the disk, its swap and its vault; the image's partitions keep theirs, since
 * its boot loader names them. Fault: full (the disk is smaller than `leastDiskBytes`).
 */
export function layOut(about: {
  readonly image: { readonly partitions: readonly Partition[]; readonly copyBytes: number };
  readonly diskBytes: number;
  readonly uuids: { readonly disk: string; readonly swap: string; readonly vault: string };
}): Result<Layout> {
  const { image, diskBytes, uuids } = about;
  if (diskBytes < leastDiskBytes(image.copyBytes))
    return fail({
      code: 'full',
      stage: 'stick.write',
      message: `the disk has ${diskBytes} bytes, a stick needs ${leastDiskBytes(image.copyBytes)}`,
    });
  const swapStart = Math.ceil(image.copyBytes / sectorBytes / align) * align;
  const swapSectors = swapBytesFor(diskBytes) / sectorBytes;
  const vaultStart = swapStart + swapSectors;
  // The last mebibyte stays free for the second copy of the table.
  const vaultSectors = Math.floor((diskBytes / sectorBytes - align - vaultStart) / align) * align;
  const placed = image.partitions.map((partition) => {
    if (partition.name === names.swap)
      return { ...partition, start: swapStart, size: swapSectors, uuid: uuids.swap };
    if (partition.name === names.vault)
      return { ...partition, start: vaultStart, size: vaultSectors, uuid: uuids.vault };
    return partition;
  });
  const lines = placed.map(
    ({ start, size, type, uuid, name }) =>
      `start=${start}, size=${size}, type=${type}, uuid=${uuid}, name="${name}"\n`,
  );
  return ok({
    copyBytes: image.copyBytes,
    swap: { start: swapStart * sectorBytes, bytes: swapSectors * sectorBytes },
    vault: { start: vaultStart * sectorBytes, bytes: vaultSectors * sectorBytes },
    table: `label: gpt\nlabel-id: ${uuids.disk}\nunit: sectors\n${lines.join('')}`,
  });
}
