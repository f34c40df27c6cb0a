// Merging and thinning on real qcow2 files: what a guest would read from its disk must be the same before and after,
// for every generation that stays, and also when the merge is cut at any of its steps.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectedBackings, mergeSteps, planMerge } from '../generation/merge';
import {
  beginSession,
  chainOf,
  collect,
  type GuestPlace,
  interruptedAfter,
  keepByDefault,
  listGenerations,
  type Manifest,
  planThin,
  readCurrent,
  readManifest,
  recordSums,
  rollBack,
  seal,
  thinOut,
  verifyGeneration,
} from '../generation/store';
import { createBase, createLayer, inspectLayer } from './disk';
import { must } from './machine.fixture';
import { mergeLayers } from './merge-layers';
import { startAfresh, startFromInterrupted } from './start-afresh';

const clusters = 64;
const clusterBytes = 65_536;

let root = '';
let place: GuestPlace;
/** generation -> what each cluster of its disk holds. */
let truth: Map<number, readonly number[]>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soulpad-m-'));
  place = { folder: join(root, 'g'), id: 'g', uuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e' };
  truth = new Map();
  await mkdir(join(place.folder, 'gen-0000'), { recursive: true });
  must(await createBase({ file: layerOf(0), bytes: clusters * clusterBytes }));
  await write(0, { 0: 1, 1: 2, 2: 3, 3: 4 });
  await sealIt({ ...machine, number: 0, parent: null, layers: [await ownLayer(0)] });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const machine: Omit<Manifest, 'number' | 'parent' | 'layers'> = {
  format: 'soulpad-generation',
  version: 1,
  guest: 'g',
  guestUuid: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e',
  machine: 'pc-q35-10.0',
  cpuModel: 'Nehalem-v1',
  ramBytes: 1 << 26,
  engine: null,
  state: null,
  ram: null,
  nonZeroBytes: null,
  createdAt: '2026-01-02T03:04:05.000Z',
};

const layerOf = (number: number): string =>
  join(place.folder, `gen-${String(number).padStart(4, '0')}`, 'disk.qcow2');

async function ownLayer(number: number): Promise<Manifest['layers'][number]> {
  return { generation: number, file: 'disk.qcow2', bytes: (await stat(layerOf(number))).size };
}

/** Writes clusters with qemu-io; 0 writes zeros over what is below. */
async function write(number: number, values: Readonly<Record<number, number>>): Promise<void> {
  const commands = Object.entries(values).flatMap(([at, value]) => {
    const where = `${Number(at) * clusterBytes} ${clusterBytes}`;
    return ['-c', value === 0 ? `write -z ${where}` : `write -P ${value} ${where}`];
  });
  execFileSync('qemu-io', ['-f', 'qcow2', ...commands, layerOf(number)], { stdio: 'ignore' });
  const below = truth.get(number) ?? truth.get(number - 1) ?? Array.from({ length: clusters }, () => 0);
  truth.set(
    number,
    below.map((value, at) => values[at] ?? value),
  );
}

async function sealIt(manifest: Manifest): Promise<void> {
  const folder = join(place.folder, `gen-${String(manifest.number).padStart(4, '0')}`);
  const session = {
    number: manifest.number,
    folder,
    parent: manifest,
    below: [],
    layer: layerOf(manifest.number),
  };
  must(await seal({ place, session, manifest }));
  must(await recordSums(place, manifest));
}

/** A session on CURRENT that writes; sealed as a switched-off guest unless it is to look like a crash. */
async function session(values: Readonly<Record<number, number>>, interrupted = false): Promise<number> {
  const parent = must(await readManifest(place, must(await readCurrent(place))));
  const below = chainOf(parent).at(-1);
  const backing = join(place.folder, below?.folder ?? '', below?.file ?? '');
  const begun = must(
    await beginSession({
      ...{ place, parent, startedAt: machine.createdAt },
      makeLayer: (file) => createLayer({ file, backing }),
    }),
  );
  truth.set(begun.number, truth.get(parent.number) ?? []);
  await write(begun.number, values);
  if (interrupted) return begun.number;
  const layers = [...parent.layers, await ownLayer(begun.number)];
  await sealIt({ ...machine, number: begun.number, parent: parent.number, layers });
  return begun.number;
}

/** What a guest would read, through the chain that the manifest tells (as main/guest/argv.ts opens it). */
function read(manifest: Manifest): readonly number[] {
  const opened = chainOf(manifest).reduce<object | null>(
    (backing, layer) => ({
      ...{ driver: 'qcow2', 'read-only': true, backing },
      file: { driver: 'file', filename: join(place.folder, layer.folder, layer.file) },
    }),
    null,
  );
  const raw = join(root, 'raw');
  execFileSync('qemu-img', ['convert', '-O', 'raw', `json:${JSON.stringify(opened)}`, raw]);
  const bytes = execFileSync('cat', [raw], { maxBuffer: 1 << 26 });
  return Array.from({ length: clusters }, (_, at) => {
    const cluster = bytes.subarray(at * clusterBytes, (at + 1) * clusterBytes);
    const [first = -1] = cluster;
    return cluster.every((byte) => byte === first) ? first : -1;
  });
}

/** Every generation that is listed as whole verifies and reads as it was written. */
async function expectTruth(): Promise<readonly number[]> {
  const whole: number[] = [];
  for (const entry of must(await listGenerations(place))) {
    if (entry.kind === 'damaged') throw new Error(entry.fault.message);
    if (entry.kind !== 'whole') continue;
    must(await verifyGeneration(place, entry.number));
    expect(read(entry.manifest), `generation ${entry.number}`).toEqual(truth.get(entry.number));
    whole.push(entry.number);
  }
  return whole;
}

/** base, then three sessions: overwriting, zeroing, adding. */
async function chainOfFour(): Promise<void> {
  await session({ 1: 21, 4: 22, 5: 23 });
  await session({ 2: 0, 4: 31, 6: 32 });
  await session({ 5: 41, 7: 42 });
}

async function mergeNow(signal?: AbortSignal, cutAt?: string): Promise<unknown> {
  const manifest = must(await readManifest(place, must(await readCurrent(place))));
  const plan = planMerge(manifest, 2);
  if (plan === null) throw new Error('nothing to merge');
  return mergeLayers({
    ...{ place, manifest, plan, timeoutMs: 60_000, signal },
    onStep: (step) => {
      if (step === cutAt) throw new Error('cut');
    },
  });
}

describe('merging', () => {
  test('makes one layer of three; every generation reads as before, and the headers tell the same chain', async () => {
    await chainOfFour();
    expect(await mergeNow()).toMatchObject({ ok: true });
    const merged = must(await readManifest(place, 3));
    expect(merged.layers.map((layer) => [layer.generation, layer.file])).toEqual([
      [0, 'disk.qcow2'],
      [3, 'disk-over-0000.qcow2'],
    ]);
    for (const { layer, backing } of expectedBackings(merged)) {
      const facts = must(await inspectLayer(join(place.folder, layer.folder, layer.file)));
      expect(facts.backing).toBe(backing);
    }
    expect(await expectTruth()).toEqual([0, 1, 2, 3]);
    await session({ 8: 51, 1: 52 });
    expect(await expectTruth()).toEqual([0, 1, 2, 3, 4]);
    expect(await readdir(join(place.folder, 'gen-0003'))).not.toContain('disk.qcow2');
  });

  test('cut before any of its steps leaves every generation as it was, and the next merge goes on', async () => {
    await chainOfFour();
    for (const { name } of mergeSteps) {
      await expect(mergeNow(undefined, name)).rejects.toThrow('cut');
      expect(await expectTruth(), name).toEqual([0, 1, 2, 3]);
      if (name !== 'collect') expect(await mergeable(), name).toBe(true);
    }
    must(await collect(place, 3));
    expect(await expectTruth()).toEqual([0, 1, 2, 3]);
    expect((await readdir(join(place.folder, 'gen-0003'))).sort()).toEqual([
      ...['disk-over-0000.qcow2', 'manifest.json', 'session.json', 'sums.json'],
    ]);
  });

  async function mergeable(): Promise<boolean> {
    return planMerge(must(await readManifest(place, 3)), 2) !== null;
  }

  test('cancelled, changes nothing and leaves no file', async () => {
    await chainOfFour();
    const before = await readdir(join(place.folder, 'gen-0003'));
    expect(await mergeNow(AbortSignal.abort())).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(await readdir(join(place.folder, 'gen-0003'))).toEqual(before);
    expect(await expectTruth()).toEqual([0, 1, 2, 3]);
  });

  test('does not follow a header that tells another chain than the manifest', async () => {
    await chainOfFour();
    execFileSync('qemu-img', ['rebase', '-u', '-F', 'qcow2', '-b', '../gen-0000/disk.qcow2', layerOf(3)]);
    expect(await mergeNow()).toMatchObject({ ok: false, fault: { code: 'damagedGuest' } });
  });

  test('keeps a chain of fifty sessions short, and writes each byte only a few times', async () => {
    let written = 0;
    let longest = 0;
    for (let n = 0; n < 50; n++) {
      await session({ [n % clusters]: (n % 250) + 1, [(n * 7) % clusters]: 251 });
      const manifest = must(await readManifest(place, must(await readCurrent(place))));
      longest = Math.max(longest, manifest.layers.length);
      const plan = planMerge(manifest, 8);
      if (plan === null) continue;
      written += plan.bytes;
      must(await mergeLayers({ place, manifest, plan, timeoutMs: 60_000 }));
    }
    expect(longest).toBeLessThanOrEqual(9);
    const current = must(await readCurrent(place));
    must(await thinOut(place, Array.from({ length: current }, (_, number) => number).slice(1)));
    must(await collect(place, current));
    expect(read(must(await readManifest(place, current)))).toEqual(truth.get(current));
    const total = must(await readManifest(place, current)).layers.reduce(
      (sum, layer) => sum + layer.bytes,
      0,
    );
    expect(total).toBeLessThan(60 * 4 * clusterBytes);
    expect(written).toBeLessThan(50 * 8 * 5 * clusterBytes);
  });
});

describe('thinning out', () => {
  test('removes a generation but never a layer that a later one stands on', async () => {
    await chainOfFour();
    must(await thinOut(place, [1, 2]));
    must(await collect(place, 3));
    expect(await expectTruth()).toEqual([0, 3]);
    expect((await readdir(place.folder)).filter((name) => name.startsWith('gen-'))).toHaveLength(4);
    expect(await mergeNow()).toMatchObject({ ok: true });
    must(await collect(place, 3));
    expect(await expectTruth()).toEqual([0, 3]);
    expect((await readdir(place.folder)).filter((name) => name.startsWith('gen-')).sort()).toEqual([
      'gen-0000',
      'gen-0003',
    ]);
  });

  test('collects nothing while a manifest cannot be read', async () => {
    await chainOfFour();
    must(await thinOut(place, [1]));
    await rm(join(place.folder, 'gen-0002/manifest.json'));
    await mkdir(join(place.folder, 'gen-0002/manifest.json'));
    expect(must(await collect(place, 3))).toBe(0);
    expect(await readdir(join(place.folder, 'gen-0001'))).toContain('disk.qcow2');
  });

  test('keeps the last ones, then one a day, then one a week; never CURRENT nor anything newer', () => {
    const entries = Array.from({ length: 120 }, (_, number) => ({
      ...{ kind: 'whole' as const, number },
      // Four a day, the last of them on 30 January.
      manifest: {
        ...{ ...machine, number, parent: null, layers: [] },
        createdAt: new Date(Date.parse('2026-01-01T00:00:00Z') + number * 6 * 3_600_000).toISOString(),
      },
    }));
    const now = '2026-01-30T20:00:00Z';
    const gone = new Set(planThin({ entries, current: 117, keep: keepByDefault, now }));
    const kept = entries.map((entry) => entry.number).filter((number) => !gone.has(number));
    expect(kept.filter((number) => number >= 117)).toEqual([117, 118, 119]);
    expect(kept.filter((number) => number >= 107 && number < 117)).toHaveLength(10);
    const days = new Set(kept.map((number) => Math.floor(number / 4)));
    for (let day = 16; day < 30; day++) expect(days.has(day), `day ${day}`).toBe(true);
    expect(kept.length).toBeLessThan(30);
    expect(planThin({ entries: entries.slice(0, 5), current: 4, keep: keepByDefault, now })).toEqual([]);
  });
});

describe('rolling back', () => {
  test('and forward again reads each as it was; the next session gets a number of its own', async () => {
    await chainOfFour();
    expect(must(await rollBack(place, 1))).toMatchObject({ from: 3, to: { number: 1 } });
    const branch = await session({ 9: 61 });
    expect(branch).toBe(4);
    expect(read(must(await readManifest(place, 4)))[5]).toBe(23);
    must(await rollBack(place, 3));
    expect(await expectTruth()).toEqual([0, 1, 2, 3, 4]);
    expect(must(await readCurrent(place))).toBe(3);
  });

  test('to a damaged generation is refused and changes nothing', async () => {
    await chainOfFour();
    await rm(layerOf(1));
    expect(await rollBack(place, 2)).toMatchObject({ ok: false, fault: { code: 'damagedState' } });
    expect(must(await readCurrent(place))).toBe(3);
  });
});

describe('after a crash', () => {
  test('the interrupted session can be started from; the moment before stays and can be gone back to', async () => {
    await session({ 1: 21 });
    const lost = await session({ 2: 71, 10: 72 }, true);
    const found = interruptedAfter({
      ...{ entries: must(await listGenerations(place)), current: 1, isAwake: false },
    });
    expect(found).toMatchObject({ number: lost, layerBytes: expect.any(Number) });
    // What collects must not take it away before the choice.
    must(await collect(place, 1));
    expect(must(await startFromInterrupted(place, lost))).toMatchObject({
      number: lost,
      state: null,
      parent: 1,
    });
    expect(await expectTruth()).toEqual([0, 1, lost]);
    expect(must(await readCurrent(place))).toBe(lost);
    must(await rollBack(place, 1));
    expect(await expectTruth()).toEqual([0, 1, lost]);
  });

  test('leaked clusters are given back, damaged tables are refused', async () => {
    const lost = await session({ 2: 71 }, true);
    const bytes = await readFile(layerOf(lost));
    // The refcount table of a new layer lies in its second cluster: nothing of the file is accounted for any more.
    execFileSync(
      'dd',
      [...['if=/dev/urandom', `of=${layerOf(lost)}`, 'bs=65536', 'seek=1', 'count=1', 'conv=notrunc']],
      { stdio: 'ignore' },
    );
    expect(await startFromInterrupted(place, lost)).toMatchObject({ ok: false });
    expect(must(await readCurrent(place))).toBe(0);
    expect(bytes.length).toBeGreaterThan(0);
  });

  test('an older interrupted session is not asked about again, and goes once a newer moment was saved', async () => {
    const lost = await session({ 2: 71 }, true);
    const next = await session({ 3: 81 });
    const entries = must(await listGenerations(place));
    expect(interruptedAfter({ entries, current: next, isAwake: false })).toBeNull();
    must(await collect(place, next));
    expect((await readdir(place.folder)).includes(`gen-000${lost}`)).toBe(false);
    expect(await expectTruth()).toEqual([0, next]);
  });

  test('a guest that was off already is started as it is', async () => {
    expect(must(await startAfresh(place, machine.createdAt)).number).toBe(0);
  });
});
