// A disk image from outside becomes a guest's base layer: copied into the vault, the file itself stays as it is. Its
// header is looked at by us before any tool opens it (images/), and the tool is told the format: an image can otherwise
// name files of this PC that would be read into the guest (CVE-2007-1322 and its many successors). Never guessed, never
// followed.
import { chmod, statfs, unlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { z } from 'zod';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder } from '../files/durable';
import { attempt } from '../files/errno';
import { run } from '../process/run';
import { inspectLayer } from './disk';
import { withImageBytes } from './images/bytes';
import { type ImageFormat, lookAtImage, wrongName } from './images/known';
import { rateOf } from './rate';

const stage = 'guest.importDisk';

/** An image that was looked at. Made only by `inspectImage`. */
export interface DiskImage {
  /** Absolute. */
  readonly file: string;
  readonly format: ImageFormat;
  /** Size of the disk as the guest sees it, bytes. */
  readonly bytes: number;
  /** The format that the file's name promises, where its content is another: the content is believed. */
  readonly namedAs: ImageFormat | null;
}

/** Reads headers only. Faults: unusableFile (says why it cannot be taken), missingFile, denied, io. */
export async function inspectImage(file: string): Promise<Result<DiskImage>> {
  const refused = (what: string): Result<never> =>
    fail({
      code: 'unusableFile',
      stage,
      message: `${file} ${what}`,
      hint: 'make a copy that can be taken: qemu-img convert -O qcow2 IMAGE COPY',
    });
  return withImageBytes({
    file,
    stage,
    notAFile: () => refused('is not a regular file'),
    look: async (bytes) => {
      const seen = await lookAtImage(bytes);
      if (typeof seen === 'string') return refused(seen);
      return ok({ file, ...seen, namedAs: wrongName(file, seen.format) });
    },
  });
}

const measureSchema = z.object({ required: z.number().int().nonnegative() });

/** Bytes that the image's content takes as a layer. Faults: unusableFile (its tables), toolMissing, timeout, io. */
export async function measureImage(image: DiskImage, signal?: AbortSignal): Promise<Result<number>> {
  const asked = await run({
    program: 'qemu-img',
    args: ['measure', '--output=json', '-f', image.format, '-O', 'qcow2', image.file],
    stage,
    timeoutMs: 300_000,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!asked.ok) return asDamage(image, asked);
  const read = measureSchema.safeParse(readJson(asked.value.stdout.toString('utf8')));
  if (read.success) return ok(read.data.required);
  return fail({ code: 'protocol', stage, message: 'qemu-img measure answered in an unknown shape' });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** qemu-img that runs and refuses an image that we let pass: it is the image. */
function asDamage(image: DiskImage, failed: { readonly ok: false } & Result<never>): Result<never> {
  if (failed.fault.code !== 'io') return failed;
  return fail({ ...failed.fault, code: 'unusableFile', message: `${image.file}: ${failed.fault.message}` });
}

export interface Import {
  readonly image: DiskImage;
  /** The layer to make, absolute. */
  readonly file: string;
  /** Size of the guest's disk: the image's or larger, never smaller. */
  readonly bytes: number;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the layer and makes it durable. Takes as long as copying the image. Faults: unusableFile, toolMissing, full
 * (asked before the first byte), cancelled, denied, io, timeout (six hours); nothing is left of it then.
 */
export async function importDisk(about: Import): Promise<Result<void>> {
  const { image, file } = about;
  if (!isAbsolute(file) || !isAbsolute(image.file)) throw new Error('disks are named by absolute paths');
  if (about.bytes < image.bytes) throw new Error('a disk is never cut');
  const steps = [
    () => checkWhole(about),
    () => roomFor(about),
    () => convert(about),
    () => sizeTo(about),
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

/**
 * All of its tables: `convert` reads what lies behind the end of a qcow2 or VMDK that was cut short as zeros, and exits
 * with 0. qemu-img(1): 3 are leaks, which cost space but no data; 63 is a format without a check.
 */
async function checkWhole({ image, signal }: Import): Promise<Result<void>> {
  if (image.format === 'raw') return ok(undefined);
  const checked = await run({
    program: 'qemu-img',
    args: ['check', '-q', '-f', image.format, image.file],
    stage,
    timeoutMs: 1_800_000,
    expected: [0, 1, 2, 3, 63],
    ...(signal === undefined ? {} : { signal }),
  });
  if (!checked.ok) return checked;
  const { status, stderr } = checked.value;
  if (status !== 1 && status !== 2) return ok(undefined);
  const said = stderr.trim().split('\n')[0]?.slice(0, 300) ?? '';
  const message = `${image.file} is cut short or damaged: ${said}`;
  return fail({ code: 'unusableFile', stage, message, hint: 'get it again, or export it again' });
}

/** What is left for the file system's own records. */
const spareBytes = 32 << 20;

async function roomFor({ image, file, signal }: Import): Promise<Result<void>> {
  const measured = await measureImage(image, signal);
  if (!measured.ok) return measured;
  const space = await statfs(dirname(file)).catch(() => null);
  if (space === null) return ok(undefined); // writing will say what is wrong with the folder
  const need = measured.value + spareBytes;
  const have = space.bavail * space.bsize;
  if (have >= need) return ok(undefined);
  return fail({
    code: 'full',
    stage,
    message: `the image takes ${need} bytes, ${have} are free in the vault`,
  });
}

async function convert({ image, file, onProgress, signal }: Import): Promise<Result<unknown>> {
  const began = performance.now();
  const rate = rateOf(began);
  const report = (done: number): void => {
    const secondsLeft = rate({ done, total: image.bytes, nowMs: performance.now() });
    onProgress?.({ stage: 'copy', done, total: image.bytes, unit: 'bytes', secondsLeft, reversible: true });
  };
  report(0);
  const ran = await run({
    program: 'qemu-img',
    args: ['convert', '-p', '-f', image.format, '-O', 'qcow2', image.file, file],
    stage,
    timeoutMs: 6 * 3_600_000,
    diesWithUs: true,
    onOutput: (text) => {
      const percent = lastPercent(text);
      if (percent !== null) report(Math.round((image.bytes * percent) / 100));
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return ran.ok ? ran : asDamage(image, ran);
}

/** qemu-img writes `    (12.34/100%)` and a carriage return, again and again. */
export function lastPercent(text: string): number | null {
  const found = [...text.matchAll(/\((\d{1,3}(?:\.\d{1,2})?)\/100%\)/g)].at(-1)?.[1];
  const percent = found === undefined ? Number.NaN : Number(found);
  return percent >= 0 && percent <= 100 ? percent : null;
}

/** Grown to the guest's disk. What came out larger than its header said is not believed any further. */
async function sizeTo({ image, file, bytes }: Import): Promise<Result<unknown>> {
  const made = await inspectLayer(file);
  if (!made.ok) return made;
  const { virtualBytes } = made.value;
  if (virtualBytes === bytes) return ok(undefined);
  if (virtualBytes > bytes) {
    const message = `${image.file} holds ${virtualBytes} bytes, its header says ${image.bytes}`;
    return fail({ code: 'unusableFile', stage, message });
  }
  const args = ['resize', '-q', '-f', 'qcow2', file, String(bytes)];
  return run({ program: 'qemu-img', args, stage, timeoutMs: 600_000 });
}
