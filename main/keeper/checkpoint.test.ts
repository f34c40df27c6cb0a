// Live checkpoints with a real QEMU and the witness, which checks all of its RAM and disk at every tick: the guest lives
// on, a crash costs what came after the checkpoint and no saved file, and whatever a checkpoint is cut at leaves the
// old generation or the new one, both whole.
import { open as openFile, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkpointSteps } from '../generation/checkpoint-protocol';
import {
  chainOf,
  interruptedAfter,
  listGenerations,
  type Manifest,
  readCurrent,
  readManifest,
  rollBack,
  verifyGeneration,
} from '../generation/store';
import { writeSettings } from '../guest/settings';
import { startFromInterrupted } from '../guest/start-afresh';
import { run } from '../process/run';
import {
  bundle,
  crash,
  cutAt,
  endWorlds,
  kinds,
  makeWorld,
  must,
  open,
  removeBundles,
  type Tick,
  ticks,
  until,
  type World,
  wake,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';

let program = '';
let cutProgram = '';

beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
  cutProgram = await bundle({ source: 'cut-keeper.fixture.ts', name: 'cut-keeper.cjs' });
});
afterEach(endWorlds);
afterAll(removeBundles);

/** Whether `tick` is the same life at that moment or later. */
function expectSame(tick: Tick | undefined, born: Tick | undefined): void {
  expect(tick).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
  expect(tick?.n).toBeGreaterThanOrEqual(born?.n ?? Number.NaN);
}

/** The layers that QEMU has open for writing, as folder names. */
async function writableLayers(pid: number): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const path = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const layer = /(gen-\d+)\/disk\.qcow2$/.exec(path)?.[1];
    const flags = /^flags:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    if (layer !== undefined && (Number.parseInt(flags, 8) & 3) !== 0) found.add(layer);
  }
  return [...found];
}

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('a checkpoint', () => {
  test('is a whole generation, and the guest lives on in the next layer; a crash returns to it', async () => {
    const world = await makeWorld();
    const handle = await wake(world, program);
    const told: string[] = [];
    handle.onCheckpoint((at) => told.push(at));
    const [before] = await ticks(world);
    const made = must(await handle.checkpoint());
    expect(made).toMatchObject({ generation: 1, parent: 0, engine: 'lazy' });
    expect(made.pausedSeconds).toBeLessThan(30);
    expect(await kinds(world)).toEqual(['0 whole', '1 whole', '2 interrupted']);
    expect(must(await verifyGeneration(world.place, 1))).toBe(true);
    const status = must(await handle.status());
    expect(status).toMatchObject({ state: 'running', lastGenerationAt: status.checkpoints?.lastAt });
    expect(told).toEqual([status.checkpoints?.lastAt]);
    expect(await writableLayers(status.qemuPid ?? 0)).toEqual(['gen-0002']);
    const [, later] = await ticks(world, 2);
    expectSame(later, before);
    await crash(world, handle);
    const again = await wake(world, program);
    expect(must(await again.run())).toMatchObject({ resumed: true, fromGeneration: 1 });
    const [woken] = await ticks(world);
    expectSame(woken, before);
    must(await again.drop());
  }, 240_000);

  test('of a woken guest holds what changed since it woke, and takes the place of the one before', async () => {
    const world = await makeWorld();
    const first = await wake(world, program);
    const [born] = await ticks(world);
    must(await first.suspend());
    const handle = await wake(world, program);
    for (const generation of [2, 3, 4]) {
      await ticks(world);
      const made = must(await handle.checkpoint());
      expect(made).toMatchObject({ generation, parent: generation - 1 });
    }
    expect(await kinds(world)).toEqual([
      '0 whole',
      '1 whole',
      '2 thinned',
      '3 thinned',
      '4 whole',
      '5 interrupted',
    ]);
    expect(await readdir(join(world.place.folder, 'gen-0002'))).not.toContain('ram.delta');
    expect(must(await readManifest(world.place, 4))).toMatchObject({
      checkpoint: true,
      ram: { base: { generation: 1 }, deltas: [{ generation: 4 }] },
    });
    const [last] = await ticks(world);
    expect(must(await handle.suspend())).toMatchObject({ generation: 5, parent: 4 });
    await handle.ended;
    expect((await kinds(world)).slice(-2)).toEqual(['4 thinned', '5 whole']);
    const again = await wake(world, program);
    const [woken] = await ticks(world);
    expectSame(woken, last);
    expectSame(woken, born);
    must(await again.drop());
  }, 240_000);
});

