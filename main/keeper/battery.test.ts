// What the kernel says of a battery, as files: when that is trouble, and when not.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBatteryLow } from './battery';

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
