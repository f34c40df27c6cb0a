// VMDK: only the kinds that are one file with everything in it (monolithicSparse, streamOptimized). The other kinds are
// a text that names further files, and QEMU would open whatever it names: also inside a sparse file whose capacity is 0.
// Spec: VMware "Virtual Disk Format 5.0"; what QEMU follows: block/vmdk.c. Pure but for the reads.
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

export const vmdkMagic = Buffer.from('KDMV');
export const vmdkDescriptor = Buffer.from('# Disk Descriptor');

const sector = 512;
const atTheEnd = 0xffff_ffff_ffff_ffffn;
/** Grain tables of 512 entries for grains of 64 KiB: this many describe 16 TiB. */
const maxGrainTables = 2 ** 19;
const maxDescriptorBytes = 1 << 16;

export const severalFiles =
  'is a VMDK description that names other files; make one file of them: qemu-img convert, or export as OVA';

export async function lookAtVmdk(file: ImageBytes): Look<{ bytes: number }> {
  const head = await file.at(0, sector);
  if (head.length < sector || !head.subarray(0, 4).equals(vmdkMagic)) return 'is no sparse VMDK';
  const wrong = await wrongHeader(file, head);
  if (wrong !== null) return wrong;
  // A stream's true table place is told by a copy of the header near its end, which QEMU then believes instead.
  if (head.readBigUInt64LE(56) === atTheEnd) {
    const footer = await file.at(file.size - 2 * sector, sector);
    if (footer.length < sector || !footer.subarray(0, 4).equals(vmdkMagic))
      return 'is cut short: it has no end';
    if (footer.readBigUInt64LE(56) === atTheEnd) return tableOutside;
    if (footer.readBigUInt64LE(12) !== head.readBigUInt64LE(12)) return 'contradicts itself about its size';
    const wrongAtEnd = await wrongHeader(file, footer);
    if (wrongAtEnd !== null) return wrongAtEnd;
  }
  return { bytes: number64(head.readBigUInt64LE(12)) * sector };
}

async function wrongHeader(file: ImageBytes, head: Buffer): Promise<string | null> {
  const version = head.readUInt32LE(4);
  if (version < 1 || version > 3) return `is VMDK of version ${version}, which is not known`;
  const capacity = number64(head.readBigUInt64LE(12));
  if (capacity === 0) return severalFiles;
  if (!isDiskSize(capacity * sector)) return impossibleSize;
  const grain = number64(head.readBigUInt64LE(20));
  const entries = head.readUInt32LE(44);
  const powerOfTwo = grain > 0 && Number.isInteger(Math.log2(grain));
  if (!powerOfTwo || grain < 8 || grain > 2 ** 21 || entries === 0 || entries > 512) return tableTooBig;
  const tables = Math.ceil(capacity / (grain * entries));
  if (tables > maxGrainTables) return tableTooBig;
  const directory = head.readBigUInt64LE(56);
  if (directory !== atTheEnd) {
    const offset = number64(directory) * sector;
    if (!isInside(file, { offset, length: tables * 4 })) return tableOutside;
  }
  return wrongDescriptor(file, head);
}

/** The text inside: it may name a parent or other files, and then it is not the whole disk. */
async function wrongDescriptor(file: ImageBytes, head: Buffer): Promise<string | null> {
  const offset = number64(head.readBigUInt64LE(28)) * sector;
  const length = number64(head.readBigUInt64LE(36)) * sector;
  if (offset === 0) return null;
  if (!(length <= maxDescriptorBytes)) return tableTooBig;
  // QEMU reads 20 sectors from there whatever the length says (DESC_SIZE).
  const text = (await file.at(offset, Math.max(length, 20 * sector))).toString('latin1');
  if (/parentFileNameHint\s*=/i.test(text)) return standsOnAnother;
  const parent = /parentCID\s*=\s*([0-9a-f]+)/i.exec(text)?.[1];
  if (parent !== undefined && !/^f{8}$/i.test(parent)) return standsOnAnother;
  const kind = /createType\s*=\s*"([^"\n]{0,64})"/.exec(text)?.[1] ?? 'monolithicSparse';
  return kind === 'monolithicSparse' || kind === 'streamOptimized' ? null : severalFiles;
}
