// sums.json: the sha256 of a generation's big files, recorded after CURRENT names it (they are no part of the promise
// "old or new", they find rot later). Files are streamed; a guest's RAM image never lies in our memory as a whole.
// Right after a suspend the bytes may come from the page cache: what is proved then is that they can be read.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readRecord, regularFileBytes } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { errnoOf, faultOfErrno } from '../files/errno';
import { generationNumberSchema, type LayerFile, type Manifest, mergedFileSchema } from './manifest';
import { type GuestPlace, generationPath } from './read';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const sumsSchema = z.strictObject({
  format: z.literal('soulpad-sums'),
  version: z.literal(1),
  number: generationNumberSchema,
  files: z.partialRecord(
    z.union([z.literal('state'), z.literal('disk.qcow2'), mergedFileSchema]),
    sha256Schema,
  ),
});

export type BigFile = 'state' | LayerFile;
export type Sums = z.infer<typeof sumsSchema>['files'];

export interface Watch {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The big files that a generation itself wrote: its own layer and its state. */
export function bigFilesOf(
  manifest: Manifest,
): readonly { readonly name: BigFile; readonly bytes: number }[] {
  const own = manifest.layers.at(-1);
  return [
    ...(manifest.state === null ? [] : [{ name: manifest.state.file, bytes: manifest.state.bytes }]),
    ...(own === undefined ? [] : [{ name: own.file, bytes: own.bytes }]),
  ];
}

/** The recorded sums; null where none were recorded yet. Faults: damagedManifest (sums.json), denied, io. */
export async function readSums(place: GuestPlace, number: number): Promise<Result<Sums | null>> {
  const path = join(generationPath(place, number), 'sums.json');
  const read = await readRecord({
    path,
    schema: sumsSchema,
    damaged: 'damagedManifest',
    stage: 'generation.sums',
  });
  if (!read.ok) return read.fault.code === 'missingFile' ? ok(null) : read;
  if (read.value.number === number) return ok(read.value.files);
  return fail({
    code: 'damagedManifest',
    stage: 'generation.sums',
    message: `${path} is another generation's`,
  });
}

/** Reads the generation's own files to the end and records their sums. Faults: damagedState, cancelled, full, io. */
export async function recordSums(
  place: GuestPlace,
  manifest: Manifest,
  watch: Watch = {},
): Promise<Result<Sums>> {
  const summed = await sumFiles({
    place,
    manifest,
    names: bigFilesOf(manifest).map((file) => file.name),
    watch,
  });
  if (!summed.ok) return summed;
  const written = await writeSums(place, manifest.number, summed.value);
  return written.ok ? summed : written;
}

function writeSums(place: GuestPlace, number: number, files: Sums): Promise<Result<void>> {
  const record = { format: 'soulpad-sums', version: 1, number, files };
  const path = join(generationPath(place, number), 'sums.json');
  return writeDurably(path, `${JSON.stringify(record)}\n`, 'generation.sums');
}

/** Records one more file's sum beside those that are there. Faults: damagedState, damagedManifest, cancelled, full, io. */
export async function addSum(
  place: GuestPlace,
  about: { readonly number: number; readonly file: BigFile; readonly signal: AbortSignal | undefined },
): Promise<Result<void>> {
  const { number, file, signal } = about;
  const recorded = await readSums(place, number);
  if (!recorded.ok) return recorded;
  const path = join(generationPath(place, number), file);
  const sum = await sumFile({ path, signal, onBytes: () => {} });
  return sum.ok ? writeSums(place, number, { ...recorded.value, [file]: sum.value }) : sum;
}

/**
 * Compares the generation's own files with what was recorded. `false`: no sums were recorded, nothing was read.
 * Faults: damagedState (names the file), damagedManifest (sums.json), cancelled, io.
 */
export async function verifySums(
  about: { readonly place: GuestPlace; readonly manifest: Manifest; readonly only?: readonly BigFile[] },
  watch: Watch = {},
): Promise<Result<boolean>> {
  const { place, manifest } = about;
  const recorded = await readSums(place, manifest.number);
  if (!recorded.ok) return recorded;
  const sums = recorded.value;
  if (sums === null) return ok(false);
  const names = bigFilesOf(manifest)
    .map((file) => file.name)
    .filter((name) => sums[name] !== undefined && (about.only ?? [name]).includes(name));
  const summed = await sumFiles({ place, manifest, names, watch });
  if (!summed.ok) return summed;
  const wrong = names.find((name) => summed.value[name] !== sums[name]);
  if (wrong === undefined) return ok(names.length > 0);
  const path = join(generationPath(place, manifest.number), wrong);
  return fail({ code: 'damagedState', stage: 'generation.verify', message: `${path} is not what was saved` });
}

async function sumFiles(about: {
  place: GuestPlace;
  manifest: Manifest;
  names: readonly BigFile[];
  watch: Watch;
}): Promise<Result<Sums>> {
  const folder = generationPath(about.place, about.manifest.number);
  const sizes = await Promise.all(about.names.map((name) => regularFileBytes(join(folder, name))));
  const total = sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  const meter = meterOf({ total, onProgress: about.watch.onProgress });
  const sums: Sums = {};
  for (const name of about.names) {
    const sum = await sumFile({ path: join(folder, name), signal: about.watch.signal, onBytes: meter });
    if (!sum.ok) return sum;
    sums[name] = sum.value;
  }
  return ok(sums);
}

/** Reports at most ten times a second, and the time left from the rate so far. */
function meterOf(about: { total: number; onProgress: OnProgress | undefined }): (bytes: number) => void {
  const began = performance.now();
  let done = 0;
  let reported = -Infinity;
  return (bytes) => {
    done += bytes;
    const now = performance.now();
    if (now - reported < 100 && done < about.total) return;
    reported = now;
    const secondsLeft = done === 0 ? null : (((now - began) / 1000) * Math.max(0, about.total - done)) / done;
    const total = Math.max(done, about.total);
    about.onProgress?.({ stage: 'verify', done, total, unit: 'bytes', secondsLeft, reversible: false });
  };
}

/** sha256 of a whole file as hex. Faults: damagedState (it cannot be read), cancelled, denied. */
export function fileSum(path: string, signal?: AbortSignal): Promise<Result<string>> {
  return sumFile({ path, signal, onBytes: () => {} });
}

async function sumFile(about: {
  path: string;
  signal: AbortSignal | undefined;
  onBytes: (bytes: number) => void;
}): Promise<Result<string>> {
  const stage = 'generation.verify';
  try {
    const file = await open(about.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.alloc(1 << 20);
      for (;;) {
        about.signal?.throwIfAborted();
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return ok(hash.digest('hex'));
        hash.update(buffer.subarray(0, bytesRead));
        about.onBytes(bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (about.signal?.aborted)
      return fail({ code: 'cancelled', stage, message: 'reading back was cancelled' });
    const fault = faultOfErrno(error, stage);
    // An unreadable file of a generation is damage, whatever the system calls it (EIO, ELOOP, ENOENT).
    const code = errnoOf(error) === 'EACCES' ? fault.code : 'damagedState';
    return fail({ ...fault, code, message: `${about.path} cannot be read: ${fault.message}` });
  }
}
