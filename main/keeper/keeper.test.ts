// The keeper with a real QEMU and the witness guest, which checks all of its RAM and disk at every tick.
import { existsSync } from 'node:fs';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EngineChoice } from '../../preload/contract/keeper';
import type { Progress } from '../../preload/contract/progress';
import { readCurrent, readManifest } from '../generation/store';
import { adoptKeeper, findKeepers, openKeeper } from './handle';
import {
  bundle,
  endWorlds,
  kill,
  kinds,
  makeWorld,
  must,
  removeBundles,
  type Tick,
  ticks,
  until,
  type World,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';
import { livesAsOurs, waitUntilGone } from './proof';

const engine: EngineChoice = 'auto';
let program = '';

beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
});
afterEach(endWorlds);
afterAll(removeBundles);

const open = (world: World) =>
  openKeeper({ places: world.places, guestId: world.definition.id, engine, program });
const adopt = (world: World) => adoptKeeper({ places: world.places, guestId: world.definition.id, program });

function expectWhole(seen: readonly Tick[]): void {
  for (const tick of seen) expect(tick).toMatchObject({ ram: 'ok', disk: 'ok' });
}

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('a guest under its keeper', () => {
  test('wakes again where it was suspended: same nonce, the count goes on, RAM and disk as they were', async () => {
    const world = await makeWorld();
    const first = must(await open(world));
    const fresh = must(await first.run());
    expect(fresh).toMatchObject({ resumed: false, fromGeneration: null });
    expect(world.attached.size).toBe(1);
    const { qemuPid, keeperPid } = must(await first.status());
    const limits = await readFile(`/proc/${qemuPid}/limits`, 'utf8');
    expect(limits).toMatch(/Max core file size +0 +0/);
    expect(await readlink(`/proc/${keeperPid}/cwd`)).toBe('/');
    const before = await ticks(world, 2);
    expectWhole(before);
    const stages: Progress[] = [];
    first.onProgress((progress) => stages.push(progress));
    const suspended = must(await first.suspend());
    expect(suspended).toMatchObject({ generation: 1, parent: 0, ramBytes: world.definition.ramBytes });
    expect(suspended.pausedSeconds).toBeGreaterThan(0);
    expect(suspended.nonZeroBytes).toBeGreaterThan(0);
    expect(await first.ended).toEqual({ why: 'suspended', fault: null });
    expect(new Set(stages.map((progress) => progress.stage))).toEqual(
      new Set(['stop', 'ram', 'fsync', 'rename', 'verify']),
    );
    expect(stages.filter((progress) => progress.stage === 'verify').some((one) => one.reversible)).toBe(
      false,
    );
    await until('the vault to be let go', () => world.attached.size === 0);
    expect(await findKeepers(world.places)).toEqual([]);

    const second = must(await open(world));
    const resumed = must(await second.run());
    expect(resumed).toMatchObject({ resumed: true, fromGeneration: 1 });
    const after = await ticks(world, 2);
    expectWhole(after);
    expect(after[0]?.nonce).toBe(before[0]?.nonce);
    expect(after[0]?.n).toBeGreaterThan(before[1]?.n ?? Number.NaN);
    must(await second.drop());
    expect(await second.ended).toMatchObject({ why: 'dropped' });
    expect(must(await readCurrent(world.place))).toBe(1);
    expect(await kinds(world)).toEqual(['0 whole', '1 whole', '2 interrupted']);
  });

  test('goes on when its keeper is killed: the handle adopts the same QEMU again, and a suspend works', async () => {
    const world = await makeWorld();
    const handle = must(await open(world));
    must(await handle.run());
    const [before] = await ticks(world);
    const status = must(await handle.status());
    kill(status.keeperPid);
    expect(await waitUntilGone(status.keeperPid, 10_000)).toBe(true);
    const [found] = await findKeepers(world.places);
    expect(found?.qemuPid).toBe(status.qemuPid);

    await until('a new keeper', async () => (await findKeepers(world.places))[0]?.keeperPid !== null);
    const adopted = must(await adopt(world));
    const again = must(await adopted.status());
    expect(again.qemuPid).toBe(status.qemuPid);
    expect(again.keeperPid).not.toBe(status.keeperPid);
    expect(again.state).toBe('running');
    const [after] = await ticks(world);
    expect(after?.nonce).toBe(before?.nonce);
    expect(after?.n).toBeGreaterThan(before?.n ?? Number.NaN);
    expect(must(await adopted.run()).resumed).toBe(false);
    expect(must(await adopted.suspend()).generation).toBe(1);
    expect(await handle.ended).toMatchObject({ why: 'suspended' });
    expect(await waitUntilGone(status.qemuPid ?? 0, 10_000)).toBe(true);
  });

  test('has one keeper: a second one is refused by the name of the first', async () => {
    const world = await makeWorld();
    const [one, other] = await Promise.all([open(world), open(world)]);
    const refused = one.ok ? other : one;
    expect(refused).toMatchObject({ ok: false, fault: { code: 'busy' } });
    const handle = must(one.ok ? one : other);
    must(await handle.drop());
    await handle.ended;
  });

  test('is gone when QEMU is killed: CURRENT is as it was, the interrupted layer is kept', async () => {
    const world = await makeWorld();
    const first = must(await open(world));
    must(await first.run());
    const [before] = await ticks(world);
    must(await first.suspend());
    const second = must(await open(world));
    must(await second.run());
    await ticks(world);
    kill(must(await second.status()).qemuPid ?? 0);
    expect(await second.ended).toMatchObject({ why: 'died', fault: { code: 'guestDied' } });
    expect(must(await readCurrent(world.place))).toBe(1);
    expect(await kinds(world)).toEqual(['0 whole', '1 whole', '2 interrupted']);

    const third = must(await open(world));
    expect(must(await third.run())).toMatchObject({ resumed: true, fromGeneration: 1 });
    const [after] = await ticks(world);
    expectWhole(after === undefined ? [] : [after]);
    expect(after?.nonce).toBe(before?.nonce);
    expect(must(await third.suspend()).generation).toBe(3);
    expect(await kinds(world)).toEqual(['0 whole', '1 whole', '2 interrupted', '3 whole']);
    expect(must(await readManifest(world.place, 3)).parent).toBe(1);
  });

  test('goes on in the same layer when saving is cancelled, and nothing half-written stays', async () => {
    const world = await makeWorld();
    const handle = must(await open(world));
    must(await handle.run());
    const [before] = await ticks(world);
    let asked = false;
    handle.onProgress(({ stage }) => {
      if (stage !== 'ram' || asked) return;
      asked = true;
      void handle.cancelSuspend();
    });
    const saved = await handle.suspend();
    expect(saved).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(must(await handle.status()).state).toBe('running');
    const [after] = await ticks(world);
    expect(after?.n).toBeGreaterThan(before?.n ?? Number.NaN);
    expect(await kinds(world)).toEqual(['0 whole', '1 interrupted']);
    expect(existsSync(`${world.place.folder}/gen-0001/state`)).toBe(false);
    expect(await handle.cancelSuspend()).toMatchObject({ ok: false, fault: { code: 'busy' } });
    expect(must(await handle.suspend()).generation).toBe(1);
  });

  test('that switches itself off becomes a generation without RAM, and boots from it', async () => {
    const world = await makeWorld();
    const first = must(await open(world));
    must(await first.run());
    const [before] = await ticks(world);
    must(await first.pressPower());
    expect(await first.ended).toEqual({ why: 'poweredOff', fault: null });
    expect(must(await readCurrent(world.place))).toBe(1);
    expect(must(await readManifest(world.place, 1))).toMatchObject({ ram: null, state: null, parent: 0 });
    const second = must(await open(world));
    expect(must(await second.run()).resumed).toBe(false);
    const [after] = await ticks(world);
    expect(after?.nonce).not.toBe(before?.nonce);
  });

  test('keeps running when the owner of the vault is lost, and its keeper attaches to the next one', async () => {
    const world = await makeWorld();
    const handle = must(await open(world));
    must(await handle.run());
    await world.endOwner();
    await until('the owner to be gone', () => world.attached.size === 0);
    expect(must(await handle.status()).state).toBe('running');
    await world.startOwner();
    await until('the keeper to attach again', () => world.attached.size === 1);
    must(await handle.drop());
  });
});

