// Where FAT file systems begin on a disk or image that anybody may have made. Pure, bounded, and it trusts no number it
// reads: only offsets inside the disk come out, at most a handful. Specs: UEFI 2.10 section 5 (MBR and GPT), Microsoft
// FAT32 File System Specification 1.03 (boot sector). Logical partitions of an extended one are not looked for.

/** Enough for a GPT of 128 entries, with sectors of 512 or 4096 bytes. */
export const headBytes = 64 * 1024;
const maxPartitions = 16;
const fatTypes = new Set([0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0xef]);
const unusedGptEntry = Buffer.alloc(16);

/**
 * Byte offsets at which a FAT may begin: 0 for a disk without a table, else each partition's. `head`: the disk's first
 * `headBytes`, or all of it; `diskBytes`: its whole length.
 */
export function partitionOffsets(head: Uint8Array, diskBytes: number): number[] {
  if (looksLikeFat(head)) return [0];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const inside = (offset: number): boolean => offset > 0 && offset + 512 <= diskBytes;
  const gpt = [512, 4096].flatMap((sector) => gptOffsets(view, sector));
  const found = gpt.length > 0 ? gpt : mbrOffsets(view);
  return [...new Set(found)].filter(inside).slice(0, maxPartitions);
}

function mbrOffsets(view: DataView): number[] {
  if (view.byteLength < 512 || view.getUint16(510, true) !== 0xaa55) return [];
  return [0, 1, 2, 3].flatMap((index) => {
    const entry = 446 + index * 16;
    return fatTypes.has(view.getUint8(entry + 4)) ? [view.getUint32(entry + 8, true) * 512] : [];
  });
}

/** The types of entries are not looked at: systems disagree about them. What is there is told by its boot sector. */
function gptOffsets(view: DataView, sector: number): number[] {
  if (view.byteLength < sector + 92 || view.getBigUint64(sector, false) !== 0x4546492050415254n) return [];
  const begin = Number(view.getBigUint64(sector + 72, true)) * sector;
  const count = Math.min(view.getUint32(sector + 80, true), 128);
  const size = view.getUint32(sector + 84, true);
  if (size < 128 || size > 4096) return [];
  const offsets: number[] = [];
  for (let index = 0; index < count; index++) {
    const entry = begin + index * size;
    if (!Number.isSafeInteger(entry) || entry + 128 > view.byteLength) break;
    const type = new Uint8Array(view.buffer, view.byteOffset + entry, 16);
    const offset = Number(view.getBigUint64(entry + 32, true)) * sector;
    if (!unusedGptEntry.equals(type) && Number.isSafeInteger(offset)) offsets.push(offset);
  }
  return offsets;
}

/** A boot sector of FAT12, FAT16 or FAT32 that mtools may be shown. exFAT and NTFS are not. */
export function looksLikeFat(sector: Uint8Array): boolean {
  if (sector.length < 512) return false;
  const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
  const clusterSectors = view.getUint8(13);
  const isPower = clusterSectors > 0 && (clusterSectors & (clusterSectors - 1)) === 0;
  const named = [54, 82].some((at) => Buffer.from(sector.subarray(at, at + 3)).toString('latin1') === 'FAT');
  return (
    view.getUint16(510, true) === 0xaa55 &&
    [512, 1024, 2048, 4096].includes(view.getUint16(11, true)) &&
    isPower &&
    view.getUint16(14, true) > 0 &&
    [1, 2].includes(view.getUint8(16)) &&
    named
  );
}
