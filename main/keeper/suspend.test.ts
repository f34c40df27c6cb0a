// The suspend protocol under faults: cut before each of its steps, the keeper killed in the middle, a full disk. What
// the next wake finds is compared with what the protocol's data says.
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StepName, suspendSteps } from '../generation/protocol';
import { readCurrent, verifyGeneration } from '../generation/store';
import type { KeeperHandle } from './handle';
import {
  bundle,
  cutAt,
  endWorlds,
  kill,
  makeSmallDisk,
  makeWorld,
  must,
  open,
  removeBundles,
  ticks,
  until,
  type World,
  wake,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';
import { waitUntilGone } from './proof';

let program = '';
let cutProgram = '';

beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
  cutProgram = await bundle({ source: 'cut-keeper.fixture.ts', name: 'cut-keeper.cjs' });
});
afterEach(endWorlds);
afterAll(removeBundles);

const withWitness = describe.skipIf(!witnessIsBuilt);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

withWitness('cut before each step', () => {
  test('the next wake finds the old generation or the new one as the protocol says, both whole', async () => {
    const world = await makeWorld();
    const first = await wake(world, program);
    const [born] = await ticks(world);
    must(await first.suspend());
    await first.ended;
    let named = 1;
    for (const step of suspendSteps) {
      const handle = await wake(world, cutProgram);
      const [woken] = await ticks(world);
      expect(woken, step.name).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
      await cutAt(world, `both ${step.name}`);
      const session =
        (await readdir(world.place.folder)).filter((name) => name.startsWith('gen-')).length - 1;
      expect(await handle.suspend(), step.name).toMatchObject({ ok: false });
      await handle.ended;
      if (step.killed === 'new') named = session;
      expect(must(await readCurrent(world.place)), step.name).toBe(named);
      must(await verifyGeneration(world.place, named));
    }
    const last = must(await open(world, program));
    expect(must(await last.run())).toMatchObject({ resumed: true, fromGeneration: named });
    const [after] = await ticks(world);
    expect(after).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
  }, 120_000);
});

withWitness('the keeper alone killed while it saves', () => {
  const cases: readonly { readonly step: StepName; readonly goesOn: boolean }[] = [
    { step: 'saveState', goesOn: true },
    { step: 'fsyncFiles', goesOn: true },
    { step: 'renameCurrent', goesOn: true },
    { step: 'fsyncGuestFolder', goesOn: false },
    { step: 'quit', goesOn: false },
  ];
  for (const { step, goesOn } of cases) {
    const outcome = goesOn ? 'lets the guest go on, nothing half-written stays' : 'ends QEMU: it was saved';
    test(`before ${step}: the next keeper ${outcome}`, async () => {
      const world = await makeWorld();
      const handle = await wake(world, cutProgram);
      const { qemuPid } = must(await handle.status());
      const [before] = await ticks(world);
      await cutAt(world, `keeper ${step}`);
      expect(await handle.suspend()).toMatchObject({ ok: false });
      if (goesOn) {
        await until('the next keeper', async () => (await handle.status()).ok);
        expect(must(await handle.status())).toMatchObject({ qemuPid, state: 'running' });
        const [after] = await ticks(world);
        expect(after).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
        expect(must(await readCurrent(world.place))).toBe(0);
        expect((await readdir(join(world.place.folder, 'gen-0001'))).sort()).toEqual([
          'disk.qcow2',
          'session.json',
        ]);
        expect(must(await handle.suspend()).generation).toBe(1);
      }
      expect(await handle.ended).toEqual({ why: 'suspended', fault: null });
      expect(must(await readCurrent(world.place))).toBe(1);
      expect(must(await verifyGeneration(world.place, 1))).toBe(true);
      expect(await waitUntilGone(qemuPid ?? 0, 10_000)).toBe(true);
    });
  }
});

