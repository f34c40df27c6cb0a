// Backing up, checking, making room and restoring, each cut with SIGKILL at a random instant, as by a pulled stick or a
// power cut: the repository is whole at once after each, no half-made guest is left, and the next run completes.
// SOULPAD_FULL=1: twenty cuts of a backup and six of each other, else three and one.
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { start } from '../process/run';
import { checkBackup, pruneBackup, type Repository, restoreBackup, storedMoments } from './backup';
import {
  addTo,
  type BackupWorld,
  backUp,
  emptyVault,
  endBackups,
  liveIn,
  makeBackupWorld,
  never,
  resticIsThere,
} from './backup.fixture';
import type { CutOrder } from './cutting.fixture';
import { repositoriesFolder } from './repository';

const full = process.env.SOULPAD_FULL === '1';
const cuts = full ? 20 : 3;
const others = full ? 6 : 1;
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);

real('cut at a random instant', () => {
  let world: BackupWorld;
  let repository: Repository;
  let program = '';
  let generation = 0;
  const about = () => ({ places: world.places, name: repository.name, signal: never });
  const live = async (): Promise<void> => {
    await world.live(1);
    generation++;
  };

  beforeAll(async () => {
    world = await makeBackupWorld();
    repository = must(await addTo(world));
    await live();
    program = await bundle({ source: '../backup/cutting.fixture.ts', name: 'cutting-backup.cjs' });
  }, 120_000);
  afterAll(endBackups);

  /** Starts the act, ends it with SIGKILL within that time, and answers what it was at. */
  const cut = async (order: CutOrder, longestMs: number): Promise<string> => {
    const child = start({
      program: process.execPath,
      args: [program, JSON.stringify(order)],
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let phase = 'beginning';
    child.process.stdout?.on('data', (text: Buffer) => {
      phase = text.toString().trim().split('\n').at(-1) ?? phase;
    });
    await Promise.race([delay(Math.random() * longestMs), child.ended]);
    child.process.kill('SIGKILL');
    await child.ended;
    await untilNoRestic(order.places.mountPoint);
    return phase;
  };

  test(`backing up, ${cuts} times: the repository checks clean, the next backup completes`, async () => {
    const phases = new Set<string>();
    for (let at = 0; at < cuts; at++) {
      const { places, name } = about();
      phases.add(await cut({ act: 'backup', places, name }, 4_000));
      must(await checkBackup({ ...about(), sample: 'all' }));
      must(await backUp(world, repository));
      must(await checkBackup({ ...about(), sample: 'structure' }));
      const stored = must(await storedMoments(about()));
      expect(stored.at(-1)?.generation).toBe(generation);
      expect(new Set(stored.map((moment) => moment.generation)).size).toBe(stored.length);
      await live();
    }
    console.info(`cut while: ${[...phases].join(', ')}`);
  }, 3_600_000);

  test(`checking, ${others} times: the next check and backup go on`, async () => {
    for (let at = 0; at < others; at++) {
      const { places, name } = about();
      await cut({ act: 'check', places, name }, 2_000);
      must(await checkBackup({ ...about(), sample: 'some' }));
      must(await backUp(world, repository));
    }
  }, 600_000);

  test(`making room, ${others} times: the last two stay whole, and the next time completes`, async () => {
    const keep = { last: 0, days: 0, weeks: 0, months: 0 };
    for (let at = 0; at < others; at++) {
      await live();
      must(await backUp(world, repository));
      const { places, name } = about();
      await cut({ act: 'prune', places, name }, 3_000);
      const left = must(await storedMoments(about())).map((moment) => moment.generation);
      expect(left.slice(-2)).toEqual([generation - 1, generation]);
      must(await pruneBackup({ ...about(), keep, preview: false }));
      must(await checkBackup({ ...about(), sample: 'all' }));
      expect(must(await storedMoments(about())).length).toBe(2);
    }
  }, 900_000);

  test(`restoring, ${others} times: a whole guest or none, and the next time completes`, async () => {
    for (let at = 0; at < others; at++) {
      const places = await emptyVault(world);
      await mkdir(join(places.mountPoint, 'backup'), { mode: 0o700 });
      const known = repositoriesFolder(world.places.mountPoint);
      await cp(known, repositoriesFolder(places.mountPoint), { recursive: true });
      const { name } = about();
      await cut({ act: 'restore', places, name }, 3_000);
      const there = await readdir(places.guestsFolder).catch(() => []);
      expect(['', 'witness']).toContain(there.join());
      if (there.length === 0)
        must(await restoreBackup({ ...about(), places, guest: null, generation: null }));
      expect(await liveIn(world.world, places)).toMatchObject({ ram: 'ok', disk: 'ok' });
    }
  }, 900_000);
});

/** The kernel ends restic with us, a moment later. */
async function untilNoRestic(folder: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(20)) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')),
    );
    if (!lines.some((line) => line.includes('restic') && line.includes(folder))) return;
  }
  throw new Error('restic outlives us');
}
