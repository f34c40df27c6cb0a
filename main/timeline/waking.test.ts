// The decision before a wake, on a real guest's folder: what is answered, and that nothing was written where it asks.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WakeFrom } from '../../preload/contract/waking';
import { beginSession, readCurrent, readManifest } from '../generation/store';
import { createLayer } from '../guest/disk';
import {
  endWorlds,
  makeWorld,
  must,
  type World,
  witnessIsBuilt,
  witnessMissing,
} from '../keeper/keeper.fixture';
import { type Prepared, prepareToWake } from './waking';

const now = '2026-03-04T05:06:07.000Z';

describe('before a guest is woken', () => {
  let world: World;
  beforeAll(() => expect(witnessIsBuilt, witnessMissing).toBe(true));
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterAll(endWorlds);

  const prepare = (from: WakeFrom) =>
    prepareToWake({ whose: { places: world.places, definition: world.definition }, from, now });
  const current = async (): Promise<number> => must(await readCurrent(world.place));

  /** A session that ended without a suspend, with its disk layer. */
  async function interrupt(): Promise<void> {
    const parent = must(await readManifest(world.place, await current()));
    const backing = join(world.place.folder, 'gen-0000/disk.qcow2');
    const makeLayer = (file: string) => createLayer({ file, backing });
    must(await beginSession({ place: world.place, parent, startedAt: now, makeLayer }));
  }

  it('a guest that nothing happened to wakes as it was left, and nothing is written', async () => {
    expect(must(await prepare({ is: 'asLeft' }))).toMatchObject({ is: 'ready', interrupted: null });
    expect(await current()).toBe(0);
  });

  it('a switched-off guest whose session was interrupted starts from what that saved, without a question', async () => {
    await interrupt();
    const prepared = must(await prepare({ is: 'asLeft' }));
    expect(prepared).toMatchObject({ is: 'ready', fromSavedFiles: true, interrupted: { session: 1 } });
    expect(await current()).toBe(1);
    expect(must(await prepare({ is: 'asLeft' }))).toMatchObject({ interrupted: null, fromSavedFiles: false });
  });

  it('exactly as it was leaves the interrupted session where it is', async () => {
    await interrupt();
    expect(must(await prepare({ is: 'exact' }))).toMatchObject({ is: 'ready', fromSavedFiles: false });
    expect(await current()).toBe(0);
  });

  it('a guest that is off starts afresh without a new generation, and there is nothing to take back', async () => {
    const prepared: Prepared = must(await prepare({ is: 'afresh' }));
    if (prepared.is !== 'ready') throw new Error(`it is ${prepared.is}`);
    await prepared.takeBack();
    expect(await current()).toBe(0);
  });

  it('what is not there is refused and names nothing', async () => {
    for (const from of [{ is: 'older', number: 7 }, { is: 'savedFiles' }] as const) {
      const refused = await prepare(from);
      expect(refused).toMatchObject({ ok: false, fault: { code: 'missingGeneration' } });
    }
    expect(await current()).toBe(0);
  });
});
