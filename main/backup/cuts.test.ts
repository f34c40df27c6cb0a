// Backups cut with SIGKILL at a random instant: the repository is whole at once after each, and the next run completes.
// SOULPAD_FULL=1: twenty cuts, else three.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { start } from '../process/run';
import { checkBackup, type Repository, storedMoments } from './backup';
import {
  addTo,
  type BackupWorld,
  backUp,
  endBackups,
  makeBackupWorld,
  never,
  resticIsThere,
} from './backup.fixture';

const cuts = process.env.SOULPAD_FULL === '1' ? 20 : 3;
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);

real('cut at a random instant', () => {
  let world: BackupWorld;
  let repository: Repository;
  let program = '';
  beforeAll(async () => {
    world = await makeBackupWorld();
    repository = must(await addTo(world));
    await world.live(1);
    program = await bundle({ source: '../backup/cutting.fixture.ts', name: 'cutting-backup.cjs' });
  }, 120_000);
  afterAll(endBackups);

  test(`${cuts} times: the repository checks clean, the next backup completes`, async () => {
    const phases = new Set<string>();
    for (let cut = 0; cut < cuts; cut++) {
      const told = JSON.stringify({ places: world.places, name: repository.name });
      const child = start({
        program: process.execPath,
        args: [program, told],
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let phase = 'beginning';
      child.process.stdout?.on('data', (text: Buffer) => {
        phase = text.toString().trim().split('\n').at(-1) ?? phase;
      });
      const longest = 6_000;
      await Promise.race([delay(Math.random() * longest), child.ended]);
      child.process.kill('SIGKILL');
      await child.ended;
      phases.add(phase);
      await untilNoRestic(world.places.mountPoint);
      const about = { places: world.places, name: repository.name, signal: never };
      must(await checkBackup({ ...about, sample: 'all' }));
      must(await backUp(world, repository));
      must(await checkBackup({ ...about, sample: 'structure' }));
      const stored = must(await storedMoments(about));
      expect(stored.at(-1)?.generation).toBe(cut + 1);
      expect(new Set(stored.map(({ generation }) => generation)).size).toBe(stored.length);
      await world.live(1);
    }
    console.info(`cut while: ${[...phases].join(', ')}`);
  }, 3_600_000);
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
