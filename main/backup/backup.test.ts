// Backup and restore with the real restic, a real witness saved by its real keeper, and a repository in a folder.
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../generation/collect';
import { holdFiles, letGo, readCurrent, thinOut, verifyGeneration } from '../generation/store';
import { must, witnessIsBuilt, witnessMissing } from '../keeper/keeper.fixture';
import {
  checkBackup,
  pruneBackup,
  type Repository,
  readLocation,
  repositoryFacts,
  restoreFrom,
  storedMoments,
} from './backup';
import {
  addTo,
  type BackupWorld,
  backUp,
  emptyVault,
  endBackups,
  faultOf,
  liveIn,
  makeBackupWorld,
  never,
  resticIsThere,
  sumsOfGuest,
} from './backup.fixture';
import { withPaper } from './new-stick';
import { withBackupLock } from './run';
import { readPrivate } from './secrets.fixture';

const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);
if (!resticIsThere) console.warn('skipped: restic is not installed');

real('one guest, one disk', () => {
  let world: BackupWorld;
  let repository: Repository;
  const name = 'disk';

  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live();
    repository = must(await addTo(world));
  });
  afterAll(endBackups);

  const list = async () => must(await storedMoments({ places: world.places, name, signal: never }));

  test('The first run stores every saved moment, the second nothing, and after a suspend only what is new', async () => {
    const first = must(await backUp(world, repository));
    expect(first.moments.map((moment) => moment.generation)).toEqual([1, 0]);
    const again = must(await backUp(world, repository));
    expect(again).toMatchObject({ moments: [], bytesMoved: 0 });
    await world.live();
    const next = must(await backUp(world, repository));
    expect(next.moments.map((moment) => moment.generation)).toEqual([2]);
    expect(next.bytesMoved).toBeLessThan(first.bytesMoved / 2);
    expect((await list()).map((moment) => moment.generation)).toEqual([0, 1, 2]);
    expect(must(await repositoryFacts(world.places.mountPoint))).toMatchObject([
      { name, kind: 'folder', generation: 2, check: 'ok', drill: null, fault: null },
    ]);
  });

  test('From repository and paper alone the guest goes on, byte for byte the same', async () => {
    const last = await world.live();
    must(await backUp(world, repository));
    const saved = await sumsOfGuest(world.world.place);
    const places = await emptyVault(world);
    const restored = must(await fromPaper(world, places));
    expect(restored).toMatchObject([{ guest: 'witness', generation: 3 }]);
    const there = { ...world.world.place, folder: join(places.guestsFolder, 'witness') };
    const found = await sumsOfGuest(there);
    const added = [...found.keys()].filter((file) => !saved.has(file));
    expect(added.filter((file) => !file.endsWith('thinned.json'))).toEqual([]);
    for (const [file, sum] of found) if (saved.has(file)) expect(sum, file).toBe(saved.get(file));
    expect(must(await verifyGeneration(there, 3))).toBe(true);
    const woken = await liveIn(world.world, places);
    expect(woken).toMatchObject({ nonce: last.nonce, ram: 'ok', disk: 'ok' });
    expect(woken.n).toBeGreaterThan(last.n);
  });

  test('An older moment is brought back as well as the newest', async () => {
    const places = await emptyVault(world);
    expect(must(await fromPaper(world, places, 1))).toMatchObject([{ generation: 1 }]);
    expect(
      must(await readCurrent({ ...world.world.place, folder: join(places.guestsFolder, 'witness') })),
    ).toBe(1);
    expect(await liveIn(world.world, places)).toMatchObject({ ram: 'ok', disk: 'ok' });
  });

  test('A guest that is there is never written over', async () => {
    const before = await sumsOfGuest(world.world.place);
    expect(faultOf(await fromPaper(world, world.places)).code).toBe('alreadyThere');
    expect(await sumsOfGuest(world.world.place)).toEqual(before);
  });

  test('Another recovery key opens nothing, and no guest is made', async () => {
    const places = await emptyVault(world);
    const other = Buffer.from('000011'.repeat(8));
    expect(faultOf(await fromPaper(world, places, null, other)).code).toBe('wrongBackupKey');
    await expect(readdir(places.guestsFolder)).rejects.toThrow();
  });

  test('What is held is left by thinning out, and goes with the next collecting after that', async () => {
    const { place } = world.world;
    const layer = 'gen-0001/ram.base';
    must(await holdFiles(place, ['gen-0001/screen.png', layer]));
    must(await thinOut(place, [1]));
    must(await collect(place, must(await readCurrent(place))));
    expect(await readdir(join(place.folder, 'gen-0001'))).toContain('screen.png');
    must(await letGo(place));
    must(await collect(place, must(await readCurrent(place))));
    expect(await readdir(join(place.folder, 'gen-0001'))).not.toContain('screen.png');
  });

  test('Making room in it is told first, and never takes the last two', async () => {
    const about = { places: world.places, name, signal: never };
    const keep = { last: 0, days: 0, weeks: 0, months: 0 };
    const told = must(await pruneBackup({ ...about, keep, preview: true }));
    expect(told.map((moment) => moment.generation)).toEqual([0, 1]);
    expect((await list()).length).toBe(4);
    expect(must(await pruneBackup({ ...about, keep, preview: false }))).toEqual(told);
    expect((await list()).map((moment) => moment.generation)).toEqual([2, 3]);
    must(await checkBackup({ ...about, sample: 'all' }));
    const places = await emptyVault(world);
    must(await fromPaper(world, places));
    expect(await liveIn(world.world, places)).toMatchObject({ ram: 'ok', disk: 'ok' });
  });

  test('Two runs at once: the second is told who is busy', async () => {
    const both = await withBackupLock(
      world.places,
      async () => ({ ok: true, value: await backUp(world, repository) }) as const,
    );
    expect(faultOf(must(both)).code).toBe('busy');
  });

  test('A disk that is not plugged in, is full, or cannot be written, is told as that', async () => {
    const folder = join(world.ground, name);
    await rename(folder, `${folder}-away`);
    expect(faultOf(await backUp(world, repository)).code).toBe('missingRepository');
    await mkdir(folder);
    expect(faultOf(await backUp(world, repository)).code).toBe('missingRepository');
    await rm(folder, { recursive: true });
    await rename(`${folder}-away`, folder);
    must(await backUp(world, repository));
  });

  test('Keys lie in the vault alone, closed to others; no file beside it holds the recovery key or the password', async () => {
    const found = await readPrivate(world);
    expect(found.open).toEqual([]);
    expect(found.leaks).toEqual([]);
  });
});

function fromPaper(
  world: BackupWorld,
  places: BackupWorld['places'],
  generation: number | null = null,
  recovery: Buffer = world.recovery(),
) {
  const where = must(readLocation(join(world.ground, 'disk')));
  const way = { ...where, recovery, sshKey: null, trust: null, runtimeRoot: places.runtimeFolder };
  return withPaper(way, (access) => restoreFrom({ places, access, guest: null, generation, signal: never }));
}
