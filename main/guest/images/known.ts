// What a file from outside is, told by its content: the name only says what somebody thought. Formats that we take in
// are looked at by their own file here; others are named, so that a person knows what to do.
import { extname } from 'node:path';
import { type ImageBytes, impossibleSize, isDiskSize, type Look } from './bytes';
import { lookAtQcow2, qcow2Magic } from './qcow2-image';
import { lookAtVdi, vdiMagic } from './vdi';
import { lookAtVhd, vhdMagic } from './vhd';
import { lookAtVhdx, vhdxMagic } from './vhdx';
import { lookAtVmdk, severalFiles, vmdkDescriptor, vmdkMagic } from './vmdk';

/** By qemu-img's names. */
export type ImageFormat = 'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc';

export interface KnownImage {
  readonly format: ImageFormat;
  /** Size of the disk as its guest sees it, bytes. */
  readonly bytes: number;
}

const sectorBytes = 512;

interface Known {
  readonly format: ImageFormat;
  readonly at: number;
  readonly magic: Buffer;
  readonly look: (file: ImageBytes) => Look<{ bytes: number }>;
}

const formats: readonly Known[] = [
  { format: 'qcow2', at: 0, magic: qcow2Magic, look: lookAtQcow2 },
  { format: 'vmdk', at: 0, magic: vmdkMagic, look: lookAtVmdk },
  { format: 'vmdk', at: 0, magic: vmdkDescriptor, look: async () => severalFiles },
  { format: 'vdi', at: vdiMagic.at, magic: vdiMagic.bytes, look: lookAtVdi },
  { format: 'vhdx', at: 0, magic: vhdxMagic, look: lookAtVhdx },
  { format: 'vpc', at: 0, magic: vhdMagic, look: lookAtVhd },
];

const unpack = 'is packed: unpack it and give the disk image inside';

/** What it is instead of a disk image: offset, first bytes, words. */
const others: readonly (readonly [number, string, string])[] = [
  [0, 'COWD', 'is an old VMDK of ESX: export it again as OVA or as one sparse file'],
  [0, 'QED\0', 'is a QED image: make a qcow2 of it first (qemu-img convert)'],
  [0, 'QFI', 'is no qcow2 image that is known'],
  [0, 'WithoutFreeSpace', 'is a Parallels image: make a qcow2 of it first (qemu-img convert)'],
  [0, 'WithouFreSpacExt', 'is a Parallels image: make a qcow2 of it first (qemu-img convert)'],
  [0, 'LUKS\xba\xbe', 'is an encrypted volume, not a disk with a system on it'],
  [0, '\x1f\x8b', unpack],
  [0, 'PK\x03\x04', unpack],
  [0, '\xfd7zXZ\0', unpack],
  [0, 'BZh', unpack],
  [0, '\x28\xb5\x2f\xfd', unpack],
  [0, '7z\xbc\xaf\x27\x1c', unpack],
  [257, 'ustar', 'is an archive (an OVA is one): unpack it and give the disk image inside'],
];

/** Reads headers only. */
export async function lookAtImage(file: ImageBytes): Look<KnownImage> {
  const head = await file.at(0, 4096);
  const known = formats.find(({ at, magic }) => head.subarray(at, at + magic.length).equals(magic));
  if (known !== undefined) {
    const looked = await known.look(file);
    return typeof looked === 'string' ? looked : { format: known.format, bytes: looked.bytes };
  }
  const other = others.find(([at, magic]) => head.toString('latin1', at, at + magic.length) === magic);
  if (other !== undefined) return other[2];
  const foot = await file.at(file.size - sectorBytes, sectorBytes);
  if (foot.subarray(0, vhdMagic.length).equals(vhdMagic)) {
    const looked = await lookAtVhd(file);
    return typeof looked === 'string' ? looked : { format: 'vpc', bytes: looked.bytes };
  }
  return lookAtRaw(file, head);
}

async function lookAtRaw(file: ImageBytes, head: Buffer): Look<KnownImage> {
  const disc = await file.at(16 * 2048, 6);
  const partitioned = head.length >= sectorBytes && head.readUInt16LE(510) === 0xaa55;
  if (disc.toString('latin1', 1, 6) === 'CD001' && !partitioned)
    return 'is an installation disc, not a disk: give it as one (--iso)';
  if (file.size % sectorBytes !== 0 || file.size === 0)
    return `is no disk: ${file.size} bytes are not whole sectors of ${sectorBytes}`;
  return isDiskSize(file.size) ? { format: 'raw', bytes: file.size } : impossibleSize;
}

const extensions: Readonly<Record<string, ImageFormat>> = {
  '.qcow2': 'qcow2',
  '.raw': 'raw',
  '.img': 'raw',
  '.vmdk': 'vmdk',
  '.vdi': 'vdi',
  '.vhdx': 'vhdx',
  '.vhd': 'vpc',
};

/** What the file's name promises, null when that is nothing or what it is. `.img` is used for everything. */
export function wrongName(file: string, format: ImageFormat): ImageFormat | null {
  const extension = extname(file).toLowerCase();
  const named = extensions[extension] ?? null;
  return named === format || extension === '.img' ? null : named;
}
