// The header of a qcow2 file, read by us and bounded: a layer comes from a vault that somebody may have tampered
// with, and whoever opens it with QEMU's tools first follows the files it names. Refused are all features that reach
// outside the file (data file, any backing that is no sibling layer) or that we never write (encryption).
// Spec: QEMU docs/interop/qcow2.rst, "Header". Pure.

/** Bytes to read from the start of a file: the header, its extensions and the backing name lie in the first cluster. */
export const qcow2HeadBytes = 4096;

export interface Qcow2Facts {
  /** Size of the disk as the guest sees it, bytes. */
  readonly virtualBytes: number;
  /** As written in the header, null for a base. Always a sibling generation's layer. */
  readonly backing: string | null;
}

const siblingLayer = /^\.\.\/gen-\d{4,9}\/disk(-over-\d{4,9})?\.qcow2$/;
const maxVirtualBytes = 2 ** 46;
const externalDataFile = 1n << 2n;
const corrupt = 1n << 1n;

/** The facts, or what is wrong with it in words. */
export function readQcow2Head(head: Uint8Array): Qcow2Facts | string {
  const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (view.length < 104 || view.readUInt32BE(0) !== 0x514649fb) return 'is not a qcow2 file';
  if (view.readUInt32BE(4) !== 3) return 'is not qcow2 version 3';
  if (view.readUInt32BE(32) !== 0) return 'is encrypted by qcow2';
  const features = view.readBigUInt64BE(72);
  if ((features & externalDataFile) !== 0n) return 'keeps its data in another file';
  if ((features & corrupt) !== 0n) return 'is marked corrupt';
  const virtualBytes = Number(view.readBigUInt64BE(24));
  if (virtualBytes === 0 || virtualBytes > maxVirtualBytes) return 'has an impossible size';
  const backing = readBackingName(view);
  if (backing !== null && !siblingLayer.test(backing)) return 'is backed by a file that is no layer';
  return { virtualBytes, backing };
}

/** Null for none; a name that does not lie where it should reads as one that is refused. */
function readBackingName(view: Buffer): string | null {
  const offset = Number(view.readBigUInt64BE(8));
  const length = view.readUInt32BE(16);
  if (offset === 0) return null;
  if (length === 0 || length > 1023 || offset < 104 || offset + length > view.length) return '';
  return view.toString('latin1', offset, offset + length);
}