describe('a keeper that cannot start', () => {
  test('says that there is no such guest', async () => {
    const world = await makeWorld();
    const opened = await openKeeper({ places: world.places, guestId: 'nobody', engine, program });
    expect(opened).toMatchObject({ ok: false, fault: { code: 'missingGuest' } });
  });

  test('says that nobody holds the vault open', async () => {
    const world = await makeWorld();
    await world.endOwner();
    expect(await open(world)).toMatchObject({ ok: false, fault: { code: 'missingFile' } });
  });

  test('does not adopt a guest that does not run', async () => {
    const world = await makeWorld();
    expect(await adopt(world)).toMatchObject({ ok: false, fault: { code: 'missingGuest' } });
  });

  test('says when the program ends without a word, or is not there', async () => {
    const world = await makeWorld();
    const about = { places: world.places, guestId: world.definition.id, engine };
    expect(await openKeeper({ ...about, program: `${world.root}/none.cjs` })).toMatchObject({
      ok: false,
      fault: { code: 'io' },
    });
  });

  test('answers run with the damage and leaves no session behind', async () => {
    const world = await makeWorld();
    await writeFile(`${world.place.folder}/CURRENT`, '../../etc\n');
    const handle = must(await open(world));
    const { keeperPid } = must(await handle.status());
    expect(await handle.run()).toMatchObject({ ok: false, fault: { code: 'damagedCurrent' } });
    expect(await handle.ended).toMatchObject({ why: 'died', fault: { code: 'damagedCurrent' } });
    await until('the keeper to end', async () => !(await livesAsOurs(keeperPid)));
    expect(await kinds(world)).toEqual(['0 whole']);
  });
});

withWitness('a guest between two keepers', () => {
  test('is suspended by the next one when that is asked for before it is there', async () => {
    const world = await makeWorld();
    const handle = must(await open(world));
    must(await handle.run());
    const { keeperPid } = must(await handle.status());
    kill(keeperPid);
    // A call that was on its way may be lost with the connection. After it the loss is known.
    await handle.status();
    expect(must(await handle.suspend()).generation).toBe(1);
    expect(await handle.ended).toEqual({ why: 'suspended', fault: null });
  });
});
