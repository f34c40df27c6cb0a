// Merging RAM chains: what wakes from every generation that stays is the same before and after, whatever the merge is
// cut at, and fifty sessions leave a chain, mappings and space that are bounded.
import { open, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Manifest, ramFilesOf } from '../generation/manifest';
import { deltaRunsOf, viewOf, zeroedRunsOf } from '../generation/ram-chain';
import { readChain } from '../generation/ram-files';
import { pageBytes } from '../generation/ram-index';
import { longestRamChain, ramMergeSteps } from '../generation/ram-merge';
import { readMergedRecord } from '../generation/ram-merged';
import { collect, listGenerations, planThin, thinOut, verifyGeneration } from '../generation/store';
import { begin, expectSameGuest, library, makeHome, ramBytes, saveAndEnd } from './lazy-home.fixture';
import { mappableRuns } from './lazy-plan';
import { endMachines, must, witnessIsBuilt, witnessMissing } from './machine.fixture';
import { mergeRam } from './merge-ram';
import { folderName, makeRamHome, type RamHome, ramBytesOnDisk, readRam, session } from './ram-home.fixture';

afterEach(endMachines);

const ramPages = 4096;
const plenty = 26_000;

/** The same numbers in each run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function filled(from: number, to: number, value: number): Map<number, number> {
  return new Map(Array.from({ length: to - from }, (_, at) => [from + at, value]));
}

async function expectTruth(home: RamHome): Promise<readonly number[]> {
  const whole: number[] = [];
  for (const entry of must(await listGenerations(home.place))) {
    if (entry.kind === 'damaged') throw new Error(entry.fault.message);
    if (entry.kind !== 'whole') continue;
    expect(await readRam(home, entry.manifest), `generation ${entry.number}`).toEqual(
      home.truth.get(entry.number),
    );
    whole.push(entry.number);
  }
  return whole;
}

function currentOf(home: RamHome): Manifest {
  if (home.current === null) throw new Error('nothing was saved yet');
  return home.current;
}

/** A base and three deltas: overwriting, zeroing, adding. */
async function chainOfFour(): Promise<RamHome> {
  const home = await makeRamHome(ramPages);
  await session(home, filled(0, 2000, 7));
  await session(home, filled(100, 400, 21));
  await session(home, new Map([...filled(50, 150, 0), ...filled(300, 350, 31), ...filled(3000, 3100, 32)]));
  await session(home, new Map([...filled(3050, 3060, 0), ...filled(10, 20, 41)]));
  return home;
}

const merge = (home: RamHome, about: Partial<Parameters<typeof mergeRam>[0]> = {}) =>
  mergeRam({ place: home.place, manifest: currentOf(home), mappable: plenty, longest: 2, ...about });

