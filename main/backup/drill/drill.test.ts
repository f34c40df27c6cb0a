// Drills with the real restic, QEMU and witness: one that passes, and each way in which one must fail.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ok, type Result } from '../../../preload/contract/result';
import { must, witnessIsBuilt, witnessMissing } from '../../keeper/keeper.fixture';
import { type Trial, wakeOnTrial } from '../../keeper/trial';
import type { Qmp } from '../../qmp/commands';
import { type Repository, repositoryFacts } from '../backup';
import {
  addTo,
  type BackupWorld,
  backUp,
  endBackups,
  makeBackupWorld,
  never,
  resticIsThere,
} from '../backup.fixture';
import { withAccess } from '../run';
import { type DrillOrder, holdDrill } from './drill';
import { readScreen, type Screen } from './png';
import { pngOf } from './png.fixture';
import { nonceOn } from './witness-screen';

const real = describe.skipIf(!witnessIsBuilt || !resticIsThere);
if (!witnessIsBuilt) console.warn(`skipped: ${witnessMissing}`);

real('the drill', () => {
  let world: BackupWorld;
  let repository: Repository;

  beforeAll(async () => {
    world = await makeBackupWorld();
    await world.live();
    repository = must(await addTo(world));
    must(await backUp(world, repository));
  });
  afterAll(endBackups);

  const drill = (about: Partial<DrillOrder> = {}) => {
    const { places } = world;
    return withAccess({ mountPoint: places.mountPoint, repository }, (access) =>
      holdDrill({ places, access, guest: null, signal: never, ...about }),
    );
  };

  test('A good backup wakes: its screen is the one of the suspend, it ticks, and it is the same witness', async () => {
    const held = must(await drill());
    expect(held).toMatchObject({
      guest: 'witness',
      generation: 1,
      passed: true,
      nonceMatched: true,
      fault: null,
    });
    expect(held.likeness).toBeGreaterThan(0.9);
    const [facts] = must(await repositoryFacts(world.places.mountPoint));
    expect(facts?.drill).toMatchObject({ passed: true, at: held.at });
    const picture = readScreen(await readFile(facts?.drill?.picture ?? ''));
    expect(picture && nonceOn(picture)).toMatch(/^[0-9a-f]{16}$/);
  });

  test('A black screen fails', async () => {
    const held = must(await drill({ wake: wakeWith(blackScreen) }));
    expect(held).toMatchObject({ passed: false, fault: { code: 'drillFailed' } });
    expect(held.fault?.message).toMatch(/black/);
  });

  test('A guest that does not go on fails: no tick comes', async () => {
    const held = must(await drill({ wake: wakeWith(heldStill), lifeWithinMs: 3_000 }));
    expect(held).toMatchObject({ passed: false, fault: { code: 'drillFailed' } });
    expect(held.fault?.message).toMatch(/no tick/);
  });

  test('Another nonce than the picture of the suspend shows fails', async () => {
    await world.live();
    const path = join(world.world.place.folder, 'gen-0002/screen.png');
    const screen = readScreen(await readFile(path));
    if (screen === null) throw new Error('the picture of the suspend cannot be read');
    await writeFile(path, pngOf(withOtherName(screen)));
    must(await backUp(world, repository));
    const held = must(await drill());
    expect(held).toMatchObject({ generation: 2, passed: false, nonceMatched: false });
    expect(held.fault?.message).toMatch(/another guest/);
  });

  test('A moment that is not what was saved fails before it is woken', async () => {
    await world.live();
    const path = join(world.world.place.folder, 'gen-0003/state');
    const state = await readFile(path);
    state[state.length >> 1] = (state[state.length >> 1] ?? 0) ^ 0xff;
    await writeFile(path, state);
    must(await backUp(world, repository));
    expect(must(await drill())).toMatchObject({
      generation: 3,
      passed: false,
      fault: { code: 'damagedState' },
    });
  });

  test('The scratch place is gone after each of them', async () => {
    await expect(readFile(join(world.places.mountPoint, 'backup/drill'))).rejects.toThrow('ENOENT');
  });
});

/** The real waking, with one thing of it changed afterwards. */
function wakeWith(change: (trial: Trial) => Promise<Trial>): typeof wakeOnTrial {
  return async (about): Promise<Result<Trial>> => {
    const woken = await wakeOnTrial(about);
    return woken.ok ? ok(await change(woken.value)) : woken;
  };
}

async function blackScreen(trial: Trial): Promise<Trial> {
  const qmp: Qmp = {
    ...trial.qmp,
    execute: async (command, args, options) => {
      const answer = await trial.qmp.execute(command, args, options);
      if (command === 'screendump' && 'filename' in args)
        await writeFile(
          String(args.filename),
          pngOf({ width: 720, height: 400, dots: Buffer.alloc(720 * 400 * 3) }),
        );
      return answer;
    },
  };
  return { ...trial, qmp };
}

async function heldStill(trial: Trial): Promise<Trial> {
  must(await trial.qmp.execute('stop', {}));
  return trial;
}

/** The first figure of the name becomes another one that stands there too. */
function withOtherName(screen: Screen): Screen {
  const name = nonceOn(screen) ?? '';
  const other = [...name].findIndex((figure) => figure !== name[0]);
  const dots = Buffer.from(screen.dots);
  for (let y = 12 * 16; y < 17 * 16; y++) {
    const [from, to] = [8 + other * 4, 8].map((column) => (y * screen.width + column * 9) * 3) as [
      number,
      number,
    ];
    screen.dots.copy(dots, to, from, from + 3 * 9 * 3);
  }
  return { ...screen, dots };
}