withWitness('checkpoints', () => {
  test('are made by themselves as the owner chose, and a suspend that comes meanwhile is not in their way', async () => {
    const world = await makeWorld();
    must(await writeSettings(world.place.folder, { checkpointSeconds: 5 }));
    const handle = await wake(world, program);
    const [before] = await ticks(world);
    await until('a checkpoint by itself', async () => must(await readCurrent(world.place)) >= 1);
    must(await writeSettings(world.place.folder, { checkpointSeconds: 0 }));
    await until(
      'none by themselves',
      async () => must(await handle.status()).checkpoints?.everySeconds === null,
    );
    expect(must(await handle.status()).checkpoints).toMatchObject({
      lastAt: expect.any(String),
      obstacle: null,
    });
    const asked = handle.checkpoint();
    const saved = must(await handle.suspend());
    const made = await asked;
    if (!made.ok) expect(['cancelled', 'busy']).toContain(made.fault.code);
    await handle.ended;
    expect(must(await readCurrent(world.place))).toBe(saved.generation);
    const again = await wake(world, program);
    expectSame((await ticks(world))[0], before);
    must(await again.drop());
  }, 240_000);

  test('of the full engine are refused with the reason; the guest goes on', async () => {
    const world = await makeWorld();
    const handle = must(await open(world, program, 'full'));
    must(await handle.run());
    expect(await handle.checkpoint()).toMatchObject({ ok: false, fault: { code: 'kernelLacks' } });
    expect(must(await handle.status())).toMatchObject({
      state: 'running',
      checkpoints: { obstacle: { code: 'kernelLacks', message: expect.stringContaining('asked for') } },
    });
    expect(await kinds(world)).toEqual(['0 whole', '1 interrupted']);
    must(await handle.drop());
  }, 240_000);

  test('that are damaged are refused; the moment before and the files saved since are there', async () => {
    const world = await makeWorld();
    const first = await wake(world, program);
    const [born] = await ticks(world);
    must(await first.suspend());
    await first.ended;
    const handle = await wake(world, program);
    await ticks(world);
    must(await handle.checkpoint());
    const [later] = await ticks(world);
    await crash(world, handle);
    const state = join(world.place.folder, 'gen-0002/state');
    const bytes = await readFile(state);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(state, bytes);
    const refused = must(await open(world, program));
    expect(await refused.run()).toMatchObject({
      fault: { code: 'damagedState', hint: expect.stringContaining('generation 1 ') },
    });
    await refused.ended;
    must(await rollBack(world.place, 1));
    const entries = must(await listGenerations(world.place));
    expect(interruptedAfter({ entries, current: 1, isAwake: false })?.number).toBe(3);
    const fresh = must(await startFromInterrupted(world.place, 3));
    expect(await lastTickOnDisk(world, fresh)).toBeGreaterThanOrEqual(later?.n ?? Number.NaN);
    must(await rollBack(world.place, 1));
    const again = await wake(world, program);
    expectSame((await ticks(world))[0], born);
    must(await again.drop());
  }, 240_000);
});

withWitness('after a crash', () => {
  test('the fresh start has what the guest saved after the checkpoint, and the checkpoint stays', async () => {
    const world = await makeWorld();
    const handle = await wake(world, program);
    const [before] = await ticks(world);
    must(await handle.checkpoint());
    const [, , later] = await ticks(world, 3);
    await crash(world, handle);
    const entries = must(await listGenerations(world.place));
    const left = interruptedAfter({ entries, current: must(await readCurrent(world.place)), isAwake: false });
    expect(left?.number).toBe(2);
    const fresh = must(await startFromInterrupted(world.place, 2));
    expect(fresh).toMatchObject({ number: 2, parent: 1, ram: null });
    // The witness says a tick once its disk has flushed it.
    expect(later?.n).toBeGreaterThan(before?.n ?? Number.NaN);
    expect(await lastTickOnDisk(world, fresh)).toBeGreaterThanOrEqual(later?.n ?? Number.NaN);
    const exact = must(await readManifest(world.place, 1));
    expect(await lastTickOnDisk(world, exact)).toBeLessThan(later?.n ?? Number.NaN);
    // Taken back: the other choice is there as well.
    must(await rollBack(world.place, 1));
    const again = await wake(world, program);
    expectSame((await ticks(world))[0], before);
    must(await again.drop());
  }, 240_000);
});

