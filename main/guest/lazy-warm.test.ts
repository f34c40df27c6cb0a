// The working set: noted, kept together in a warm file, read ahead. It saves time and nothing else: whatever becomes of
// hint and warm file, what wakes is what was saved, and a warm file that is damaged never wakes.
import { open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Manifest, ramFilesOf } from '../generation/manifest';
import { viewOf } from '../generation/ram-chain';
import { openParts, readChain } from '../generation/ram-files';
import { countPages, type PageRun, pageBytes } from '../generation/ram-index';
import { readTouched, writeTouched } from '../generation/ram-touched';
import { collect, generationFolder, rollBack, verifyGeneration } from '../generation/store';
import {
  begin,
  engine,
  expectSameGuest,
  groundOf,
  library,
  makeHome,
  never,
  ramBytes,
  saveAndEnd,
} from './lazy-home.fixture';
import { warmUp } from './lazy-warm';
import { endMachines, must, witnessIsBuilt, witnessMissing } from './machine.fixture';
import { keepWarm, mergeRam } from './merge-ram';
import { makeRamHome, type RamHome, readRam, session } from './ram-home.fixture';

afterEach(endMachines);

const ramPages = 4096;

function filled(from: number, to: number, value: number): Map<number, number> {
  return new Map(Array.from({ length: to - from }, (_, at) => [from + at, value]));
}

/** Single pages all over a base and a delta. */
const touched: readonly PageRun[] = Array.from({ length: 100 }, (_, at) => ({ first: at * 17, pages: 2 }));

async function twoSessions(): Promise<{ home: RamHome; newest: Manifest }> {
  const home = await makeRamHome(ramPages);
  await session(home, filled(0, 2000, 7));
  return { home, newest: await session(home, filled(100, 400, 21)) };
}

const namesOf = (manifest: Manifest) =>
  ramFilesOf(manifest)?.map((file) => file.file.replace(/[0-9a-f]{8}/, 'SUM'));

async function readAhead(home: RamHome, manifest: Manifest, runs: readonly PageRun[]) {
  const parts = must(await readChain(home.place, manifest));
  const files = must(await openParts(parts));
  const view = viewOf(
    ramPages,
    parts.map((part) => part.index),
  );
  const read = await warmUp({ parts, files, view, touched: runs });
  for (const file of files) await file.close();
  return read;
}

describe('a warm file', () => {
  it('holds the touched pages in one piece, and the next generation tells the same RAM with it', async () => {
    const { home, newest } = await twoSessions();
    must(await keepWarm({ place: home.place, manifest: newest, touched }));
    const next = await session(home, filled(60, 70, 51));
    expect(namesOf(next)).toEqual(['ram.base', 'ram.delta', 'ram-warm-SUM.delta', 'ram.delta']);
    expect(await readRam(home, next)).toEqual(home.truth.get(3));
    expect(await readRam(home, newest)).toEqual(home.truth.get(2));
    expect(must(await verifyGeneration(home.place, 3))).toBe(true);
    expect(must(await readAhead(home, next, touched)), 'the whole file, and what changed since').toBe(
      (200 + 2) * pageBytes,
    );
  });

  it('is not written again while most is together, and replaces the older one when it is not', async () => {
    const { home, newest } = await twoSessions();
    must(await keepWarm({ place: home.place, manifest: newest, touched }));
    const third = await session(home, filled(60, 70, 51));
    expect(must(await keepWarm({ place: home.place, manifest: third, touched }))).toBeNull();
    const others = touched.map(({ first, pages }) => ({ first: first + 5, pages }));
    must(await keepWarm({ place: home.place, manifest: third, touched: others }));
    const fourth = await session(home, filled(0, 1, 9));
    expect(namesOf(fourth)).toEqual([
      'ram.base',
      'ram.delta',
      'ram.delta',
      'ram-warm-SUM.delta',
      'ram.delta',
    ]);
    expect(await readRam(home, fourth)).toEqual(home.truth.get(4));
    expect(await readRam(home, third)).toEqual(home.truth.get(3));
  });

  it('goes into a merge and can be kept anew after it', async () => {
    const { home, newest } = await twoSessions();
    must(await keepWarm({ place: home.place, manifest: newest, touched }));
    const third = await session(home, filled(60, 70, 51));
    must(await mergeRam({ place: home.place, manifest: third, mappable: 26_000, longest: 2 }));
    must(await keepWarm({ place: home.place, manifest: third, touched }));
    const fourth = await session(home, filled(0, 1, 9));
    expect(namesOf(fourth)).toEqual(['ram.base', 'ram-over-0001.delta', 'ram-warm-SUM.delta', 'ram.delta']);
    expect(await readRam(home, fourth)).toEqual(home.truth.get(4));
  });

  it('that a later moment stands on is not changed by waking an older one again', async () => {
    const { home, newest } = await twoSessions();
    must(await keepWarm({ place: home.place, manifest: newest, touched }));
    const third = await session(home, filled(60, 70, 51));
    const { to } = must(await rollBack(home.place, 2));
    const others = touched.map(({ first, pages }) => ({ first: first + 5, pages }));
    must(await keepWarm({ place: home.place, manifest: to, touched: others }));
    await session(home, filled(0, 1, 9), to);
    must(await collect(home.place, 4));
    expect(await readRam(home, third)).toEqual(home.truth.get(3));
  });

  it('of which a bit is damaged is found before the guest goes on', async () => {
    const { home, newest } = await twoSessions();
    must(await keepWarm({ place: home.place, manifest: newest, touched }));
    const next = await session(home, filled(60, 70, 51));
    const folder = join(home.place.folder, generationFolder(2));
    const name = (await readdir(folder)).find((one) => /^ram-warm-.*delta$/.test(one)) ?? '';
    const file = await open(join(folder, name), 'r+');
    await file.write(Buffer.from([255]), 0, 1, 5000);
    await file.close();
    expect(await readAhead(home, next, touched)).toMatchObject({ fault: { code: 'damagedState' } });
  });
});

