// The network dies for good in each phase of talking to a rest-server: told as a repository that is gone, nothing half
// done counts, and when it is back the same act completes. SOULPAD_FULL=1, since restic tries for a minute before it
// gives up; a server that dies and comes back is in servers.test.ts.
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must, witnessIsBuilt } from '../keeper/keeper.fixture';
import { checkBackup, pruneBackup, type Repository, restoreFrom, storedMoments } from './backup';
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
import { layNetwork, type Network } from './dying-network.fixture';
import { withAccess } from './run';
import { endServers, restUser, serversAreThere, serversMissing, startRest } from './servers.fixture';

const full = process.env.SOULPAD_FULL === '1';
const real = describe.skipIf(!full || !witnessIsBuilt || !resticIsThere || !serversAreThere);
if (full && !serversAreThere) console.warn(`skipped: ${serversMissing}`);

const gone = ['missingRepository', 'timeout'];
const keep = { last: 0, days: 0, weeks: 0, months: 0 };

real('a network that dies', () => {
  let world: BackupWorld;
  let network: Network;
  let repository: Repository;
  const about = () => ({ places: world.places, name: 'far', signal: never });
  const add = () => addTo(world, { name: 'far', where: network.where, credentials: restUser });

  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live(1);
    network = await layNetwork((await startRest()).where);
  }, 180_000);
  afterAll(async () => {
    await network.end();
    await endServers();
    await endBackups();
  });

  test('while the repository is made', async () => {
    network.dieAt(/^POST \/soulpad\/keys\//);
    expect(gone).toContain(faultOf(await add()).code);
    expect(network.isDead()).toBe(true);
    network.heal();
    const second = await add();
    repository = must(second);
  }, 600_000);

  test.each([
    { phase: 'the moments are listed', request: /^GET \/soulpad\/snapshots\// },
    { phase: 'data is sent', request: /^POST \/soulpad\/data\// },
    { phase: 'the index is sent', request: /^POST \/soulpad\/index\// },
    { phase: 'the snapshot is sent', request: /^POST \/soulpad\/snapshots\// },
  ])(
    'while $phase',
    async ({ request }) => {
      await world.live(1);
      network.dieAt(request);
      expect(gone).toContain(faultOf(await backUp(world, repository)).code);
      expect(network.isDead()).toBe(true);
      network.heal();
      must(await backUp(world, repository));
      must(await checkBackup({ ...about(), sample: 'all' }));
      const stored = must(await storedMoments(about()));
      expect(new Set(stored.map(({ generation }) => generation)).size).toBe(stored.length);
    },
    900_000,
  );

  test.each([
    { phase: 'a moment is taken out', request: /^DELETE \/soulpad\/snapshots\// },
    { phase: 'room is made', request: /^DELETE \/soulpad\/(data|index)\// },
  ])(
    'while $phase',
    async ({ request }) => {
      await world.live(1);
      must(await backUp(world, repository));
      const before = must(await storedMoments(about()));
      network.dieAt(request);
      expect(gone).toContain(faultOf(await pruneBackup({ ...about(), keep, preview: false })).code);
      expect(network.isDead()).toBe(true);
      network.heal();
      must(await pruneBackup({ ...about(), keep, preview: false }));
      must(await checkBackup({ ...about(), sample: 'all' }));
      expect(must(await storedMoments(about()))).toEqual(before.slice(-2));
    },
    900_000,
  );

  test('while a moment is restored: no guest, and then a whole one', async () => {
    const places = await emptyVault(world);
    const restore = () =>
      withAccess({ mountPoint: world.places.mountPoint, repository }, (access) =>
        restoreFrom({ places, access, guest: null, generation: null, signal: never }),
      );
    network.dieAt(/^GET \/soulpad\/data\//);
    expect(gone).toContain(faultOf(await restore()).code);
    expect(network.isDead()).toBe(true);
    await expect(readdir(places.guestsFolder)).rejects.toThrow('ENOENT');
    network.heal();
    must(await restore());
    expect(await liveIn(world.world, places)).toMatchObject({ ram: 'ok', disk: 'ok' });
  }, 900_000);
});
