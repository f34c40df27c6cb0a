import { expect, test } from 'vitest';
import { type CycleRun, casesOf, readCycleOptions } from './cycle';
import { cycleRows } from './cycle-rows';

const MiB = 1 << 20;

const run = (factor: number): CycleRun => ({
  verified: true,
  woken: {
    serialSocket: '',
    seconds: { unlock: 1 * factor, check: 4 * factor, start: 0.5, load: 0.25, firstRun: 0.25 },
  },
  slept: {
    seconds: { stop: 0.5, state: 0, ram: 4, fsync: 0, rename: 0, total: 5, verify: 2, close: 0.5 },
    nonZeroBytes: 90e6,
    changedBytes: null,
    writtenBytes: 90e6,
  },
});
const each = {
  engine: 'full',
  vaultKind: 'gocryptfs',
  megabytesPerSecond: 18,
  ramBytes: 256 * MiB,
} as const;
const baseline = { bytes: 90e6, writeSeconds: 4, readSeconds: 4 };

test('the cases are the five speeds, both memories, plain and encrypted; the slowest takes the smallest guest', () => {
  const cases = casesOf(readCycleOptions([]));
  expect(cases).toHaveLength(4 * 2 * 2 + 2);
  expect(cases.filter(({ megabytesPerSecond }) => megabytesPerSecond === 1)).toEqual([
    { engine: 'full', vaultKind: 'plain', megabytesPerSecond: 1, ramBytes: 80 * MiB },
    { engine: 'full', vaultKind: 'gocryptfs', megabytesPerSecond: 1, ramBytes: 80 * MiB },
  ]);
});

test('options that make no sense are refused', () => {
  for (const bad of [
    ['--runs', '0'],
    ['--speeds', 'fast'],
    ['--vault', 'luks2'],
    ['--engine', 'x'],
    ['--what'],
  ])
    expect(() => readCycleOptions(bad), bad.join(' ')).toThrow();
});

test('a whole is the sum of its stages, with mean and deviation, beside the paper', () => {
  const rows = cycleRows({ each, runs: [run(1), run(2)], baseline });
  const resume = rows.find((row) => row.case === 'resume');
  expect(resume).toMatchObject({ mean: 8.5, runs: 2, verified: true, baselineBytes: 90e6 });
  expect(resume?.stddev).toBeCloseTo(3.5355, 3);
  expect(resume?.paper).toMatchObject({ table: 'table 5', mean: 139 });
  const suspend = rows.find((row) => row.case === 'suspend');
  expect(suspend).toMatchObject({ mean: 7.5, stddev: 0, ratio: 1.875 });
  const stages = rows.filter((row) => row.case.startsWith('suspend: '));
  expect(stages.reduce((sum, { mean }) => sum + (mean ?? 0), 0)).toBeCloseTo(7.5);
  expect(stages.find((row) => row.case === 'suspend: save')?.paper).toMatchObject({
    table: 'table 4',
    mean: 15.79,
  });
});

test('one run that was not proven makes the row not verified', () => {
  const rows = cycleRows({ each, runs: [run(1), { ...run(1), verified: false }], baseline });
  expect(rows.every((row) => !row.verified)).toBe(true);
});