describe('the hint of what was touched', () => {
  it('comes back as it was noted, and is empty where it is missing, damaged or of another RAM', async () => {
    const { home } = await twoSessions();
    const { place } = home;
    expect(await readTouched(place, ramPages)).toEqual([]);
    must(await writeTouched({ place, ramPages, runs: touched }));
    expect(await readTouched(place, ramPages)).toEqual(touched);
    expect(await readTouched(place, ramPages * 2)).toEqual([]);
    for (const bytes of ['', 'SPTOUCH1', 'SPTOUCH1\u0000\u0010\u0000\u0000odd', 'x'.repeat(5000)]) {
      await writeFile(join(place.folder, 'ram.touched'), bytes);
      expect(await readTouched(place, ramPages)).toEqual([]);
    }
    await rm(join(place.folder, 'ram.touched'));
    must(await writeTouched({ place, ramPages, runs: [] }));
  });
});

describe.skipIf(!witnessIsBuilt || library === null)(`a real guest (else: ${witnessMissing})`, () => {
  it('wakes with its working set read ahead, and is the same guest', async () => {
    const home = await makeHome();
    const { place } = home.ground;
    let machine = await begin(home);
    let before = await machine.nextTick();
    await saveAndEnd(home, machine);
    for (let at = 0; at < 3; at++) {
      const ordered = must(await engine.start(groundOf(home)));
      const ahead = must((await ordered.warmed) ?? { ok: true, value: -1 });
      await ordered.close();
      if (at === 0) expect(ahead).toBe(0);
      else expect(ahead).toBeGreaterThan(0);
      machine = await begin(home);
      const after = await machine.nextTick();
      expectSameGuest(before, after);
      const ground = groundOf(home);
      const qemuPid = machine.child.pid ?? 0;
      const noted = must((await engine.noteTouched?.({ qemuPid, ground })) ?? noSuchAct);
      expect(countPages(noted.all)).toBeGreaterThan(0);
      // The witness touches all of its RAM, which is no working set: a part of it stands for one.
      const same = noted.same
        .slice(0, 200)
        .map(({ first, pages }) => ({ first, pages: Math.min(pages, 10) }));
      must(await writeTouched({ place, ramPages: ramBytes / pageBytes, runs: same }));
      const touchedThen = { same, all: noted.all };
      const order = { ground, touched: touchedThen, signal: never, rest: async () => {} };
      must((await engine.mergeRam?.(order)) ?? noSuchAct);
      before = await machine.nextTick();
      const saved = await saveAndEnd(home, machine);
      expect(saved.ram.deltas.some((file) => file.file.startsWith('ram-warm-'))).toBe(true);
    }
    const { ram } = home.generations.at(-1) ?? { ram: null };
    if (ram === null || ram.base === 'state') throw new Error('it was saved lazily');
    expect(
      ram.deltas.filter((file) => file.file.startsWith('ram-warm-')),
      'one at a time',
    ).toHaveLength(1);
    expect((await stat(join(place.folder, 'ram.touched'))).mode & 0o777).toBe(0o600);
  }, 300_000);
});

const noSuchAct = {
  ok: false,
  fault: { code: 'bug', stage: '', message: 'the engine has no such act' },
} as const;
