// A checkpoint on a disk that runs full: before it and at every step that writes, the guest goes on, the old moment
// stays, and with room again the next checkpoint and a suspend save all of it.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointSteps } from '../generation/checkpoint-protocol';
import { readCurrent, verifyGeneration } from '../generation/store';
import {
  bundle,
  cutAt,
  endWorlds,
  makeSmallDisk,
  makeWorld,
  must,
  removeBundles,
  ticks,
  wake,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';

let disk: Awaited<ReturnType<typeof makeSmallDisk>>;
let program = '';

beforeAll(async () => {
  program = await bundle({ source: 'cut-keeper.fixture.ts', name: 'cut-keeper.cjs' });
  disk = await makeSmallDisk(640);
});
afterAll(async () => {
  await endWorlds();
  await disk.remove();
  await removeBundles();
});

describe.skipIf(!witnessIsBuilt)(witnessIsBuilt ? 'a checkpoint on a full disk' : witnessMissing, () => {
  test('is refused or taken back at each step that writes; the guest and the moment before are whole', async () => {
    const world = await makeWorld({ mount: disk.mount });
    const { place } = world;
    const handle = await wake(world, program);
    const [born] = await ticks(world);
    const same = { nonce: born?.nonce, ram: 'ok', disk: 'ok' };
    must(await handle.checkpoint());
    const filler = join(disk.mount, 'filler');

    const writing = ['prepare', 'writeState', 'writeManifest', 'writeCurrent'] as const;
    for (const step of writing) {
      expect(checkpointSteps.map(({ name }) => name)).toContain(step);
      const before = must(await readCurrent(place));
      await cutAt(world, `fill ${step} ${filler}`);
      expect(await handle.checkpoint(), step).toMatchObject({ ok: false, fault: { code: 'full' } });
      expect(must(await handle.status()).checkpoints?.obstacle, step).toMatchObject({ code: 'full' });
      expect(must(await readCurrent(place)), step).toBe(before);
      must(await verifyGeneration(place, before));
      await rm(filler, { force: true });
      expect((await ticks(world))[0], step).toMatchObject(same);
    }

    const made = must(await handle.checkpoint());
    must(await verifyGeneration(place, made.generation));
    expect(must(await handle.status()).checkpoints?.obstacle).toBeNull();
    const saved = must(await handle.suspend());
    await handle.ended;
    must(await verifyGeneration(place, saved.generation));
    expect(await readdir(disk.mount)).not.toContain('filler');
    const again = await wake(world, program);
    expect((await ticks(world))[0]).toMatchObject(same);
    must(await again.drop());
  }, 240_000);
});
