// The page's effects on real files: a small image of a stick, and regular files that stand for disks beside this PC's own.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../flow/state';
import { systemPath } from '../stick/disks';
import { makeStickImage } from '../stick/image.fixture';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';
import { stickDesk } from './stick-desk';
import { sticksPerformer } from './sticks';

type Heard = Event<OpenVault, RunningGuest>;
const GiB = 2 ** 30;

let folder = '';
const at = (name: string): string => join(folder, name);
const ending: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-sticks-'));
});

afterEach(() => {
  for (const end of ending.splice(0)) end();
  rmSync(folder, { recursive: true, force: true });
});

function makeDisk(name: string, bytes: number): string {
  writeFileSync(at(name), '');
  truncateSync(at(name), bytes);
  return at(name);
}

function play(about: { readonly image?: string | null; readonly files?: readonly string[] }) {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const desk = stickDesk({
    image: () => (about.image === undefined ? at('soulpad.img') : about.image),
    files: about.files ?? [],
  });
  const perform = sticksPerformer({
    organs: { sticks: desk, seconds: () => performance.now() / 1000 },
    send: (event) => {
      heard.push(event);
      for (const look of waiting) look();
    },
    start: (work, failed) =>
      void work.catch((error) => heard.push(failed({ code: 'bug', stage: '', message: `${error}` }))),
  });
  ending.push(() => perform({ do: 'forgetDisks' }));
  /** The first that fits, whether it was heard already or comes yet. */
  const hear = <I extends Heard['is']>(
    is: I,
    fits: (event: Extract<Heard, { is: I }>) => boolean = () => true,
  ): Promise<Extract<Heard, { is: I }>> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = heard.find(
          (event): event is Extract<Heard, { is: I }> =>
            event.is === is && fits(event as Extract<Heard, { is: I }>),
        );
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { desk, heard, perform, hear };
}

type Table = { readonly name: string; readonly start: number; readonly size: number }[];

function tableOf(file: string): Table {
  const said = execFileSync('sfdisk', ['--json', file], {
    encoding: 'utf8',
    env: { ...process.env, ...systemPath },
  });
  return JSON.parse(said).partitiontable.partitions;
}

test('disks are told under ids that say nothing of their paths, with why one is refused', async () => {
  makeStickImage(at('soulpad.img'));
  const files = [makeDisk('small', GiB), makeDisk('large', 6 * GiB)];
  const { desk, perform, hear } = play({ files });
  perform({ do: 'watchDisks' });
  const { found } = await hear('disksFound');
  expect(found.image?.copyBytes).toBe(7 * 2 ** 20);
  expect(found.disks.slice(0, 2)).toMatchObject([
    { id: 'disk-1', name: files[0], refused: 'tooSmall' },
    { id: 'disk-2', name: files[1], refused: null },
  ]);
  expect(found.disks.slice(2).every(({ id }) => /^disk-\d+$/.test(id))).toBe(true);
  expect(desk.isNamed('disk-2', ` ${files[1]} `)).toBe(true);
  expect(desk.isNamed('disk-2', files[0] ?? '')).toBe(false);
  expect(desk.isNamed('disk-999', files[1] ?? '')).toBe(false);
});

test('what is plugged in later is told by itself, and nothing is told twice', async () => {
  makeStickImage(at('soulpad.img'));
  const { heard, perform, hear } = play({ files: [at('later')] });
  perform({ do: 'watchDisks' });
  await hear('disksFound');
  makeDisk('later', 6 * GiB);
  await hear('disksFound', ({ found }) => found.disks.some(({ name }) => name === at('later')));
  const told = heard.map((event) => JSON.stringify(event));
  expect(told.every((each, index) => each !== told[index - 1])).toBe(true);
});

test('without an image the disks are told all the same, and a file that is none is a fault', async () => {
  const none = play({ image: null });
  none.perform({ do: 'watchDisks' });
  expect((await none.hear('disksFound')).found.image).toBeNull();
  writeFileSync(at('notes.txt'), 'no table');
  const notes = play({ image: at('notes.txt') });
  notes.perform({ do: 'watchDisks' });
  expect((await notes.hear('disksFailed')).fault.code).toBe('unusableFile');
});

test('a disk is written, read back and grown, with each stage told', { timeout: 120_000 }, async () => {
  makeStickImage(at('soulpad.img'));
  const disk = makeDisk('disk', 12 * GiB);
  const { heard, perform, hear } = play({ files: [disk] });
  perform({ do: 'watchDisks' });
  await hear('disksFound');
  perform({ do: 'writeStick', id: 'disk-1' });
  const ended = await Promise.race([hear('stickWritten'), hear('stickFailed')]);
  expect(ended).toMatchObject({ done: { name: disk, writtenBytes: 7 * 2 ** 20, swapBytes: 768 * 2 ** 20 } });
  const reports = heard.flatMap((event) => (event.is === 'stickProgress' ? [event.progress] : []));
  expect([...new Set(reports.map(({ stage }) => stage))]).toEqual(['copy', 'verify', 'grow']);
  expect(reports.every(({ reversible }) => !reversible)).toBe(true);
  expect(tableOf(disk).at(-1)).toMatchObject({ name: 'soulpad-vault', size: (12 * 1024 - 776) * 2048 });
});

test('stopped after its first byte a disk is empty, and the next one can be written', async () => {
  makeStickImage(at('soulpad.img'));
  const disk = makeDisk('disk', 6 * GiB);
  const old = openSync(disk, 'r+');
  writeSync(old, Buffer.alloc(34 * 512, 0xee));
  closeSync(old);
  const { heard, perform, hear } = play({ files: [disk] });
  perform({ do: 'watchDisks' });
  await hear('disksFound');
  perform({ do: 'writeStick', id: 'disk-1' });
  await hear('stickProgress');
  perform({ do: 'cancelStick' });
  expect((await hear('stickFailed')).fault.code).toBe('cancelled');
  const table = Buffer.alloc(34 * 512, 0xee);
  const emptied = openSync(disk, 'r');
  readSync(emptied, table);
  closeSync(emptied);
  expect(table.every((byte) => byte === 0)).toBe(true);
  heard.length = 0;
  perform({ do: 'writeStick', id: 'disk-1' });
  await hear('stickWritten');
});

test('a disk that was never listed, and one that is gone, are not written', async () => {
  makeStickImage(at('soulpad.img'));
  const disk = makeDisk('disk', 6 * GiB);
  const { heard, perform, hear } = play({ files: [disk] });
  perform({ do: 'writeStick', id: 'disk-1' });
  expect((await hear('stickFailed')).fault.code).toBe('missingDisk');
  perform({ do: 'watchDisks' });
  await hear('disksFound');
  rmSync(disk);
  heard.length = 0;
  perform({ do: 'writeStick', id: 'disk-1' });
  const { fault } = await hear('stickFailed');
  expect(['missingFile', 'missingDisk']).toContain(fault.code);
  expect(heard.some(({ is }) => is === 'stickProgress')).toBe(false);
});
