import { expect, it } from 'vitest';
import { restartLimit } from './restart-limit';

it('allows so many restarts within a time, and more once the first ones are long ago', () => {
  let at = 0;
  const limit = restartLimit({ most: 2, withinMs: 1_000, now: () => at });
  expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
  at = 999;
  expect(limit.take()).toBe(false);
  at = 1_001;
  expect(limit.take()).toBe(true);
});
