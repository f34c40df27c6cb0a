// VDI (VirtualBox), dynamic or fixed. A difference image stands on another one and is refused.
// Spec: QEMU block/vdi.c, VirtualBox src/VBox/Storage/VDICore.h. Pure but for the reads.
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

export const vdiMagic = { at: 0x40, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) };

const block = 1 << 20; // the only size QEMU reads
const maxBlocks = 2 ** 24; // 16 TiB
const dynamic = 1;
const fixed = 2;

export async function lookAtVdi(file: ImageBytes): Look<{ bytes: number }> {
  const head = await file.at(0, 512);
  const magic = head.subarray(vdiMagic.at, vdiMagic.at + 4);
  if (head.length < 512 || !magic.equals(vdiMagic.bytes)) return 'is no VDI';
  if (head.readUInt32LE(0x44) !== 0x0001_0001) return 'is VDI of a version that is not known';
  const kind = head.readUInt32LE(0x4c);
  const noUuid = Buffer.alloc(16);
  const hasParent =
    !head.subarray(0x1a8, 0x1b8).equals(noUuid) || !head.subarray(0x1b8, 0x1c8).equals(noUuid);
  if (hasParent || (kind !== dynamic && kind !== fixed)) return standsOnAnother;
  const bytes = number64(head.readBigUInt64LE(0x170));
  if (!isDiskSize(bytes)) return impossibleSize;
  const blocks = head.readUInt32LE(0x180);
  if (head.readUInt32LE(0x168) !== 512 || head.readUInt32LE(0x178) !== block) return tableTooBig;
  if (blocks > maxBlocks || blocks < Math.ceil(bytes / block)) return tableTooBig;
  if (!isInside(file, { offset: head.readUInt32LE(0x154), length: blocks * 4 })) return tableOutside;
  // QEMU neither checks nor reports blocks behind the end: it would read them as zeros. The last one may be shorter.
  const stored = head.readUInt32LE(0x184);
  const lastBegins = head.readUInt32LE(0x158) + Math.max(0, stored - 1) * block;
  if (stored > blocks) return tableTooBig;
  return stored > 0 && lastBegins >= file.size ? 'is cut short' : { bytes };
}
