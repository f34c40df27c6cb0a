// ram.index: which pages of a guest's RAM lie in the ram.base or ram.delta beside it, and their sums; a merged file has
// one too (ram-flat.index, ram-over-0003.index). Pure. The manifest holds the index's own sha256, so that an index of
// another generation, or one changed bit of it, is found.
//
//   bytes 0..7     "SPRAMIX1"
//   bytes 8..11    length of the header, little-endian, as all numbers here
//   header         JSON, headerSchema
//   data runs      (first page, pages) as two 32-bit numbers each, ascending, never touching or overlapping
//   zero runs      the same: pages that became all zero since the parent (a delta only)
//   sums           sha256 of each chunk of `chunkPages` data pages, in the order of the runs
//
// ram.base is as long as the RAM, each page at its own place, the others are holes. ram.delta has the data pages of its
// runs one after another. A page in no run of any file of the chain is zero.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import { generationNumberSchema, isFlatRam, type RamFileName, ramFileNameSchema } from './manifest';

export const pageBytes = 4096;
/** 1 MiB: what is read and checked at once. */
export const chunkPages = 256;

const magic = Buffer.from('SPRAMIX1', 'latin1');
const maxHeaderBytes = 4096;
const maxPages = 2 ** 27; // 512 GiB, the largest guest.json allows
const countSchema = z.number().int().nonnegative().max(maxPages);

const headerSchema = z.strictObject({
  format: z.literal('soulpad-ram-index'),
  version: z.literal(1),
  guest: guestIdSchema,
  guestUuid: z.uuid(),
  number: generationNumberSchema,
  file: ramFileNameSchema,
  ramPages: countSchema,
  dataPages: countSchema,
  dataRuns: countSchema,
  zeroRuns: countSchema,
  /** The device state that was saved at the same instant: RAM never wakes with another one's. */
  stateSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `pages` pages from `first` on, in the guest's RAM. */
export interface PageRun {
  readonly first: number;
  readonly pages: number;
}

export interface RamIndex {
  readonly guest: string;
  readonly guestUuid: string;
  readonly number: number;
  readonly file: RamFileName;
  readonly ramPages: number;
  readonly stateSha256: string;
  readonly data: readonly PageRun[];
  readonly zero: readonly PageRun[];
  /** sha256 of each chunk, 32 bytes. */
  readonly sums: readonly Buffer[];
}

/** Pages told one by one, ascending, as runs. */
export interface RunCollector {
  readonly runs: readonly PageRun[];
  add(page: number): void;
}

export function collectRuns(): RunCollector {
  const runs: { first: number; pages: number }[] = [];
  return {
    runs,
    add: (page) => {
      const last = runs.at(-1);
      if (last !== undefined && last.first + last.pages === page) last.pages++;
      else runs.push({ first: page, pages: 1 });
    },
  };
}

export function countPages(runs: readonly PageRun[]): number {
  return runs.reduce((sum, run) => sum + run.pages, 0);
}

/** Bytes that the index's data file must have. */
export function dataBytesOf(index: Pick<RamIndex, 'file' | 'ramPages' | 'data'>): number {
  return (isFlatRam(index.file) ? index.ramPages : countPages(index.data)) * pageBytes;
}

export function formatIndex(index: RamIndex): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      format: 'soulpad-ram-index',
      version: 1,
      guest: index.guest,
      guestUuid: index.guestUuid,
      number: index.number,
      file: index.file,
      ramPages: index.ramPages,
      dataPages: countPages(index.data),
      dataRuns: index.data.length,
      zeroRuns: index.zero.length,
      stateSha256: index.stateSha256,
    } satisfies z.infer<typeof headerSchema>),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const runs = [formatRuns(index.data), formatRuns(index.zero)];
  return Buffer.concat([magic, length, header, ...runs, ...index.sums]);
}

export function formatRuns(runs: readonly PageRun[]): Buffer {
  const bytes = Buffer.alloc(runs.length * 8);
  runs.forEach((run, at) => {
    bytes.writeUInt32LE(run.first, at * 8);
    bytes.writeUInt32LE(run.pages, at * 8 + 4);
  });
  return bytes;
}

/** sha256 of an index's bytes, as a manifest names it. */
export function sumOfIndex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Null for bytes that are no index, or one that contradicts itself. */
export function parseIndex(bytes: Buffer): RamIndex | null {
  if (bytes.length < magic.length + 4 || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const headerBytes = bytes.readUInt32LE(magic.length);
  const runsAt = magic.length + 4 + headerBytes;
  if (headerBytes > maxHeaderBytes || runsAt > bytes.length) return null;
  const header = readHeader(bytes.subarray(magic.length + 4, runsAt));
  if (header === null) return null;
  const zeroAt = runsAt + header.dataRuns * 8;
  const sumsAt = zeroAt + header.zeroRuns * 8;
  const chunks = Math.ceil(header.dataPages / chunkPages);
  if (bytes.length !== sumsAt + chunks * 32) return null;
  const data = parseRuns(bytes.subarray(runsAt, zeroAt), header.ramPages);
  const zero = parseRuns(bytes.subarray(zeroAt, sumsAt), header.ramPages);
  if (data === null || zero === null || countPages(data) !== header.dataPages) return null;
  if (isFlatRam(header.file) && zero.length > 0) return null;
  const sums = Array.from({ length: chunks }, (_, at) =>
    bytes.subarray(sumsAt + at * 32, sumsAt + at * 32 + 32),
  );
  const { guest, guestUuid, number, file, ramPages, stateSha256 } = header;
  return { guest, guestUuid, number, file, ramPages, stateSha256, data, zero, sums };
}

function readHeader(bytes: Buffer): z.infer<typeof headerSchema> | null {
  try {
    const read = headerSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Null: they do not rise, touch, or leave the RAM. `bytes`: a multiple of 8. */
export function parseRuns(bytes: Buffer, ramPages: number): readonly PageRun[] | null {
  const runs: PageRun[] = [];
  let free = 0; // the first page that the next run may have
  for (let at = 0; at < bytes.length; at += 8) {
    const run = { first: bytes.readUInt32LE(at), pages: bytes.readUInt32LE(at + 4) };
    if (run.pages === 0 || run.first < free || run.first + run.pages > ramPages) return null;
    free = run.first + run.pages + 1; // touching runs would be one
    runs.push(run);
  }
  return runs;
}
