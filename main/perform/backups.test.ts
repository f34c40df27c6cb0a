// The backup desk beside the story, with a real guest, real restic and a disk that is plugged in: what the screen is told
// while a backup begins, is held, goes on, is stopped, comes after a suspend; and that nothing is left when it leaves.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { BackupState } from '../../preload/contract/backup';
import {
  addTo,
  type BackupWorld,
  endBackups,
  makeBackupWorld,
  resticIsThere,
} from '../backup/backup.fixture';
import { must, witnessIsBuilt } from '../keeper/keeper.fixture';
import type { OpenVault } from '../vault/vault';
import { type BackupDesk, backupDesk } from './backups';

const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);
if (!resticIsThere) console.warn('skipped: the backup desk needs restic (apt-get install restic)');

const within = { timeout: 60_000, interval: 20 };

real('the backup desk', () => {
  let world: BackupWorld;
  let desk: BackupDesk;
  let vault: OpenVault;
  const told: BackupState[] = [];
  const nearby: string[] = [];
  let isEmpty = false;

  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live(1);
    must(await addTo(world));
    vault = {
      ...{ ...world.places, home: world.ground, ownerSocket: join(world.ground, 'owner.sock') },
      ...{ closed: new Promise<never>(() => {}), detach: () => {} },
      close: async () => ({ ok: true, value: undefined }),
    };
  }, 180_000);
  afterEach(() => desk.leave());
  afterAll(endBackups);

  const open = async (): Promise<void> => {
    told.length = 0;
    nearby.length = 0;
    desk = backupDesk({
      onChanged: () => told.push(desk.told()),
      onNearby: () => nearby.push(desk.told().nearby ?? ''),
      isEmpty: async () => isEmpty,
      now: () => new Date().toISOString(),
      testOnlyPauses: { lookEveryMs: 50, nearbyShownMs: 200 },
    });
    await desk.load(vault);
  };
  const disk = (): string => join(world.ground, 'disk');
  test('is told of one that is held still, goes on, is stopped, and comes to its good end', async () => {
    await open();
    expect(desk.told()).toMatchObject({ state: 'idle', lastGoodAt: null, work: null });
    expect(desk.told().nextAt).not.toBeNull();
    expect([desk.act('pause'), desk.act('cancel')]).toEqual([false, false]);
    expect([desk.act('now'), desk.act('now')]).toEqual([true, false]);
    await vi.waitFor(() => expect(desk.act('pause')).toBe(true), within);
    // Whether restic runs already or not yet (pace.test.ts has a process that stands still).
    expect(desk.told()).toMatchObject({ state: 'paused', work: { paused: 'asked' } });
    expect(desk.act('goOn')).toBe(true);
    await vi.waitFor(() => expect(desk.told().state).toBe('running'), within);
    expect(desk.act('cancel')).toBe(true);
    await vi.waitFor(() => expect(desk.told().work).toBeNull(), within);
    // What a person stopped did not go wrong.
    expect(desk.told()).toMatchObject({ state: 'idle', repositories: [{ fault: null }] });
    expect(desk.act('now')).toBe(true);
    await vi.waitFor(() => expect(desk.told().lastGoodAt).not.toBeNull(), within);
    await vi.waitFor(() => expect(desk.told().work).toBeNull(), within);
    const [repository] = desk.told().repositories;
    expect(repository).toMatchObject({ name: 'disk', check: 'ok', fault: null });
    expect(repository?.bytesMoved).toBeGreaterThan(0);
    expect(told.some(({ work }) => work?.stage === 'verify')).toBe(true);
  }, 180_000);

  test('says that its disk was plugged in, and begins by itself', async () => {
    renameSync(disk(), `${disk()}-away`);
    await open();
    expect(desk.act('now')).toBe(true);
    await vi.waitFor(() => expect(desk.told().state).toBe('failed'), within);
    expect(desk.told().repositories[0]?.fault).toBe('missingRepository');
    renameSync(`${disk()}-away`, disk());
    await vi.waitFor(() => expect(nearby).toEqual(['disk']), within);
    await vi.waitFor(() => expect(desk.told()).toMatchObject({ state: 'idle', work: null }), within);
    expect(desk.told().repositories[0]?.fault).toBeNull();
  }, 120_000);

  test('comes after a suspend only where a repository asks for it, and can be skipped', async () => {
    must(await addTo(world, { name: 'evening', afterSuspend: true }));
    await world.live(1);
    await open();
    const progress: string[] = [];
    // The PC is about to go out: what was saved lies on the stick, and the rest waits.
    isEmpty = true;
    await desk.afterSuspend(vault, ({ stage }) => progress.push(stage));
    expect(progress).toEqual([]);
    isEmpty = false;
    const after = desk.afterSuspend(vault, ({ stage }) => {
      progress.push(stage);
      desk.act('cancel');
    });
    await after;
    expect(progress).toContain('backup');
    expect(desk.told().work).toBeNull();
    await desk.afterSuspend(vault, ({ stage }) => progress.push(stage));
    expect(desk.told().repositories.every(({ lastGoodAt }) => lastGoodAt !== null)).toBe(true);
  }, 180_000);
});