withWitness('QEMU alone killed while it saves', () => {
  test('before the rename: the old generation stands, the half-written state goes, the layer stays', async () => {
    const world = await makeWorld();
    const handle = await wake(world, cutProgram);
    await ticks(world);
    await cutAt(world, 'qemu saveState');
    expect(await handle.suspend()).toMatchObject({ ok: false, fault: { code: 'guestDied' } });
    expect(await handle.ended).toMatchObject({ why: 'died', fault: { code: 'guestDied' } });
    expect(must(await readCurrent(world.place))).toBe(0);
    expect((await readdir(join(world.place.folder, 'gen-0001'))).sort()).toEqual([
      'disk.qcow2',
      'session.json',
    ]);
  });

  test('after the rename: the guest is saved all the same', async () => {
    const world = await makeWorld();
    const handle = await wake(world, cutProgram);
    const [before] = await ticks(world);
    await cutAt(world, 'qemu verify');
    expect(must(await handle.suspend()).generation).toBe(1);
    expect(await handle.ended).toMatchObject({ why: 'suspended' });
    await wake(world, program);
    expect((await ticks(world))[0]).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
  });
});

withWitness('a full disk', () => {
  let disk: Awaited<ReturnType<typeof makeSmallDisk>>;
  beforeAll(async () => {
    // Room for the guest's files and its layer, not for its RAM (96 MiB, all of it written).
    disk = await makeSmallDisk(48);
  });
  afterAll(async () => {
    await endWorlds();
    await disk.remove();
  });

  test('while saving, is a fault that says so; the guest goes on and nothing is lost', async () => {
    const world = await makeWorld({ mount: disk.mount });
    const handle = await wake(world, program);
    const [before] = await ticks(world);
    expect(await handle.suspend()).toMatchObject({ ok: false, fault: { code: 'full' } });
    expect(must(await handle.status()).state).toBe('running');
    const [after] = await ticks(world);
    expect(after).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
    expect(after?.n).toBeGreaterThan(before?.n ?? Number.NaN);
    expect(must(await readCurrent(world.place))).toBe(0);
    expect((await readdir(join(world.place.folder, 'gen-0001'))).sort()).toEqual([
      'disk.qcow2',
      'session.json',
    ]);
    must(await handle.drop());
  });

  /** A guest that its full disk has paused, and the file that fills it. */
  async function pausedGuest(): Promise<{ world: World; handle: KeeperHandle; filler: string }> {
    await rm(join(disk.mount, 'guests'), { recursive: true, force: true });
    const world = await makeWorld({ mount: disk.mount });
    const handle = await wake(world, program);
    // The witness has not come to its disk yet: its first writes find no room.
    const filler = join(disk.mount, 'filler');
    await expect(writeFile(filler, Buffer.alloc(64 << 20, 1))).rejects.toThrow(/ENOSPC/);
    await until('the guest to be paused', async () => must(await handle.status()).state === 'paused');
    return { world, handle, filler };
  }

  test('while running, pauses the guest until there is room again; nothing is lost', async () => {
    const { world, handle, filler } = await pausedGuest();
    await rm(filler);
    await until('the guest to go on', async () => must(await handle.status()).state === 'running');
    expect((await ticks(world))[0]).toMatchObject({ ram: 'ok', disk: 'ok' });
    must(await handle.drop());
  });

  test('while running, and its keeper killed: the next keeper lets it go on once there is room', async () => {
    const { world, handle, filler } = await pausedGuest();
    const { keeperPid } = must(await handle.status());
    kill(keeperPid);
    await until('the next keeper', async () => {
      const status = await handle.status();
      return status.ok && status.value.keeperPid !== keeperPid;
    });
    expect(must(await handle.status()).state).toBe('paused');
    await rm(filler);
    await until('the guest to go on', async () => must(await handle.status()).state === 'running');
    expect((await ticks(world))[0]).toMatchObject({ ram: 'ok', disk: 'ok' });
    must(await handle.drop());
  });
});
