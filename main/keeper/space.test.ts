// Room for saving, on a small real file system: it is reserved while a guest runs, the person hears early that the rest
// runs out, and a guest that filled its vault to the last byte can still be put to sleep and woken.
import { lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Space } from '../../preload/contract/timeline';
import { savingBytes } from '../fit/fit';
import { freeSpace, reserveFile } from '../fit/this-pc';
import {
  bundle,
  endWorlds,
  makeSmallDisk,
  makeWorld,
  must,
  open,
  removeBundles,
  ticks,
  until,
  wake,
  witnessIsBuilt,
  witnessMissing,
} from './keeper.fixture';
import { holdReserve, releaseReserve } from './reserve';
import { watchSpace } from './space-watch';

const MiB = 1 << 20;
const silent = { say: () => {}, fault: () => {} };

let disk: Awaited<ReturnType<typeof makeSmallDisk>>;
let mount = '';
let program = '';

beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
  disk = await makeSmallDisk(240);
  ({ mount } = disk);
});
afterAll(async () => {
  await endWorlds();
  await disk.remove();
  await removeBundles();
});

const reserved = (folder: string): Promise<number> =>
  lstat(join(folder, reserveFile)).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );

describe('the reserve', () => {
  test('takes blocks without a length, is counted as ours, and gives them back', async () => {
    const before = (await freeSpace(mount)) ?? 0;
    expect(await holdReserve(mount, 32 * MiB)).toBeGreaterThanOrEqual(32 * MiB);
    expect((await lstat(join(mount, reserveFile))).size).toBe(0);
    expect(Math.abs(((await freeSpace(mount)) ?? 0) - before)).toBeLessThan(MiB);
    await releaseReserve(mount);
    expect(await reserved(mount)).toBe(0);
  });

  test('is none where the guest would have no room beside it', async () => {
    expect(await holdReserve(mount, 400 * MiB)).toBe(0);
    expect(await reserved(mount)).toBe(0);
  });
});

test('little room is told once, a large change anew, and enough room as well', async () => {
  const told: Space[] = [];
  const about = { folder: mount, ramBytes: MiB, earlyBytes: 64 * MiB, log: silent };
  const watch = watchSpace({ ...about, tell: (space) => void told.push(space) });
  await until('a first look', () => watch.now() !== null);
  expect(watch.now()).toMatchObject({ low: false, need: savingBytes(MiB) });
  const filler = join(mount, 'filler');
  await writeFile(filler, Buffer.alloc(150 * MiB, 1));
  await watch.look();
  await watch.look();
  expect(told.map(({ low }) => low)).toEqual([true]);
  await rm(filler);
  await watch.look();
  expect(told.map(({ low }) => low)).toEqual([true, false]);
  watch.stop();
  await watch.release();
});

describe.skipIf(!witnessIsBuilt)(witnessIsBuilt ? 'a guest' : witnessMissing, () => {
  test('that filled its vault is told of early, can be put to sleep, and wakes with all it had', async () => {
    const world = await makeWorld({ mount });
    const handle = must(await open(world, program));
    const heard: Space[] = [];
    handle.onSpace((space) => void heard.push(space));
    must(await handle.run());
    await until('the word that there is little room', () => heard.some(({ low }) => low));
    expect(await reserved(world.place.folder)).toBeGreaterThanOrEqual(savingBytes(world.definition.ramBytes));
    expect(must(await handle.status()).space).toMatchObject({ low: true });
    const [before] = await ticks(world);

    await expect(writeFile(join(mount, 'filler'), Buffer.alloc(200 * MiB, 1))).rejects.toThrow(/ENOSPC/);
    must(await handle.suspend());
    await handle.ended;
    expect(await reserved(world.place.folder)).toBe(0);

    await rm(join(mount, 'filler'));
    const again = await wake(world, program);
    const [after] = await ticks(world);
    expect(after).toMatchObject({ nonce: before?.nonce, ram: 'ok', disk: 'ok' });
    must(await again.drop());
    expect(await reserved(world.place.folder)).toBe(0);
  });
});
