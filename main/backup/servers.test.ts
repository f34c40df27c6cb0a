// The same story on a second disk, over sftp and on a rest-server: a full backup, increments, and each moment restored
// from each of them, byte for byte, and woken. SOULPAD_FULL=1: five increments and every moment woken; else one.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { must, type Tick, witnessIsBuilt } from '../keeper/keeper.fixture';
import { pruneBackup, type Repository, restoreFrom } from './backup';
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
import {
  endServers,
  restUser,
  type SshServer,
  serversAreThere,
  serversMissing,
  startRest,
  startSsh,
} from './servers.fixture';

const full = process.env.SOULPAD_FULL === '1';
const increments = full ? 5 : 1;
const real = describe.skipIf(!witnessIsBuilt || !resticIsThere || !serversAreThere);
if (!serversAreThere) console.warn(`skipped: ${serversMissing}`);

/** Adding over sftp asks twice: for the host key to be compared, and for our key to be let in. */
async function addSsh(world: BackupWorld, server: SshServer, name: string): Promise<Repository> {
  const asked = faultOf(await addTo(world, { name, where: server.where }));
  expect(asked.code).toBe('wrongHostKey');
  const trust = /SHA256:\S+/.exec(asked.hint ?? '')?.[0] ?? '';
  const refused = faultOf(await addTo(world, { name, where: server.where, trust }));
  expect(refused.code).toBe('denied');
  await server.admit(/ssh-ed25519 \S+/.exec(refused.hint ?? '')?.[0] ?? '');
  return must(await addTo(world, { name, where: server.where, trust }));
}

real('on every kind of repository', () => {
  let world: BackupWorld;
  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live(1);
  });
  afterAll(async () => {
    await endServers();
    await endBackups();
  });

  test('full, increments, and each moment comes back the same and goes on', async () => {
    const [ssh, rest] = [await startSsh(), await startRest()];
    const repositories = [
      must(await addTo(world)),
      await addSsh(world, ssh, 'nas'),
      must(await addTo(world, { name: 'cafe', where: rest.where, credentials: restUser })),
    ];
    const saved = new Map<number, { sums: Map<string, string>; tick: Tick | null }>();
    for (let generation = 1; generation <= 1 + increments; generation++) {
      const tick = generation === 1 ? null : await world.live(1);
      for (const repository of repositories) {
        const done = must(await backUp(world, repository));
        expect(done.moments[0]?.generation, repository.name).toBe(generation);
      }
      saved.set(generation, { sums: await sumsOfGuest(world.world.place), tick });
    }
    for (const repository of repositories) {
      for (const [generation, { sums, tick }] of saved) {
        if (!full && generation < saved.size) continue;
        const places = await emptyVault(world);
        const way = await wayTo(world, repository);
        const restored = await withPaper({ ...way, runtimeRoot: places.runtimeFolder }, (access) =>
          restoreFrom({ places, access, guest: 'witness', generation, signal: never }),
        );
        expect(must(restored), repository.name).toMatchObject([{ generation }]);
        const there = { ...world.world.place, folder: join(places.guestsFolder, 'witness') };
        const layers = [...sums.keys()].filter((file) => /\/(disk|ram|state)/.test(file));
        const found = await sumsOfGuest(there);
        const compared = layers.filter((file) => found.has(file));
        expect(compared.length, repository.name).toBeGreaterThan(3);
        for (const file of compared)
          expect(found.get(file), `${repository.name} ${file}`).toBe(sums.get(file));
        const woken = await liveIn(world.world, places);
        expect(woken, repository.name).toMatchObject({ ram: 'ok', disk: 'ok' });
        if (tick !== null) {
          expect(woken.nonce).toBe(tick.nonce);
          expect(woken.n).toBeGreaterThan(tick.n);
        }
      }
    }
  }, 1_800_000);
});

/** What a new stick is told: the place, the paper, and the server's own ways in. */
async function wayTo(world: BackupWorld, repository: Repository) {
  const folder = join(world.places.mountPoint, 'backup/repositories', repository.name);
  const { location } = repository;
  const trust =
    location.kind === 'sftp' ? fingerprintIn(await readFile(join(folder, 'known_hosts'), 'utf8')) : null;
  return {
    ...{ location, credentials: location.kind === 'rest' ? restUser : null, recovery: world.recovery() },
    ...{ trust, sshKey: location.kind === 'sftp' ? join(folder, 'ssh-key') : null },
  };
}

function fingerprintIn(line: string): string {
  const blob = Buffer.from(line.trim().split(' ').at(-1) ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

real('servers that are not as they should be', () => {
  let world: BackupWorld;
  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live(1);
  });
  afterEach(endServers);
  afterAll(endBackups);

  test('another host key: refused, nothing is sent', async () => {
    const server = await startSsh();
    const repository = await addSsh(world, server, 'ssh-changed');
    await server.changeKey();
    expect(faultOf(await backUp(world, repository)).code).toBe('wrongHostKey');
  });

  test('a server that went away, and one that dies while we send: told, and the next run completes', async () => {
    const server = await startRest();
    const repository = must(
      await addTo(world, { name: 'dying', where: server.where, credentials: restUser }),
    );
    await server.stop();
    expect(faultOf(await backUp(world, repository)).code).toBe('missingRepository');
    await server.go();
    const sent = backUp(world, repository);
    await delay(2_500);
    await server.stop();
    await delay(1_000);
    await server.go();
    const first = await sent; // restic tries again by itself, or gives up: both are right
    const next = must(await backUp(world, repository));
    if (first.ok) expect(next.moments).toEqual([]);
  }, 180_000);

  test('a wrong password of the server is told, and no password is in the fault', async () => {
    const server = await startRest();
    const credentials = { user: 'ana', password: 'not-hers' };
    const fault = faultOf(await addTo(world, { name: 'wrong', where: server.where, credentials }));
    expect(fault.code).toBe('denied');
    expect(JSON.stringify(fault)).not.toContain('not-hers');
  });

  test('a server that lets nobody remove: backups go on, making room is refused in words', async () => {
    const server = await startRest({ appendOnly: true });
    const about = { name: 'append', where: server.where, credentials: restUser, appendOnly: true };
    const repository = must(await addTo(world, about));
    must(await backUp(world, repository));
    const keep = { last: 0, days: 0, weeks: 0, months: 0 };
    const refused = await pruneBackup({
      ...{ places: world.places, name: 'append', keep, preview: false, signal: never },
    });
    expect(faultOf(refused)).toMatchObject({ code: 'denied', stage: 'backup.prune' });
  });
});