describe('a chain that has grown long', () => {
  it('is told in one delta over the base, and the next generation stands on it', async () => {
    const home = await chainOfFour();
    expect(must(await merge(home))).toMatchObject({
      base: { generation: 1, file: 'ram.base' },
      deltas: [{ generation: 4, file: 'ram-over-0001.delta' }],
    });
    expect(must(await merge(home)), 'it was done before').toBeNull();
    const next = await session(home, filled(60, 70, 51));
    expect(ramFilesOf(next)?.map((file) => `${file.generation} ${file.file}`)).toEqual([
      '1 ram.base',
      '4 ram-over-0001.delta',
      '5 ram.delta',
    ]);
    expect(await expectTruth(home)).toEqual([1, 2, 3, 4, 5]);
    expect(must(await verifyGeneration(home.place, 5))).toBe(true);
  });

  it('of too many runs becomes a new base, which has nothing of what was given back', async () => {
    const home = await chainOfFour();
    const merged = must(await merge(home, { mappable: 4 }));
    expect(merged).toMatchObject({ base: { generation: 4, file: 'ram-flat.base' }, deltas: [] });
    const next = await session(home, filled(60, 70, 51));
    const parts = must(await readChain(home.place, next));
    expect(parts).toHaveLength(2);
    expect(await expectTruth(home)).toEqual([1, 2, 3, 4, 5]);
  });

  it('that is cut before any step is as it was, and merged the next time; what is left over goes', async () => {
    for (const mappable of [plenty, 4]) {
      const home = await chainOfFour();
      for (const { name } of ramMergeSteps) {
        const cut = merge(home, {
          mappable,
          onStep: (step) => {
            if (step === name) throw new Error('cut');
          },
        });
        await expect(cut).rejects.toThrow('cut');
        expect(await expectTruth(home), name).toEqual([1, 2, 3, 4]);
      }
      must(await collect(home.place, 4));
      expect((await readdir(join(home.place.folder, folderName(4)))).sort()).toEqual([
        'manifest.json',
        'ram.delta',
        'ram.index',
        'state',
      ]);
      expect(must(await merge(home, { mappable }))).not.toBeNull();
      await session(home, filled(1, 2, 3));
      expect(await expectTruth(home)).toEqual([1, 2, 3, 4, 5]);
    }
  });

  it('that is damaged is never given a new sum', async () => {
    const home = await chainOfFour();
    await flip(join(home.place.folder, folderName(2), 'ram.delta'), 5000);
    expect(await merge(home)).toMatchObject({ fault: { code: 'damagedState', stage: 'generation.readRam' } });
    const left = await readdir(join(home.place.folder, folderName(4)));
    expect(left.sort()).toEqual(['manifest.json', 'ram.delta', 'ram.index', 'state']);
  });

  it('and was merged into a file that is gone, cut short or another one is told by its manifest', async () => {
    const spoil: readonly ((path: string) => Promise<unknown>)[] = [
      (path) => rm(path),
      (path) => truncate(path, pageBytes),
      (path) => flip(path.replace('.delta', '.index'), 60),
    ];
    for (const damage of spoil) {
      const home = await chainOfFour();
      must(await merge(home));
      await damage(join(home.place.folder, folderName(4), 'ram-over-0001.delta'));
      const next = await session(home, filled(60, 70, 51));
      expect(ramFilesOf(next)).toHaveLength(5);
      expect(await expectTruth(home)).toEqual([1, 2, 3, 4, 5]);
      expect(must(await merge(home)), 'and merged anew').not.toBeNull();
    }
  });

  it('stops at once when it is told, and leaves nothing', async () => {
    const home = await makeRamHome(ramPages);
    await session(home, filled(0, 2000, 7));
    for (const value of [1, 2, 3]) await session(home, filled(0, 1000, value));
    const person = new AbortController();
    const rest = async () => person.abort();
    expect(await merge(home, { signal: person.signal, rest })).toMatchObject({
      fault: { code: 'cancelled' },
    });
    expect(await readdir(join(home.place.folder, folderName(4)))).not.toContain('merging.ram');
  });
});

describe('fifty sessions', () => {
  it.each([
    ['the same programs', (roll: (below: number) => number) => clusters(roll, 1200), 1],
    ['single pages anywhere', (roll: (below: number) => number) => singles(roll, 300), 3],
  ])(
    'of %s leave a bounded chain, mappings and space',
    async (_name, changesBy, times) => {
      const home = await makeRamHome(ramPages);
      const roll = dice(50);
      await session(home, filled(0, 3000, 1));
      const mappable = 1500;
      let changed = 0;
      let merged = 0;
      for (let at = 2; at <= 50; at++) {
        const changes = changesBy(roll);
        changed += changes.size;
        await session(home, changes);
        const chain = must(await merge(home, { mappable, longest: longestRamChain }));
        const newest = chain?.base.generation === at ? chain.base : chain?.deltas.at(-1);
        if (newest !== undefined) merged += (await pagesIn(home, newest.file, at)) ?? 0;
        expect(ramFilesOf(currentOf(home))?.length).toBeLessThanOrEqual(longestRamChain + 2);
        expect(await mappingsOf(home)).toBeLessThanOrEqual(mappable);
        if (at % 10 === 0) await thin(home, at);
      }
      await thin(home, 50);
      expect((await expectTruth(home)).at(-1)).toBe(50);
      // Two kept generations share what the newest chain has: a base, at most as much again merged, and recent deltas.
      expect(await ramBytesOnDisk(home)).toBeLessThan(4 * ramPages * pageBytes);
      expect(merged, 'pages written by merging, for each that was changed').toBeLessThan(times * changed);
    },
    120_000,
  );
});

