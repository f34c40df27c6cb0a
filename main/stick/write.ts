// Writes an image to a disk, reads it back and grows swap and vault to the disk's end. The disk's own table goes first
// and the new one comes last: a disk that was cut off in between starts nothing and looks empty. What lay in the places
// of swap and vault is covered, so that no older vault can be taken for a new one. It must never begin before
// `findTarget` has agreed, and it holds the disk exclusively while it writes (O_EXCL: the kernel refuses a disk in use).
import { randomUUID } from 'node:crypto';
import { constants, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Refusal } from '../../preload/contract/sticks';
import { errnoOf, faultOfErrno } from '../files/errno';
import { run } from '../process/run';
import { parseJson } from '../socket/call';
import { compare, copy } from './copy';
import { type Disk, fileAsDisk, isSameDisk, nameOf, readDisks, systemPath } from './disks';
import { type Layout, layOut, leastDiskBytes, readImageTable } from './layout';

const stage = 'stick.write';

export interface Image {
  readonly file: string;
  readonly copyBytes: number;
  readonly leastDiskBytes: number;
}

export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly writtenBytes: number;
  readonly vaultBytes: number;
  readonly swapBytes: number;
  readonly seconds: { readonly write: number; readonly verify: number };
}

/** Faults: missingFile, unusableFile, toolMissing, io. */
export async function readImage(file: string): Promise<Result<Image>> {
  const table = await imageTable(file);
  if (!table.ok) return table;
  const { copyBytes } = table.value;
  return ok({ file, copyBytes, leastDiskBytes: leastDiskBytes(copyBytes) });
}

async function imageTable(file: string): Promise<ReturnType<typeof readImageTable>> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    return fail({ code: 'missingFile', stage, message: `there is no file ${file}` });
  const asked = await run({
    program: 'sfdisk',
    args: ['--json', file],
    stage,
    env: systemPath,
    expected: [0, 1],
  });
  if (!asked.ok) return asked;
  return readImageTable(parseJson(asked.value.stdout.toString('utf8')));
}

const refusals: Readonly<Record<Refusal, string>> = {
  notRemovable: 'is not a removable disk',
  system: 'is the disk that this computer runs from',
  mounted: 'is mounted: eject it first',
  inUse: 'is in use by another program',
  readOnly: 'is write-protected',
  tooSmall: 'is too small',
};

/**
 * A disk by its path, or a regular file that stands for one. Faults: missingFile, and refusedDisk with the reason for a
 * disk that may not be written.
 */
export async function findTarget(path: string, image: Image): Promise<Result<Disk>> {
  const file = fileAsDisk(path, image.leastDiskBytes);
  if (file !== null) return file.refused === null ? ok(file) : fail(refusal(file, file.refused));
  const disks = await readDisks(image.leastDiskBytes);
  if (!disks.ok) return disks;
  const disk = disks.value.find((each) => each.path === path);
  if (disk === undefined) return fail({ code: 'missingFile', stage, message: `there is no disk ${path}` });
  return disk.refused === null ? ok(disk) : fail(refusal(disk, disk.refused));
}

function refusal(disk: Disk, why: Refusal): Fault {
  return { code: 'refusedDisk', stage, message: `${nameOf(disk)} (${disk.path}) ${refusals[why]}` };
}

/**
 * Everything on the disk is lost. Nothing was changed before the first report of progress, which is not reversible; from
 * there on a disk that was not written to its end is empty and starts nothing. `signal` is heard until all was read back:
 * what comes then is over in a moment. Faults: refusedDisk, denied, full, io (also: what was read back differs), cancelled.
 */
export async function writeStick(about: {
  readonly image: Image;
  readonly disk: Disk;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}): Promise<Result<Written>> {
  const { image, disk, onProgress, signal } = about;
  const table = await imageTable(image.file);
  if (!table.ok) return table;
  const uuids = { disk: randomUUID(), swap: randomUUID(), vault: randomUUID() };
  const layout = layOut({ image: table.value, diskBytes: disk.bytes, uuids });
  if (!layout.ok) return layout;
  // What it was when the person chose it, it must be now.
  const again = await findTarget(disk.path, image);
  if (!again.ok) return again;
  if (!isSameDisk(again.value, disk))
    return fail({ code: 'refusedDisk', stage, message: `${disk.path} is another disk than it was` });
  const isFile = disk.bus === 'file';
  const source = await openFile(image.file, constants.O_RDONLY);
  if (!source.ok) return source;
  const target = await openFile(disk.path, constants.O_RDWR | (isFile ? 0 : constants.O_EXCL));
  try {
    if (!target.ok) return target;
    const pass = { source: source.value, target: target.value, layout: layout.value, diskBytes: disk.bytes };
    const wrote = await copy({ ...pass, signal, onProgress });
    if (!wrote.ok) return wrote;
    const dropped = await dropCached(disk.path);
    if (!dropped.ok) return dropped;
    const read = await compare({ ...pass, signal, onProgress, sum: wrote.value.sum });
    if (!read.ok) return read;
    const grown = (done: number): void =>
      onProgress({ stage: 'grow', done, total: 1, unit: 'steps', secondsLeft: null, reversible: false });
    grown(0);
    const tabled = await writeTable(disk.path, layout.value);
    if (!tabled.ok) return tabled;
    await target.value.sync();
    grown(1);
    const { vault, swap, copyBytes } = layout.value;
    return ok({
      path: disk.path,
      bytes: disk.bytes,
      writtenBytes: copyBytes,
      vaultBytes: vault.bytes,
      swapBytes: swap.bytes,
      seconds: { write: wrote.value.seconds, verify: read.value },
    });
  } catch (cause) {
    return fail(faultOfErrno(cause, stage));
  } finally {
    await source.value.close();
    if (target.ok) await target.value.close();
  }
}

/**
 * What is read back must come from the disk, not from this PC's memory. Flushing by `blockdev` needs root; asking the
 * kernel to forget what is written already needs only that one may read the disk (posix_fadvise(2), by dd's nocache).
 */
async function dropCached(path: string): Promise<Result<void>> {
  const args = [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'];
  const dropped = await run({ program: 'dd', args, stage });
  return dropped.ok ? ok(undefined) : dropped;
}

/** sfdisk leaves the boot code before the table alone. Nothing is told to the kernel: the stick is taken out next. */
async function writeTable(path: string, layout: Layout): Promise<Result<void>> {
  const wrote = await run({
    program: 'sfdisk',
    args: [
      '--quiet',
      '--no-reread',
      '--no-tell-kernel',
      '--wipe',
      'never',
      '--wipe-partitions',
      'never',
      path,
    ],
    input: Buffer.from(layout.table),
    env: systemPath,
    stage,
  });
  return wrote.ok ? ok(undefined) : wrote;
}

async function openFile(path: string, flags: number): Promise<Result<FileHandle>> {
  try {
    return ok(await open(path, flags));
  } catch (cause) {
    // What lsblk does not show: a mount in another namespace, a file system's second disk.
    if (errnoOf(cause) === 'EBUSY')
      return fail({ code: 'refusedDisk', stage, message: `${path} ${refusals.inUse}` });
    return fail(faultOfErrno(cause, stage));
  }
}
