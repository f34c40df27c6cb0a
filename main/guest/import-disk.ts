// A disk image from outside becomes a guest's base layer: copied into the vault, the file itself stays as it is. Its
// header is looked at by us before any tool opens it, and the tool is told the format: an image can otherwise name
// files of this PC that would be read into the guest (CVE-2007-1322 and its many successors). Never guessed, never
// followed.
import { constants } from 'node:fs';
import { chmod, open, unlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder } from '../files/durable';
import { attempt, faultOfErrno } from '../files/errno';
import { run } from '../process/run';
import { readQcow2Head } from './qcow2';

const stage = 'guest.importDisk';
const sectorBytes = 512;

/** An image that was looked at. Made only by `inspectImage`. */
export interface DiskImage {
  /** Absolute. */
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  /** Size of the disk as the guest sees it, bytes. */
  readonly bytes: number;
}

/** First bytes of formats that are neither qcow2 nor a raw disk: offset, bytes, name. */
const otherFormats = [
  { at: 0, magic: Buffer.from('KDMV'), name: 'VMDK' },
  { at: 0, magic: Buffer.from('# Disk Descriptor'), name: 'VMDK' },
  { at: 0, magic: Buffer.from('vhdxfile'), name: 'VHDX' },
  { at: 0, magic: Buffer.from('conectix'), name: 'VHD' },
  { at: 0, magic: Buffer.from('QED\0'), name: 'QED' },
  { at: 0x40, magic: Buffer.from([0x7f, 0x10, 0xda, 0xbe]), name: 'VDI' },
];

/** Reads the head only. Faults: damagedGuest (says why it cannot be taken), missingFile, denied, io. */
export async function inspectImage(file: string): Promise<Result<DiskImage>> {
  const refused = (what: string): Result<never> =>
    fail({
      code: 'damagedGuest',
      stage,
      message: `${file} ${what}`,
      hint: 'make a copy that can be taken: qemu-img convert -O qcow2 IMAGE COPY',
    });
  try {
    const opened = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await opened.stat();
      if (!facts.isFile()) return refused('is not a regular file');
      const buffer = Buffer.alloc(4096);
      const { bytesRead } = await opened.read(buffer, 0, buffer.length, 0);
      const head = buffer.subarray(0, bytesRead);
      if (head.subarray(0, 3).toString('latin1') === 'QFI') {
        const qcow2 = readQcow2Head(head);
        if (typeof qcow2 === 'string') return refused(qcow2);
        if (qcow2.backing !== null) return refused('stands on another image');
        return ok({ file, format: 'qcow2', bytes: qcow2.virtualBytes });
      }
      const other = otherFormats.find(({ at, magic }) => head.subarray(at, at + magic.length).equals(magic));
      if (other !== undefined) return refused(`is a ${other.name} image, not qcow2 or raw`);
      if (facts.size === 0 || facts.size % sectorBytes !== 0)
        return refused(`is no disk: ${facts.size} bytes are not whole sectors of ${sectorBytes}`);
      return ok({ file, format: 'raw', bytes: facts.size });
    } finally {
      await opened.close();
    }
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/**
 * Writes the layer and makes it durable; `bytes` may be larger than the image, never smaller. Takes as long as copying
 * the image. Faults: toolMissing, full, denied, io, timeout (an hour); nothing is left of it then.
 */
export async function importDisk(about: {
  readonly image: DiskImage;
  readonly file: string;
  readonly bytes: number;
}): Promise<Result<void>> {
  const { image, file } = about;
  if (!isAbsolute(file) || !isAbsolute(image.file)) throw new Error('disks are named by absolute paths');
  if (about.bytes < image.bytes) throw new Error('a disk is never cut');
  const steps = [
    () => qemuImg(['convert', '-q', '-f', image.format, '-O', 'qcow2', image.file, file]),
    ...(about.bytes === image.bytes
      ? []
      : [() => qemuImg(['resize', '-q', '-f', 'qcow2', file, String(about.bytes)])]),
    () => attempt(stage, () => chmod(file, 0o600)),
    () => fsyncFile(file, stage),
    () => fsyncFolder(dirname(file), stage),
  ];
  for (const step of steps) {
    const done = await step();
    if (done.ok) continue;
    await unlink(file).catch(() => {});
    return done;
  }
  return ok(undefined);
}

async function qemuImg(args: readonly string[]): Promise<Result<unknown>> {
  return run({ program: 'qemu-img', args, stage, timeoutMs: 3_600_000 });
}
