// The suspend protocol under faults: cut before each of its steps, the keeper killed in the middle, a full disk. What
// the next wake finds is compared with what the protocol's data says.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StepName, suspendSteps } from '../generation/protocol';
import { readCurrent, verifyGeneration } from '../generation/store';
import { run } from '../process/run';
import { type KeeperHandle, openKeeper } from './handle';
import {
  bundle,
  endWorlds,
  kill,
  makeWorld,
  must,
  removeBundles,
  ticks,
  until,
  type World,
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

const open = (world: World, chosen = program) =>
  openKeeper({ places: world.places, guestId: world.definition.id, engine: 'full', program: chosen });

async function runNew(world: World, chosen = program): Promise<KeeperHandle> {
  const handle = must(await open(world, chosen));
  must(await handle.run());
  return handle;
}

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('cut before each step', () => {
  test('the next wake finds the old generation or the new one as the protocol says, both whole', async () => {
    const world = await makeWorld();
    const first = await runNew(world);
    const [born] = await ticks(world);
    must(await first.suspend());
    await first.ended;
    let named = 1;
    for (const step of suspendSteps) {
      const handle = await runNew(world, cutProgram);
      const [woken] = await ticks(world);
      expect(woken, step.name).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
      await writeFile(join(world.files.runtimeFolder, 'cut'), step.name);
      const session =
        (await readdir(world.place.folder)).filter((name) => name.startsWith('gen-')).length - 1;
      expect(await handle.suspend(), step.name).toMatchObject({ ok: false });
      await handle.ended;
      await writeFile(join(world.files.runtimeFolder, 'cut'), '');
      if (step.killed === 'new') named = session;
      expect(must(await readCurrent(world.place)), step.name).toBe(named);
      must(await verifyGeneration(world.place, named));
    }
    const last = must(await open(world));
    expect(must(await last.run())).toMatchObject({ resumed: true, fromGeneration: named });
    const [after] = await ticks(world);
    expect(after).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
  }, 120_000);
});

withWitness('the keeper alone killed before a step', () => {
  const cases: readonly { readonly step: StepName; readonly goesOn: boolean }[] = [
    { step: 'saveState', goesOn: true },
    { step: 'renameCurrent', goesOn: true },
    { step: 'verify', goesOn: false },
  ];
  for (const { step, goesOn } of cases) {
    const outcome = goesOn ? 'lets the guest go on, nothing half-written stays' : 'ends QEMU: it was saved';
    test(`${step}: the next keeper ${outcome}`, async () => {
      const world = await makeWorld();
      const handle = await runNew(world);
      const { qemuPid } = must(await handle.status());
      const [before] = await ticks(world);
      // The step's line is in the log just before it is done: the kill comes there or a little later.
      const killer = untilStep(world, step).then((keeperPid) => kill(keeperPid));
      const saved = await handle.suspend();
      await killer;
      if (saved.ok) return; // too late to cut: the machine was quicker; the cut test above covers the step
      if (goesOn && must(await readCurrent(world.place)) === 0) {
        await until('the new keeper', async () => (await handle.status()).ok);
        expect(must(await handle.status())).toMatchObject({ qemuPid, state: 'running' });
        const [after] = await ticks(world);
        expect(after).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
        expect(existsSync(join(world.place.folder, 'gen-0001/state'))).toBe(false);
        expect(existsSync(join(world.place.folder, 'gen-0001/manifest.json'))).toBe(false);
        return;
      }
      expect(await handle.ended).toMatchObject({ why: 'suspended' });
      expect(must(await readCurrent(world.place))).toBe(1);
    });
  }
});

async function untilStep(world: World, step: StepName): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const { readKeeperRecord } = await import('./record');
  await until(step, async () => (await readFile(world.files.log, 'utf8')).includes(`step ${step}`));
  return must(await readKeeperRecord(world.files.record)).keeperPid;
}
