// Speed and time left as a screen shows them, from reports at made-up times.
import { expect, test } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import { stickPace } from './stick-pace';

const report = (stage: Progress['stage'], done: number, secondsLeft: number | null = null): Progress => ({
  ...{ stage, done, total: 100e6, unit: 'bytes', secondsLeft, reversible: false },
});

test('speed is that of the stage, once it can be told', () => {
  const pace = stickPace();
  expect(pace(report('copy', 0), 10)?.bytesPerSecond).toBeNull();
  expect(pace(report('copy', 50e6), 10.5)?.bytesPerSecond).toBeNull();
  expect(pace(report('copy', 60e6), 12)?.bytesPerSecond).toBe(30e6);
  expect(pace(report('verify', 4e6), 14)?.bytesPerSecond).toBeNull();
  expect(pace(report('verify', 84e6), 16)?.bytesPerSecond).toBe(40e6);
});

test('while it is written, reading it back is still to come', () => {
  const pace = stickPace();
  pace(report('copy', 0), 0);
  expect(pace(report('copy', 50e6, 4), 4)?.progress.secondsLeft).toBe(8);
  expect(pace(report('copy', 100e6, 0), 8)?.progress.secondsLeft).toBe(4);
  expect(pace(report('verify', 50e6, 2), 10)?.progress.secondsLeft).toBe(2);
});

test('the first and the last of a stage are told, and ten a second between', () => {
  const pace = stickPace();
  const told = [0, 1, 2, 3].map((step) => pace(report('copy', step * 1e6), step / 20) !== null);
  expect(told).toEqual([true, false, true, false]);
  expect(pace(report('copy', 100e6), 0.16)).not.toBeNull();
  expect(pace(report('verify', 4e6), 0.17)).not.toBeNull();
});
