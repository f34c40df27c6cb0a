// On a real Xorg with the dummy driver: it sets modes, has several outputs, and its monitors can be pulled.
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { startXServer } from '../../place/x-server';
import type { XAddress } from '../x-windows';
import type { Output } from './outputs';
import { type Asked, planMatch } from './plan';
import { monitorNumber, parseMonitorNumber, readScreens, refusedName, setScreens } from './screens';
import { watchScreens } from './watch';
import { dummyXorg } from './xorg.fixture';

const { folder, xrandr, ...xorg } = dummyXorg();
let x: XAddress;
beforeAll(() => {
  x = xorg.x();
});

async function outputs(): Promise<readonly Output[]> {
  const read = await readScreens(x);
  if (!read.ok) throw new Error(read.fault.message);
  return read.value.outputs.filter(({ connected, at }) => connected || at !== null);
}

async function asked(about: Partial<Asked>): Promise<Asked> {
  const read = await readScreens(x);
  if (!read.ok) throw new Error(read.fault.message);
  return {
    ...{ ...read.value, found: {}, maySetModes: true, remembered: [], refused: [], trying: null },
    guest: { follows: false, size: { width: 1024, height: 768 } },
    ...about,
  };
}

it('has the screen take the guest’s size, and its own again', async () => {
  const before = await outputs();
  expect(before).toMatchObject([{ name: 'DUMMY0', at: { width: 1280, height: 800 }, monitor: null }]);
  const found = { DUMMY0: before[0]?.mode ?? '' };
  const set = await setScreens(x, planMatch(await asked({})));
  expect(set).toMatchObject({ ok: true, value: { screen: { width: 1024, height: 768 } } });
  const plan = planMatch(await asked({ found, guest: { follows: true, size: null } }));
  expect(await setScreens(x, plan)).toMatchObject({
    ok: true,
    value: { screen: { width: 1280, height: 800 } },
  });
});

it('lights a monitor that is plugged in, and moves the guest when its own is pulled', async () => {
  const changed = vi.fn();
  const watch = watchScreens(x, { onChanged: changed, onGone: () => {} });
  if (!watch.ok) throw new Error(watch.fault.message);
  await vi.waitFor(
    async () => {
      // Listening begins a moment after the start: the hand waits for the first answer.
      await xrandr('--addmode', 'DUMMY1', '1024x768');
      await xrandr('--output', 'DUMMY1', '--mode', '1024x768', '--pos', '0x0');
      await xrandr('--output', 'DUMMY1', '--off');
      expect(changed).toHaveBeenCalled();
    },
    { timeout: 20_000, interval: 500 },
  );
  const guest = { follows: true, size: null };
  expect((await setScreens(x, planMatch(await asked({ guest })))).ok).toBe(true);
  const [first, second] = await outputs();
  expect(first?.at).toMatchObject({ x: 0, width: 1280 });
  expect(second?.at?.x).toBe(1280);
  await xrandr('--output', 'DUMMY0', '--set', 'non-desktop', '1');
  const moved = planMatch(await asked({ guest }));
  expect(moved).toMatchObject({ output: 'DUMMY1', dark: ['DUMMY0'] });
  expect((await setScreens(x, moved)).ok).toBe(true);
  expect(await outputs()).toMatchObject([{ name: 'DUMMY1', primary: true, at: { x: 0, y: 0 } }]);
  await xrandr('--output', 'DUMMY0', '--set', 'non-desktop', '0');
  expect((await setScreens(x, planMatch(await asked({ guest })))).ok).toBe(true);
  expect((await outputs()).filter(({ at }) => at !== null)).toHaveLength(2);
  const numbers = [await monitorNumber(x, 'DUMMY0'), await monitorNumber(x, 'DUMMY1')];
  expect(numbers.sort()).toEqual([0, 1]);
  await watch.value();
  await xrandr('--output', 'DUMMY1', '--set', 'non-desktop', '1', '--output', 'DUMMY1', '--off');
});

it.each(['', 'Monitors: many', ' 0: +*HDMI-1 1920/510x1080/290+0+0  HDMI-1', '\n'.repeat(100_000)])(
  'counts an output that no monitor shows as the first one',
  (said) => expect(parseMonitorNumber(said, 'DP-1')).toBe(0),
);

it('says which mode was refused, and the screen is as before', async () => {
  const plan = planMatch(await asked({}));
  const [first] = plan.layout;
  if (first === undefined) throw new Error('the plan changes nothing');
  const impossible = { ...first, mode: '0xfff' };
  const set = await setScreens(x, { ...plan, layout: [impossible] });
  expect(set).toMatchObject({
    ok: false,
    fault: { code: 'displayLacks', message: expect.stringContaining(refusedName(impossible)) },
  });
  expect((await outputs())[0]?.at).toMatchObject({ width: plan.place.width === 1024 ? 1280 : 1024 });
});

it('a server without RandR is one screen, and nothing is set on it', async () => {
  const bare = await startXServer({
    kind: 'xvnc',
    width: 800,
    height: 600,
    under: join(folder, 'x'),
    randr: false,
  });
  if (!bare.ok) throw new Error(bare.fault.message);
  const its = { display: bare.value.display, authority: bare.value.authority };
  const read = await readScreens(its);
  expect(read).toMatchObject({ ok: true, value: { outputs: [], screen: { width: 800, height: 600 } } });
  await bare.value.end();
});
