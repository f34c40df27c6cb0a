// VHD (Virtual PC, Hyper-V's older format; QEMU calls it vpc), dynamic or fixed. The footer at the end is the truth; a
// dynamic image begins with a copy of it. A difference image stands on another one and is refused.
// Spec: Microsoft "Virtual Hard Disk Image Format Specification" 1.0. Pure but for the reads.
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

export const vhdMagic = Buffer.from('conectix');

/** Sectors that cylinders, heads and sectors can say at most: then only the size in bytes counts. */
const largestGeometry = 65_535 * 16 * 255;
const fixed = 2;
const dynamic = 3;
const differencing = 4;

/** The size is the larger of what the footer says by bytes and by cylinders: readers disagree, see importDisk. */
export async function lookAtVhd(file: ImageBytes): Look<{ bytes: number }> {
  const start = await file.at(0, 512);
  const end = await file.at(file.size - 512, 512);
  const footer = start.subarray(0, 8).equals(vhdMagic) ? start : end;
  if (footer.length < 512 || !footer.subarray(0, 8).equals(vhdMagic)) return 'is no VHD';
  const kind = footer.readUInt32BE(60);
  if (kind === differencing) return standsOnAnother;
  if (kind !== fixed && kind !== dynamic) return 'is VHD of a kind that is not known';
  const bySize = number64(footer.readBigUInt64BE(48));
  const geometry = footer.readUInt16BE(56) * footer.readUInt8(58) * footer.readUInt8(59);
  const byCylinders = geometry >= largestGeometry ? 0 : geometry * 512;
  const bytes = Math.ceil(Math.max(bySize, byCylinders) / 512) * 512;
  if (!isDiskSize(bytes)) return impossibleSize;
  if (kind === fixed) return bySize <= file.size - 512 ? { bytes } : 'is cut short';
  return (await wrongTable({ file, footer, bytes: bySize })) ?? { bytes };
}

async function wrongTable(about: {
  readonly file: ImageBytes;
  readonly footer: Buffer;
  readonly bytes: number;
}): Promise<string | null> {
  const { file, footer } = about;
  const head = await file.at(number64(footer.readBigUInt64BE(16)), 1024);
  if (head.length < 1024 || head.toString('latin1', 0, 8) !== 'cxsparse') return tableOutside;
  const entries = head.readUInt32BE(28);
  const block = head.readUInt32BE(32);
  if (block < 512 || block > 2 ** 26 || !Number.isInteger(Math.log2(block))) return tableTooBig;
  if (entries > 2 ** 24 || entries < Math.ceil(about.bytes / block)) return tableTooBig;
  const table = { offset: number64(head.readBigUInt64BE(16)), length: entries * 4 };
  return isInside(file, table) ? null : tableOutside;
}
