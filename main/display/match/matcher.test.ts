// The matcher on a real Xorg with the dummy driver: what it set once is right until somebody changes it.
import { beforeAll, expect, it } from 'vitest';
import type { XAddress } from '../x-windows';
import { matcherOn } from './matcher';
import { dummyXorg } from './xorg.fixture';

const { xrandr, ...xorg } = dummyXorg();
let x: XAddress;
beforeAll(() => {
  x = xorg.x();
});

it('is content with what it set, whatever is pulled and plugged in again', async () => {
  const matcher = matcherOn({ x, maySetModes: true });
  const guest = { follows: false, size: { width: 720, height: 400 } };
  const wanted = { guest, remembered: [], trying: null };
  const settles = async (output: string): Promise<void> => {
    expect(await matcher.match(wanted)).toMatchObject({ ok: true, value: { output } });
    expect(await matcher.isStale(wanted)).toBe(false);
  };
  await settles('DUMMY0');
  await xrandr('--addmode', 'DUMMY1', '1024x768');
  await xrandr('--output', 'DUMMY1', '--mode', '1024x768', '--right-of', 'DUMMY0');
  await settles('DUMMY0');
  await xrandr('--output', 'DUMMY0', '--set', 'non-desktop', '1');
  expect(await matcher.isStale(wanted)).toBe(true);
  await settles('DUMMY1');
  await xrandr('--output', 'DUMMY0', '--set', 'non-desktop', '0');
  expect(await matcher.isStale(wanted)).toBe(true);
  await settles('DUMMY1');
  await xrandr('--output', 'DUMMY1', '--set', 'non-desktop', '1');
  await settles('DUMMY0');
});
