// Which engine wakes and saves: on a real guest that goes from one engine to the other and back, and where the lazy one
// cannot be used. The witness proves after each change that nothing was lost.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCurrent, readManifest, verifyGeneration } from '../generation/store';
import { findStateMap } from '../guest/state-map';
import { chooseEngines } from './engines';
import {
  bundle,
  endWorlds,
  makeWorld,
  must,
  open,
  removeBundles,
  ticks,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';

let program = '';
beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
});
afterEach(endWorlds);
afterAll(removeBundles);

const canBeLazy = witnessIsBuilt && findStateMap() !== null;
if (!canBeLazy) console.warn(`skipped: ${witnessMissing}, or native-scripts/state-map/build`);

describe.skipIf(!canBeLazy)('a guest', () => {
  test('goes from full to lazy, through a delta, and back to full, and loses nothing', async () => {
    const world = await makeWorld();
    let nonce: string | undefined;
    const saves = [
      { asked: 'full', wokenBy: 'full', savedBy: 'full', deltas: 0 },
      { asked: 'auto', wokenBy: 'full', savedBy: 'lazy', deltas: 0 },
      { asked: 'auto', wokenBy: 'lazy', savedBy: 'lazy', deltas: 1 },
      { asked: 'full', wokenBy: 'lazy', savedBy: 'full', deltas: 0 },
    ] as const;
    for (const [at, save] of saves.entries()) {
      const handle = must(await open(world, program, save.asked));
      const ran = must(await handle.run());
      expect(ran).toMatchObject({ engine: save.wokenBy, engineReason: expect.stringMatching(/\w/) });
      const [seen] = await ticks(world);
      expect(seen).toMatchObject({ ram: 'ok', disk: 'ok' });
      nonce ??= seen?.nonce;
      expect(seen?.nonce).toBe(nonce);
      expect(must(await handle.suspend())).toMatchObject({ engine: save.savedBy, generation: at + 1 });
      const manifest = must(await readManifest(world.place, must(await readCurrent(world.place))));
      expect(manifest.ram?.deltas).toHaveLength(save.deltas);
      expect(must(await verifyGeneration(world.place, manifest.number))).toBe(true);
    }
    const last = must(await open(world, program, 'auto'));
    must(await last.run());
    expect((await ticks(world))[0]).toMatchObject({ nonce, ram: 'ok', disk: 'ok' });
  }, 180_000);

  test('whose RAM size was changed in guest.json does not wake, is told why, and wakes when it is put back', async () => {
    const world = await makeWorld();
    const first = must(await open(world, program, 'auto'));
    must(await first.run());
    const [born] = await ticks(world);
    must(await first.suspend());
    await first.ended;
    const path = join(world.place.folder, 'guest.json');
    const right = await readFile(path, 'utf8');
    const twice = String(world.definition.ramBytes * 2);
    await writeFile(path, right.replace(String(world.definition.ramBytes), twice));
    const wrong = must(await open(world, program, 'auto'));
    expect(await wrong.run()).toMatchObject({
      fault: { code: 'damagedManifest', message: expect.stringContaining('guest.json') },
    });
    await wrong.ended;
    await writeFile(path, right);
    const again = must(await open(world, program, 'auto'));
    must(await again.run());
    expect((await ticks(world))[0]).toMatchObject({ nonce: born?.nonce, ram: 'ok', disk: 'ok' });
    must(await again.drop());
  }, 180_000);

  test('that was saved lazily is refused where the library is missing, by name, and is still there', async () => {
    const world = await makeWorld();
    const library = null;
    expect(must(await chooseEngines({ asked: 'auto', place: world.place, library }))).toMatchObject({
      wakes: { name: 'full' },
      reason: expect.stringContaining('mapping library'),
    });
    expect(await chooseEngines({ asked: 'lazy', place: world.place, library })).toMatchObject({
      fault: { code: 'kernelLacks' },
    });
    const handle = must(await open(world, program, 'lazy'));
    must(await handle.run());
    await ticks(world);
    must(await handle.suspend());
    expect(await chooseEngines({ asked: 'auto', place: world.place, library })).toMatchObject({
      fault: { code: 'kernelLacks', message: expect.stringContaining('lazy engine') },
    });
    expect(must(await verifyGeneration(world.place, 1))).toBe(true);
  }, 90_000);
});
