import { expect, it } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import { keyPace } from './key-pace';

it('goes forward through making and opening, and takes the time left from the first key', () => {
  let now = 100;
  const { making, opening } = keyPace(() => now);
  const report = (stage: Progress['stage'], done: number): Progress => ({
    ...{ stage, done, total: 4, unit: 'steps', secondsLeft: null, reversible: true },
  });
  const told: Progress[] = [making(report('key', 0))];
  now = 104;
  told.push(making(report('key', 1)));
  now = 108;
  told.push(making(report('create', 2)), making(report('fsync', 3)), opening(report('key', 0)));
  expect(told.map(({ stage, done, secondsLeft }) => [stage, done, secondsLeft])).toEqual([
    ['key', 0, 6],
    ['key', 1, 8],
    ['key', 2, 4],
    ['key', 2, 4],
    ['key', 2, 4],
  ]);
  expect(opening(report('mount', 0))).toEqual(report('mount', 0));
});
