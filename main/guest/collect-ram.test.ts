// Giving back the RAM files of generations that were thinned out: what anything still stands on is never removed, what
// nothing stands on does go, and what stays reads as it was written.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { collect, generationFolder, listGenerations, rollBack, thinOut } from '../generation/store';
import { endMachines, must } from './machine.fixture';
import { mergeRam } from './merge-ram';
import { makeRamHome, type RamHome, ramBytesOnDisk, readRam, session } from './ram-home.fixture';

afterEach(endMachines);

const ramPages = 1024;

/** A base and so many deltas, each of 100 pages of its own. */
async function chainOf(deltas: number): Promise<RamHome> {
  const home = await makeRamHome(ramPages);
  await session(home, pages(0, 1000, 7));
  for (let at = 1; at <= deltas; at++) await session(home, pages(at * 50, at * 50 + 100, at));
  return home;
}

function pages(from: number, to: number, value: number): Map<number, number> {
  return new Map(Array.from({ length: to - from }, (_, at) => [from + at, value]));
}

async function namesIn(home: RamHome, number: number): Promise<readonly string[]> {
  const names = await readdir(join(home.place.folder, generationFolder(number))).catch(() => null);
  return names?.sort() ?? ['(gone)'];
}

async function thin(home: RamHome, numbers: readonly number[]): Promise<number> {
  must(await thinOut(home.place, numbers));
  return must(await collect(home.place, home.current?.number ?? 0));
}

/** Numbers of the whole generations, each read page for page. */
async function wholeOnes(home: RamHome): Promise<readonly number[]> {
  const whole: number[] = [];
  for (const entry of must(await listGenerations(home.place))) {
    if (entry.kind !== 'whole') continue;
    expect(await readRam(home, entry.manifest)).toEqual(home.truth.get(entry.number));
    whole.push(entry.number);
  }
  return whole;
}

const merge = async (home: RamHome, mappable = 26_000) => {
  if (home.current === null) throw new Error('nothing was saved');
  return must(await mergeRam({ place: home.place, manifest: home.current, mappable, longest: 2 }));
};

describe('thinning out', () => {
  it('keeps base and deltas that a younger chain stands on, and takes the states', async () => {
    const home = await chainOf(3);
    expect(await thin(home, [1, 2, 3])).toBeGreaterThan(0);
    expect(await namesIn(home, 1)).toEqual(['ram.base', 'ram.index', 'thinned.json']);
    expect(await namesIn(home, 2)).toEqual(['ram.delta', 'ram.index', 'thinned.json']);
    expect(await wholeOnes(home)).toEqual([4]);
    await session(home, pages(0, 10, 9));
    expect(await wholeOnes(home)).toEqual([4, 5]);
  });

  it('gives the old chain back once the kept ones stand on a new base', async () => {
    const home = await chainOf(3);
    await merge(home, 1);
    await session(home, pages(0, 10, 9));
    const before = await ramBytesOnDisk(home);
    expect(await thin(home, [1, 2, 3])).toBeLessThan(before / 2);
    expect(await namesIn(home, 1), 'generation 4 stands on it').toContain('ram.base');
    expect(await thin(home, [4])).toBeGreaterThan(before / 3);
    for (const number of [1, 2, 3]) expect(await namesIn(home, number)).toEqual(['(gone)']);
    expect(await namesIn(home, 4)).toEqual(['ram-flat.base', 'ram-flat.index', 'thinned.json']);
    expect(await wholeOnes(home)).toEqual([5]);
  });

  it('keeps what a moment stands on that was gone back to, and what was left behind', async () => {
    const home = await chainOf(4);
    const { to } = must(await rollBack(home.place, 3));
    await session(home, pages(500, 600, 77), to);
    expect(await wholeOnes(home)).toEqual([1, 2, 3, 4, 5, 6]);
    await thin(home, [1, 2, 3, 4]);
    expect(await wholeOnes(home), 'one on each branch').toEqual([5, 6]);
    await thin(home, [5]);
    expect(await namesIn(home, 4), 'only the branch left behind stood on it').toEqual(['(gone)']);
    expect(await wholeOnes(home)).toEqual([6]);
  });
});

describe('a merge that no generation stands on', () => {
  it('stays for the next one, and goes when that stands elsewhere', async () => {
    const home = await chainOf(3);
    await merge(home);
    must(await collect(home.place, 4));
    expect(await namesIn(home, 4)).toContain('ram-merged.json');
    const { to } = must(await rollBack(home.place, 2));
    await session(home, pages(0, 10, 9), to);
    must(await collect(home.place, 5));
    expect(await namesIn(home, 4)).toEqual(['manifest.json', 'ram.delta', 'ram.index', 'state']);
    expect(await wholeOnes(home)).toEqual([1, 2, 3, 4, 5]);
  });

  it('stays as long as a session that was not saved may stand on it', async () => {
    const home = await chainOf(3);
    await merge(home);
    const { to } = must(await rollBack(home.place, 2));
    await session(home, pages(0, 10, 9), to);
    await mkdir(join(home.place.folder, generationFolder(6)));
    must(await collect(home.place, 5));
    expect(await namesIn(home, 4)).toContain('ram-over-0001.delta');
  });
});

it('removes nothing while a manifest cannot be read', async () => {
  const home = await chainOf(3);
  must(await thinOut(home.place, [1, 2]));
  await writeFile(join(home.place.folder, generationFolder(3), 'manifest.json'), '{');
  expect(must(await collect(home.place, 4))).toBe(0);
  expect(await namesIn(home, 1)).toEqual(['ram.base', 'ram.index', 'state', 'thinned.json']);
});
