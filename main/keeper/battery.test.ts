// What the kernel says of a battery, as files: when that is trouble, and when not.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBatteryLow, readPower } from './battery';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soulpad-b-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function supply(files: Readonly<Record<string, string>>, name = 'BAT0'): Promise<void> {
  await mkdir(join(root, name));
  for (const [file, said] of Object.entries(files)) await writeFile(join(root, name, file), `${said}\n`);
}

test.each([
  ['almost empty', { type: 'Battery', status: 'Discharging', capacity: '7' }, true],
  ['called critical', { type: 'Battery', status: 'Discharging', capacity_level: 'Critical' }, true],
  ['half full', { type: 'Battery', status: 'Discharging', capacity: '50' }, false],
  ['being charged', { type: 'Battery', status: 'Charging', capacity: '3' }, false],
  ["a mouse's", { type: 'Battery', scope: 'Device', status: 'Discharging', capacity: '3' }, false],
  ['the mains', { type: 'Mains', online: '0' }, false],
  ['saying nonsense', { type: 'Battery', status: 'Discharging', capacity: '-2' }, false],
  ['endless', { type: 'Battery', status: 'Discharging', capacity: '3'.repeat(10_000) }, false],
])('a battery that is %s', async (_what, files, isLow) => {
  await supply({ type: 'Mains', online: '0' }, 'AC');
  await supply(files);
  expect(await isBatteryLow(root)).toBe(isLow);
});

test('a PC without batteries is in no trouble, nor is one whose files cannot be read', async () => {
  expect(await isBatteryLow(join(root, 'nothing'))).toBe(false);
  await symlink('/dev/zero', join(root, 'BAT0'));
  expect(await isBatteryLow(root)).toBe(false);
});

test.each([
  ['at 5 %', { status: 'Discharging', capacity: '5' }, { from: 'battery', percent: 5, empty: true }],
  ['at 6 %', { status: 'Discharging', capacity: '6' }, { from: 'battery', percent: 6, empty: false }],
  ['called critical', { status: 'Discharging', capacity_level: 'Critical' }, { percent: 0, empty: true }],
  ['being charged', { status: 'Charging', capacity: '3' }, { from: 'mains' }],
  ['full', { status: 'Full', capacity: '100' }, { from: 'mains' }],
  ['saying nothing of how full it is', { status: 'Discharging' }, { from: 'mains' }],
])('a PC is fed by a battery that is %s', async (_what, files, power) => {
  await supply({ type: 'Battery', ...files });
  expect(await readPower(root)).toMatchObject(power);
});

test('a PC is not empty while its second battery is full, nor by a mouse', async () => {
  await supply({ type: 'Battery', status: 'Discharging', capacity: '3' });
  await supply({ type: 'Battery', status: 'Not charging', capacity: '80' }, 'BAT1');
  await supply({ type: 'Battery', scope: 'Device', status: 'Discharging', capacity: '2' }, 'mouse');
  expect(await readPower(root)).toEqual({ from: 'battery', percent: 80, empty: false });
  expect(await isBatteryLow(root)).toBe(true);
});
