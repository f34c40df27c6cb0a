// What a repository on a disk can come to, with real disks, real restic and real locks: each is told by its name, leaves
// nothing half done, and the next try works. SOULPAD_FULL=1: also read-only, and a wrong clock. Servers are in servers.test.ts, damage in damage.test.ts, cuts in cuts.test.ts.
import { cp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath } from '../generation/read';
import { makeSmallDisk, must, until, witnessIsBuilt } from '../keeper/keeper.fixture';
import { type Child, start } from '../process/run';
import { checkBackup, pruneBackup, type Repository, restoreMoments, storedMoments } from './backup';
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
} from './backup.fixture';
import { keyFile, repositoryFolder } from './repository';
import { withAccess } from './run';

const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);
const full = process.env.SOULPAD_FULL === '1';
const keepLastTwo = { last: 0, days: 0, weeks: 0, months: 0 };

real('a repository on a disk', () => {
  let world: BackupWorld;
  let repository: Repository;
  const about = (name = repository.name) => ({ places: world.places, name, signal: never });
  const folder = () => join(world.ground, repository.name);
  const ended: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    world = await makeBackupWorld();
    repository = must(await addTo(world));
    await world.live(1);
    must(await backUp(world, repository));
  }, 180_000);
  afterEach(async () => {
    for (const end of ended.splice(0)) await end();
  });
  afterAll(endBackups);

  test('full: told as full; with room again the same repository is taken up where it was', async () => {
    const disk = await makeSmallDisk(256);
    ended.push(disk.remove);
    const ballast = join(disk.mount, 'ballast');
    const small = must(await addTo(world, { name: 'small', where: join(disk.mount, 'small') }));
    const { bavail, bsize } = await statfs(disk.mount);
    await writeFile(ballast, Buffer.alloc(bavail * bsize - (8 << 20)));
    expect(faultOf(await backUp(world, small))).toMatchObject({ code: 'full' });
    must(await checkBackup({ ...about('small'), sample: 'all' }));
    await rm(ballast);
    must(await backUp(world, small));
    must(await checkBackup({ ...about('small'), sample: 'all' }));
  }, 180_000);

  test.runIf(full)(
    'read-only: told as that, and what lies in it can be read',
    async () => {
      const disk = await makeSmallDisk(256);
      ended.push(disk.remove);
      const stored = must(await addTo(world, { name: 'sealed', where: join(disk.mount, 'sealed') }));
      must(await backUp(world, stored));
      await world.live(1);
      await disk.remount('ro');
      expect(faultOf(await backUp(world, stored)).code).toBe('readOnlyRepository');
      expect(must(await storedMoments(about('sealed'))).length).toBeGreaterThan(0);
      must(await checkBackup({ ...about('sealed'), sample: 'all' }));
      await disk.remount('rw');
      expect(must(await backUp(world, stored)).moments.length).toBe(1);
    },
    180_000,
  );

  test('locked by a program that died: its lock goes. By one that lives: told who it is', async () => {
    await world.live(1);
    must(await backUp(world, repository));
    const holder = await lockedBy(world, repository);
    ended.push(() => end(holder));
    holder.process.kill('SIGSTOP');
    await world.live(1);
    const fault = faultOf(await backUp(world, repository));
    expect(fault.code).toBe('lockedRepository');
    expect(fault.message).toContain(`process ${holder.pid}`);
    await end(holder);
    expect((await readdir(join(folder(), 'locks'))).length).toBe(1);
    must(await pruneBackup({ ...about(), keep: keepLastTwo, preview: false }));
    expect(await readdir(join(folder(), 'locks'))).toEqual([]);
    must(await backUp(world, repository));
  }, 180_000);

  test('another password in the vault: told, and nothing of the repository is touched', async () => {
    const key = join(repositoryFolder(world.places.mountPoint, repository.name), keyFile);
    const right = await readFile(key);
    await writeFile(key, 'not the one that it was');
    const before = await readdir(folder(), { recursive: true });
    expect(faultOf(await backUp(world, repository)).code).toBe('wrongBackupKey');
    expect(await readdir(folder(), { recursive: true })).toEqual(before);
    await writeFile(key, right);
    must(await checkBackup({ ...about(), sample: 'structure' }));
  }, 60_000);

  test.runIf(full)(
    'a clock that is years ahead: moments are stored and restored, and nothing is removed by it',
    async () => {
      await world.live(1);
      const { number, path } = await newestManifest(world);
      const manifest = await readFile(path, 'utf8');
      const ahead = manifest.replace(/"createdAt": "\d{4}/, '"createdAt": "2051');
      expect(ahead).not.toBe(manifest);
      await writeFile(path, ahead);
      must(await backUp(world, repository));
      const stored = must(await storedMoments(about()));
      expect(stored.at(-1)).toMatchObject({ generation: number, at: expect.stringMatching(/^2051/) });
      const refused = faultOf(await pruneBackup({ ...about(), keep: keepLastTwo, preview: false }));
      expect(refused).toMatchObject({ code: 'clockWrong', hint: 'set the clock of this PC' });
      expect(must(await storedMoments(about()))).toEqual(stored);
      const places = await emptyVault(world);
      const newest = stored.slice(-1);
      const { mountPoint } = world.places;
      must(
        await withAccess({ mountPoint, repository }, (access) =>
          restoreMoments({ access, moments: newest, places, signal: never }),
        ),
      );
      expect(await liveIn(world.world, places)).toMatchObject({ ram: 'ok', disk: 'ok' });
    },
    180_000,
  );
});