/** The newest tick of which the witness has written a block: marks of native-scripts/guest/witness/init/pattern.h. */
async function lastTickOnDisk(world: World, manifest: Manifest): Promise<number> {
  const newest = chainOf(manifest).at(-1);
  const raw = join(world.root, `disk-${manifest.number}`);
  const layer = join(world.place.folder, newest?.folder ?? '', newest?.file ?? '');
  must(await run({ program: 'qemu-img', args: ['convert', '-O', 'raw', layer, raw], stage: 'test' }));
  const file = await openFile(raw);
  const { size } = await file.stat();
  const block = Buffer.alloc(4096);
  let last = 0;
  const runs = 64 / 16; // witness.blocks, in runs of 64 KiB over the disk
  for (let at = 0; at < 64; at++) {
    const stride = Math.floor(size / runs / 65_536) * 65_536;
    await file.read(block, 0, 4096, Math.floor(at / 16) * stride + (at % 16) * 4096);
    expect(block.toString('latin1', 0, 8)).toBe('SoulDSK1');
    last = Math.max(last, block.readUInt32LE(12));
  }
  await file.close();
  return last;
}

withWitness('a checkpoint that is cut', () => {
  test('before each step finds the old generation or the new one, and the files saved since', async () => {
    const world = await makeWorld();
    const first = await wake(world, program);
    const [born] = await ticks(world);
    must(await first.suspend());
    let named = 1;
    for (const step of checkpointSteps) {
      const handle = await wake(world, cutProgram);
      expectSame((await ticks(world))[0], born);
      await cutAt(world, `both ${step.name}`);
      const numbers = must(await listGenerations(world.place)).map(({ number }) => number);
      expect(await handle.checkpoint(), step.name).toMatchObject({ ok: false });
      await handle.ended;
      const session = numbers.at(-1) ?? Number.NaN;
      if (step.killed === 'new') named = session;
      expect(must(await readCurrent(world.place)), step.name).toBe(named);
      must(await verifyGeneration(world.place, named));
      const entries = must(await listGenerations(world.place));
      const left = interruptedAfter({ entries, current: named, isAwake: false });
      expect(left, step.name).not.toBeNull();
    }
    const last = await wake(world, program);
    expectSame((await ticks(world))[0], born);
    must(await last.drop());
  }, 180_000);

  /** A handle gives up after five dead keepers in a minute. */
  const atOnce = 5;
  const all = checkpointSteps.map(({ name }) => name);
  const few: typeof all = ['pause', 'copyState', 'writeState', 'renameCurrent', 'verify'];
  const lives =
    process.env.SOULPAD_FULL === '1'
      ? [0, 1, 2].map((life) => all.slice(life * atOnce, (life + 1) * atOnce))
      : [few];
  test.each(lives)(
    'by the death of its keeper alone lets the guest go on, before %s, %s, %s, %s, %s',
    async (...steps) => {
      const world = await makeWorld();
      const handle = await wake(world, cutProgram);
      const { qemuPid } = must(await handle.status());
      const [before] = await ticks(world);
      for (const step of steps) {
        await cutAt(world, `keeper ${step}`);
        const last = must(await readCurrent(world.place));
        expect(await handle.checkpoint()).toMatchObject({ ok: false });
        await until('the next keeper', async () => (await handle.status()).ok);
        expect(must(await handle.status()), step).toMatchObject({ qemuPid, state: 'running' });
        expectSame((await ticks(world))[0], before);
        const isNew = checkpointSteps.find(({ name }) => name === step)?.killed === 'new';
        expect(must(await readCurrent(world.place)) > last, step).toBe(isNew);
      }
      const made = must(await handle.checkpoint());
      const [after] = await ticks(world);
      expectSame(after, before);
      const saved = must(await handle.suspend());
      expect(saved.generation).toBeGreaterThan(made.generation);
      await handle.ended;
      must(await verifyGeneration(world.place, saved.generation));
      const again = await wake(world, program);
      expectSame((await ticks(world))[0], after);
      must(await again.drop());
    },
    180_000,
  );
});
