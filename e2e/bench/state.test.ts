import { describe, expect, test } from 'vitest';
import type { Row } from './row';
import { readStateOptions, stateParts } from './state-options';
import { plotScript } from './state-plot';
import { comparedRow, failedRow } from './state-row';

const MiB = 1 << 20;
const options = readStateOptions([]);
const part = { case: 'suspend', method: 'changed pages', baseline: 'dd of the image', limit: 0.1 };

test('without options everything is measured; rows and sizes can be chosen', () => {
  expect(options.rows).toEqual([...stateParts]);
  const chosen = readStateOptions(['--rows', 'suspend,tick', '--ram', '512,2048', '--grown-fill', '300']);
  expect(chosen).toMatchObject({ rows: ['suspend', 'tick'], ram: [512, 2048], grownFill: 300, changed: 32 });
});

test('options that make no sense are refused', () => {
  for (const bad of [
    ['--rows', 'suspend,speed'],
    ['--ram', 'much'],
    ['--ram', '16'],
    ['--sessions', '1'],
    ['--wrong', '1'],
  ])
    expect(() => readStateOptions(bad)).toThrow();
});

describe('a row', () => {
  test('compares medians, and says everything that the bench was told', () => {
    const row = comparedRow(options, { ...part, ours: [1, 9, 2], theirs: [20], verified: true });
    expect(row).toMatchObject({ seconds: 2, baselineSeconds: 20, ratio: 0.1, runs: 3, spread: 4, why: null });
    expect(row.diskBytesPerSecond).toBe(30 * MiB);
    expect(row.parameters).toMatchObject({ changed: 32, sessions: 50, ram: options.ram.join(',') });
  });

  test('of bytes has no seconds', () => {
    const row = comparedRow(options, { ...part, ours: [130], theirs: [100], unit: 'bytes', verified: true });
    expect(row).toMatchObject({ seconds: null, bytesMoved: 130, baselineBytes: 100, ratio: 1.3 });
  });

  test('that could not be measured says why, and is not verified', () => {
    expect(failedRow(options, part, 'libvirt is missing')).toMatchObject({
      ...{ ratio: null, verified: false, why: 'libvirt is missing', runs: 0 },
    });
  });
});

test('the plot has a line for whatever was verified, by size, and nothing of a row that was not', () => {
  const row = (ram: number, seconds: number, over: Partial<Row> = {}): Row => ({
    ...comparedRow(options, { ...part, ours: [seconds], theirs: [9], verified: true, engine: 'lazy' }),
    ...{ guestRamBytes: ram * MiB, ...over },
  });
  const script = plotScript([
    row(2048, 2),
    row(512, 1),
    row(512, 7, { engine: null, method: 'virsh save --bypass-cache, sync' }),
    row(512, 77, { engine: 'full', verified: false }),
  ]);
  expect(script).toContain('512 1.000\n2048 2.000\nEND');
  expect(script).toContain('512 9.000\n2048 9.000\nEND');
  expect(script).toContain('512 7.000\nEND');
  expect(script).not.toContain('77.000');
  expect(script).not.toContain('title "full"');
});