real('two PCs with clones of one stick', () => {
  afterAll(endBackups);

  test('in turn and at once: both come back, and neither takes the last two of the other', async () => {
    const world = await makeBackupWorld();
    const repository = must(await addTo(world));
    await world.live(1);
    must(await backUp(world, repository));
    const other = await emptyVault(world);
    await cp(world.places.mountPoint, other.mountPoint, { recursive: true, preserveTimestamps: true });
    const clone: BackupWorld = { ...world, places: other };

    await world.live(1);
    await liveIn(world.world, other);
    must(await backUp(world, repository));
    must(await backUp(clone, repository));
    await world.live(1);
    await liveIn(world.world, other);
    const both = await Promise.all([backUp(world, repository), backUp(clone, repository)]);
    expect(both.map((done) => must(done).moments.length)).toEqual([1, 1]);

    const about = { places: world.places, name: repository.name, signal: never };
    must(await pruneBackup({ ...about, keep: keepLastTwo, preview: false }));
    must(await pruneBackup({ ...about, places: other, keep: keepLastTwo, preview: false }));
    const stored = must(await storedMoments(about));
    expect(stored.map((moment) => moment.generation)).toEqual([2, 2, 3, 3]);
    for (const places of [world.places, other]) must(await checkBackup({ ...about, places, sample: 'all' }));

    const ticks = [];
    for (const moment of stored.slice(-2)) {
      const places = await emptyVault(world);
      const { mountPoint } = world.places;
      must(
        await withAccess({ mountPoint, repository }, (access) =>
          restoreMoments({ access, moments: [moment], places, signal: never }),
        ),
      );
      ticks.push(await liveIn(world.world, places));
    }
    expect(ticks).toMatchObject([
      { ram: 'ok', disk: 'ok' },
      { ram: 'ok', disk: 'ok' },
    ]);
  }, 600_000);
});

async function newestManifest({ world }: BackupWorld): Promise<{ number: number; path: string }> {
  const number = Number(await readFile(join(world.place.folder, 'CURRENT'), 'utf8').then(digitsOf));
  return { number, path: manifestPath(world.place, number) };
}

function digitsOf(text: string): string {
  return /\d+/.exec(text)?.[0] ?? '';
}

/** Somebody else's restic that works in it alone: it has taken its lock when this answers. */
async function lockedBy(world: BackupWorld, repository: Repository): Promise<Child> {
  const folder = repositoryFolder(world.places.mountPoint, repository.name);
  const args = ['-r', join(world.ground, repository.name), '--no-cache', '--password-file'];
  const child = start({
    program: 'restic',
    args: [...args, join(folder, keyFile), 'check', '--read-data'],
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const locks = join(world.ground, repository.name, 'locks');
  // Under its name: before that it is being written.
  const isLock = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
  await until('its lock', async () => (await readdir(locks)).some(isLock));
  return child;
}

async function end(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}
