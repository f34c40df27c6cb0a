// qcow2 from outside, versions 2 and 3. Its header can name files of this PC: a backing file, a data file. Refused are
// both, encryption, and features that we do not know. Spec: QEMU docs/interop/qcow2.rst. Pure but for the reads.
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

export const qcow2Magic = Buffer.from([0x51, 0x46, 0x49, 0xfb]);

/** QEMU's own bounds (block/qcow2.h: QCOW_MAX_L1_SIZE, QCOW_MAX_REFTABLE_SIZE, QCOW_MAX_SNAPSHOTS). */
const maxL1Bytes = 32 << 20;
const maxReferenceTableBytes = 8 << 20;
const maxSnapshots = 65_536;

const corrupt = 1n << 1n;
const externalData = 1n << 2n;
/** dirty, compression type, extended L2: they change how it is read, not what. */
const known = (1n << 0n) | (1n << 3n) | (1n << 4n);

export async function lookAtQcow2(file: ImageBytes): Look<{ bytes: number }> {
  const head = await file.at(0, 104);
  if (head.length < 72 || !head.subarray(0, 4).equals(qcow2Magic)) return 'is no qcow2 image';
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return `is qcow2 of version ${version}, which is not known`;
  if (version === 3 && head.length < 104) return 'is cut short';
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) return standsOnAnother;
  if (head.readUInt32BE(32) !== 0) return 'is encrypted by qcow2';
  const features = version === 3 ? head.readBigUInt64BE(72) : 0n;
  if ((features & externalData) !== 0n) return 'keeps its data in another file';
  if ((features & corrupt) !== 0n) return 'is marked corrupt';
  if ((features & ~known) !== 0n) return 'needs features that are not known';
  const bits = head.readUInt32BE(20);
  if (bits < 9 || bits > 21) return 'has an impossible cluster size';
  const bytes = number64(head.readBigUInt64BE(24));
  if (!isDiskSize(bytes)) return impossibleSize;
  return wrongTable({ file, head, bits, bytes, extended: (features & (1n << 4n)) !== 0n }) ?? { bytes };
}

function wrongTable(about: {
  readonly file: ImageBytes;
  readonly head: Buffer;
  readonly bits: number;
  readonly bytes: number;
  readonly extended: boolean;
}): string | null {
  const { file, head, bits } = about;
  const cluster = 2 ** bits;
  const entries = head.readUInt32BE(36);
  const references = head.readUInt32BE(56) * cluster;
  if (entries * 8 > maxL1Bytes || references > maxReferenceTableBytes) return tableTooBig;
  // A table of the second level is one cluster of entries of 8 (extended: 16) bytes, each for one cluster.
  if (entries < Math.ceil(about.bytes / (cluster * (cluster / (about.extended ? 16 : 8)))))
    return tableTooBig;
  if (!isInside(file, { offset: number64(head.readBigUInt64BE(40)), length: entries * 8 }))
    return tableOutside;
  if (!isInside(file, { offset: number64(head.readBigUInt64BE(48)), length: references }))
    return tableOutside;
  const snapshots = head.readUInt32BE(60);
  if (snapshots > maxSnapshots) return tableTooBig;
  const offset = number64(head.readBigUInt64BE(64));
  return snapshots === 0 || isInside(file, { offset, length: snapshots * 40 }) ? null : tableOutside;
}
