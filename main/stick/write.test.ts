// A stick is written to a file that stands for a disk, from a small image with the real image's partitions: copied,
// read back, grown to the end; refused, cut off and damaged on the way.
import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import { systemPath } from './disks';
import { makeStickImage } from './image.fixture';
import { leastDiskBytes } from './layout';
import { findTarget, readImage, writeStick } from './write';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

let folder = '';
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-stick-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const makeImage = (): string => makeStickImage(at('soulpad.img'));

function makeDisk(bytes: number): string {
  const file = at('disk');
  writeFileSync(file, '');
  truncateSync(file, bytes);
  return file;
}

function bytesAt(file: string, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(openSync(file, 'r'), bytes, 0, length, start);
  return bytes;
}

interface Table {
  readonly id: string;
  readonly partitions: { name: string; start: number; size: number; uuid: string }[];
}

function tableOf(file: string): Table {
  const said = execFileSync('sfdisk', ['--json', file], {
    encoding: 'utf8',
    env: { ...process.env, ...systemPath },
  });
  return JSON.parse(said).partitiontable;
}

async function targetOf(file: string, path: string) {
  const image = await readImage(file);
  if (!image.ok) throw new Error(image.fault.message);
  return { image: image.value, disk: await findTarget(path, image.value) };
}

async function write(
  file: string,
  path: string,
  signal = new AbortController().signal,
  onReport = (): void => {},
) {
  const { image, disk } = await targetOf(file, path);
  if (!disk.ok) throw new Error(disk.fault.message);
  const progress: Progress[] = [];
  const written = await writeStick({
    ...{ image, disk: disk.value, signal },
    onProgress: (report) => {
      progress.push(report);
      onReport();
    },
  });
  return { written, progress };
}

test('an image is written, read back, and swap and vault are grown to the disk’s end', async () => {
  const path = makeDisk(12 * GiB);
  // What an older stick left where the vault will be.
  const old = openSync(path, 'r+');
  writeSync(old, Buffer.from('LUKS\xba\xbe', 'latin1'), 0, 6, 8 * MiB);
  writeSync(old, Buffer.from('LUKS\xba\xbe', 'latin1'), 0, 6, 776 * MiB);

  const { written, progress } = await write(makeImage(), path);
  expect(written.ok && written.value).toMatchObject({ path, bytes: 12 * GiB, writtenBytes: 7 * MiB });
  expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['copy', 'verify', 'grow']));
  expect(progress[0]).toMatchObject({ stage: 'copy', done: 0, reversible: false });
  const readBack = progress.filter(({ stage }) => stage === 'verify');
  expect(readBack.at(-1)).toMatchObject({ done: 7 * MiB, total: 7 * MiB });
  expect(progress.at(-1)).toMatchObject({ stage: 'grow', done: 1, total: 1 });

  const { partitions } = tableOf(path);
  expect(partitions.map(({ name }) => name)).toEqual([
    'soulpad-boot',
    'soulpad-system',
    'soulpad-swap',
    'soulpad-vault',
  ]);
  const [, , swap, vault] = partitions;
  expect(swap).toMatchObject({ start: 7 * 2048, size: 768 * 2048 });
  expect(vault).toMatchObject({ start: 775 * 2048, size: (12 * 1024 - 776) * 2048 });
  expect(bytesAt(path, 0, 440).every((byte) => byte === 0xb0)).toBe(true);
  expect(bytesAt(path, MiB, 4 * MiB).every((byte) => byte === 0xb1)).toBe(true);
  expect(bytesAt(path, 5 * MiB, 2 * MiB).every((byte) => byte === 0xb2)).toBe(true);
  expect(bytesAt(path, 7 * MiB, 16 * MiB).every((byte) => byte === 0)).toBe(true);
  expect(bytesAt(path, 775 * MiB, 16 * MiB).every((byte) => byte === 0)).toBe(true);
});

/** In memory alone nothing is ever read from a disk. */
const inMemory = statfsSync(tmpdir()).type === 0x01021994;

test.skipIf(inMemory)('what is read back comes from the disk, not from this PC’s memory', async () => {
  const read = (): number =>
    Number(/^read_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
  const path = makeDisk(6 * GiB);
  const before = read();
  expect((await write(makeImage(), path)).written.ok).toBe(true);
  // Of the 7 MiB one is a hole, which no disk is asked for.
  expect(read() - before).toBeGreaterThan(5 * MiB);
});

test('the boot loader’s partitions keep their identity, the disk, its swap and its vault get a new one each time', async () => {
  const [file, path] = [makeImage(), makeDisk(6 * GiB)];
  await write(file, path);
  const first = tableOf(path);
  await write(file, path);
  const second = tableOf(path);
  const image = tableOf(file);
  const uuids = (table: Table): string[] => table.partitions.map(({ uuid }) => uuid);
  expect(uuids(first).slice(0, 2)).toEqual(uuids(image).slice(0, 2));
  expect(uuids(second).slice(0, 2)).toEqual(uuids(image).slice(0, 2));
  expect(first.id).not.toBe(second.id);
  expect(uuids(first)[3]).not.toBe(uuids(second)[3]);
});

test('a disk that is too small is refused before anything is written', async () => {
  const [file, path] = [makeImage(), makeDisk(GiB)];
  const { image, disk } = await targetOf(file, path);
  expect(image.leastDiskBytes).toBe(leastDiskBytes(7 * MiB));
  expect(disk.ok ? null : disk.fault.code).toBe('refusedDisk');
});

test('another file than an image is refused', async () => {
  writeFileSync(at('notes.txt'), 'no table');
  const notes = await readImage(at('notes.txt'));
  expect(notes.ok ? null : notes.fault.code).toBe('unusableFile');
  const nothing = await readImage(at('nothing'));
  expect(nothing.ok ? null : nothing.fault.code).toBe('missingFile');
});

test('cancelled on the way, the disk has no table that anything could start from', async () => {
  const path = makeDisk(6 * GiB);
  const file = makeImage();
  await write(file, path);
  const stop = new AbortController();
  const { written } = await write(file, path, stop.signal, () => stop.abort());
  expect(written.ok ? null : written.fault.code).toBe('cancelled');
  expect(bytesAt(path, 0, 34 * 512).every((byte) => byte === 0)).toBe(true);
  expect(bytesAt(path, 6 * GiB - 34 * 512, 34 * 512).every((byte) => byte === 0)).toBe(true);
});

test('cancelled before the first byte, the disk is as it was, and no progress was told', async () => {
  const path = makeDisk(6 * GiB);
  const file = makeImage();
  await write(file, path);
  const before = tableOf(path);
  const stop = new AbortController();
  stop.abort();
  const { written, progress } = await write(file, path, stop.signal);
  expect(written.ok ? null : written.fault.code).toBe('cancelled');
  expect(progress).toEqual([]);
  expect(tableOf(path)).toEqual(before);
});