function clusters(roll: (below: number) => number, within: number): Map<number, number> {
  const changes = new Map<number, number>();
  for (let run = 0; run < 12; run++) {
    const first = roll(within);
    for (let page = first; page < first + 20; page++)
      changes.set(page, roll(5) === 0 ? 0 : 1 + roll(2 ** 30));
  }
  return changes;
}

function singles(roll: (below: number) => number, count: number): Map<number, number> {
  return new Map(Array.from({ length: count }, () => [roll(ramPages), 1 + roll(2 ** 30)]));
}

async function pagesIn(home: RamHome, file: string, number: number): Promise<number | null> {
  const manifest = { ...currentOf(home) };
  const ram = await readMergedRecord(home.place, number);
  if (ram === null) return null;
  const parts = must(await readChain(home.place, { ...manifest, ram }));
  const own = parts.find((part) => part.index.file === file && part.index.number === number);
  return own === undefined ? null : own.index.data.reduce((sum, run) => sum + run.pages, 0);
}

async function mappingsOf(home: RamHome): Promise<number> {
  const parts = must(await readChain(home.place, currentOf(home)));
  const indexes = parts.map((part) => part.index);
  const view = viewOf(ramPages, indexes);
  return deltaRunsOf(view).length + zeroedRunsOf(view, indexes[0]).length;
}

async function thin(home: RamHome, current: number): Promise<void> {
  const entries = must(await listGenerations(home.place));
  const now = currentOf(home).createdAt;
  const numbers = planThin({ entries, current, keep: { last: 1, days: 0, weeks: 0 }, now });
  must(await thinOut(home.place, numbers));
  must(await collect(home.place, current));
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

const sessions = process.env.SOULPAD_FULL === '1' ? 50 : 8;
const longest = process.env.SOULPAD_FULL === '1' ? longestRamChain : 3;

describe.skipIf(!witnessIsBuilt || library === null)(`a real guest (else: ${witnessMissing})`, () => {
  it(`goes on through ${sessions} sessions, merged while it runs, with a bounded chain, mappings and space`, async () => {
    const home = await makeHome();
    const { place } = home.ground;
    const mappable = await mappableRuns();
    let machine = await begin(home);
    let before = await machine.nextTick();
    await saveAndEnd(home, machine);
    const seconds: { readonly wake: number; readonly save: number }[] = [];
    for (let at = 2; at <= sessions; at++) {
      let began = performance.now();
      machine = await begin(home);
      const after = await machine.nextTick();
      const wake = (performance.now() - began) / 1000;
      expectSameGuest(before, after);
      const manifest = home.generations.at(-1);
      if (manifest === undefined) throw new Error('a generation was saved');
      must(await mergeRam({ place, manifest, mappable, longest }));
      before = await machine.nextTick();
      began = performance.now();
      const saved = await saveAndEnd(home, machine);
      seconds.push({ wake, save: (performance.now() - began) / 1000 });
      expect(saved.ram.deltas.length).toBeLessThanOrEqual(longest + 1);
      if (at % 4 !== 0) continue;
      const entries = must(await listGenerations(place));
      const keep = { last: 2, days: 0, weeks: 0 };
      must(await thinOut(place, planThin({ entries, current: at, keep, now: new Date().toISOString() })));
      must(await collect(place, at));
    }
    console.log(JSON.stringify({ sessions, second: seconds[0], last: seconds.at(-1) })); // reported, never asserted
    expectSameGuest(before, await (await begin(home)).nextTick());
    const space = await ramBytesOnDisk({
      place,
      ramPages: ramBytes / pageBytes,
      truth: new Map(),
      current: null,
    });
    expect(space).toBeLessThan(3 * ramBytes);
  }, 600_000);
});
