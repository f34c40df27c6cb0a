// VHDX (Hyper-V). What it is lies in a metadata region found through a region table; a log that was not written back
// and a parent are refused. Spec: Microsoft [MS-VHDX]. Pure but for the reads.
import {
  type ImageBytes,
  impossibleSize,
  isDiskSize,
  isInside,
  type Look,
  number64,
  standsOnAnother,
  tableOutside,
  tableTooBig,
} from './bytes';

export const vhdxMagic = Buffer.from('vhdxfile');

const KiB = 1024;
const MiB = 1024 * KiB;

/** GUIDs as they lie in the file: the first three groups little-endian. */
function guid(text: string): Buffer {
  const hex = Buffer.from(text.replaceAll('-', ''), 'hex');
  hex.subarray(0, 4).reverse();
  hex.subarray(4, 6).reverse();
  hex.subarray(6, 8).reverse();
  return hex;
}

const regions = {
  blocks: guid('2dc27766-f623-4200-9d64-115e9bfd4a08'),
  metadata: guid('8b7ca206-4790-4b9a-b8fe-575f050f886e'),
};
const items = {
  fileParameters: guid('caa16737-fa36-4d43-b3b6-33f0aa44e76b'),
  diskSize: guid('2fa54224-cd1b-4876-b211-5dbed83bf4b8'),
};

export async function lookAtVhdx(file: ImageBytes): Look<{ bytes: number }> {
  const wrong = await wrongLog(file);
  if (wrong !== null) return wrong;
  const table = await file.at(192 * KiB, 64 * KiB);
  const found = entriesOf(table, {
    magic: 'regi',
    first: 16,
    count: table.length < 16 ? 0 : table.readUInt32LE(8),
  });
  const metadata = found.find(({ id }) => id.equals(regions.metadata));
  const blocks = found.find(({ id }) => id.equals(regions.blocks));
  if (metadata === undefined || blocks === undefined) return 'is cut short or damaged: it has no tables';
  const at = (entry: Buffer) => ({
    offset: number64(entry.readBigUInt64LE(16)),
    length: entry.readUInt32LE(24),
  });
  const where = { metadata: at(metadata.entry), blocks: at(blocks.entry) };
  if (!isInside(file, where.metadata) || !isInside(file, where.blocks)) return tableOutside;
  const size = await readSize(file, where.metadata.offset);
  if (typeof size === 'string') return size;
  // One entry of 8 bytes a block, and one more for every chunk of 2^23 sectors.
  if (where.blocks.length < Math.ceil(size.bytes / size.block) * 8) return tableTooBig;
  return { bytes: size.bytes };
}

/** Of the two headers the one with the higher number counts; its log must be empty. */
async function wrongLog(file: ImageBytes): Promise<string | null> {
  const heads = [await file.at(64 * KiB, 4 * KiB), await file.at(128 * KiB, 4 * KiB)].filter(
    (head) => head.length === 4 * KiB && head.toString('latin1', 0, 4) === 'head',
  );
  if (heads.length === 0) return 'is cut short or damaged: it has no header';
  const empty = Buffer.alloc(16);
  // Either could be the one a reader believes, so both must be clean.
  if (heads.some((head) => !head.subarray(48, 64).equals(empty)))
    return 'was not closed: start its machine once, shut it down, and copy the image again';
  return null;
}

interface Entry {
  readonly id: Buffer;
  readonly entry: Buffer;
}

function entriesOf(
  table: Buffer,
  about: { readonly magic: string; readonly first: number; readonly count: number },
): readonly Entry[] {
  if (table.toString('latin1', 0, about.magic.length) !== about.magic || about.count > 2047) return [];
  const entries: Entry[] = [];
  for (let at = about.first; entries.length < about.count && at + 32 <= table.length; at += 32) {
    const entry = table.subarray(at, at + 32);
    entries.push({ id: entry.subarray(0, 16), entry });
  }
  return entries;
}

async function readSize(
  file: ImageBytes,
  offset: number,
): Promise<{ bytes: number; block: number } | string> {
  const table = await file.at(offset, 64 * KiB);
  const count = table.length < 32 ? 0 : table.readUInt16LE(10);
  const found = entriesOf(table, { magic: 'metadata', first: 32, count });
  const itemOf = async (id: Buffer): Promise<Buffer> => {
    const item = found.find((one) => one.id.equals(id));
    return item === undefined ? Buffer.alloc(0) : file.at(offset + item.entry.readUInt32LE(16), 8);
  };
  const parameters = await itemOf(items.fileParameters);
  const disk = await itemOf(items.diskSize);
  if (parameters.length < 8 || disk.length < 8) return 'is cut short or damaged: it does not say its size';
  if ((parameters.readUInt32LE(4) & 2) !== 0) return standsOnAnother;
  const block = parameters.readUInt32LE(0);
  if (block < MiB || block > 256 * MiB || !Number.isInteger(Math.log2(block))) return tableTooBig;
  const bytes = number64(disk.readBigUInt64LE(0));
  return isDiskSize(bytes) ? { bytes, block } : impossibleSize;
}
