// A checkpoint on a disk that runs full: before it and at every step that writes, the guest goes on, the old moment
// stays, and with room again the next checkpoint and a suspend save all of it.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointSteps } from '../generation/checkpoint-protocol';
import { readCurrent, verifyGeneration } from '../generation/store';
import { run } from '../process/run';
import { openKeeper } from './handle';
import {
  bundle,
  endWorlds,
  makeWorld,
  must,
  removeBundles,
  ticks,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';

let root = '';
let mount = '';
let program = '';

beforeAll(async () => {
  program = await bundle({ source: 'cut-keeper.fixture.ts', name: 'cut-keeper.cjs' });
  root = await mkdtemp(join(tmpdir(), 'soulpad-filled-'));
  mount = join(root, 'mount');
  await mkdir(mount);
  const image = join(root, 'image');
  must(await run({ program: '/sbin/mkfs.ext4', args: ['-q', '-m', '0', image, '640M'], stage: 'test' }));
  must(await run({ program: 'fuse2fs', args: ['-o', 'fakeroot,rw', image, mount], stage: 'test' }));
});
afterAll(async () => {
  await endWorlds();
  await run({ program: 'fusermount3', args: ['-u', '-z', mount], stage: 'test' });
  await rm(root, { recursive: true, force: true });
  await removeBundles();
});

describe.skipIf(!witnessIsBuilt)(witnessIsBuilt ? 'a checkpoint on a full disk' : witnessMissing, () => {
  test('is refused or taken back at each step that writes; the guest and the moment before are whole', async () => {
    const world = await makeWorld({ mount });
    const { places, definition, place } = world;
    const handle = must(await openKeeper({ places, guestId: definition.id, engine: 'auto', program }));
    must(await handle.run());
    const [born] = await ticks(world);
    const same = { nonce: born?.nonce, ram: 'ok', disk: 'ok' };
    must(await handle.checkpoint());
    const filler = join(mount, 'filler');

    const writing = ['prepare', 'writeState', 'writeManifest', 'writeCurrent'] as const;
    for (const step of writing) {
      expect(checkpointSteps.map(({ name }) => name)).toContain(step);
      const before = must(await readCurrent(place));
      await writeFile(join(world.files.runtimeFolder, 'cut'), `fill ${step} ${filler}`);
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
    expect(await readdir(mount)).not.toContain('filler');
    const again = must(await openKeeper({ places, guestId: definition.id, engine: 'auto', program }));
    must(await again.run());
    expect((await ticks(world))[0]).toMatchObject(same);
    must(await again.drop());
  }, 240_000);
});
