import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { noBackup } from '../preload/contract/backup';
import { controlsAtFirst } from '../preload/contract/controls';
import { controlDesk } from './controls';
import type { Plan } from './display/display';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-controls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = { x: 0, y: 0, width: 1920, height: 1080 };
const plan: Plan = {
  ...{ way: 'larger', output: 'HDMI-1', monitor: 'TST-1234:63', layout: [], dark: [], place, window: place },
  picture: place,
  ...{
    guestZoom: 2,
    choices: ['guestFollows', 'larger'],
    outputs: [{ name: 'HDMI-1', monitor: 'Marigold' }],
  },
};
const desk = () => controlDesk({ onChanged: () => {}, backup: () => noBackup });

it('keeps what was chosen for a monitor, and the owner’s settings, in the vault and in nobody else’s sight', async () => {
  const first = desk();
  await first.load({ mountPoint: folder });
  first.matched(plan);
  await first.remember('2026-01-02T03:04:05Z');
  await first.set({ ...controlsAtFirst, hotKey: 'Super+F12', curtain: 'blurred' });
  expect(statSync(join(folder, 'kiosk.json')).mode & 0o777).toBe(0o600);
  const second = desk();
  await second.load({ mountPoint: folder });
  expect(second.remembered()).toEqual([
    { monitor: 'TST-1234:63', way: 'larger', at: '2026-01-02T03:04:05Z' },
  ]);
  expect(second.told().settings).toMatchObject({ hotKey: 'Super+F12', curtain: 'blurred' });
});

it('forgets the oldest of very many monitors, and never one twice', async () => {
  const many = desk();
  await many.load({ mountPoint: folder });
  for (let number = 0; number < 70; number++) {
    many.matched({ ...plan, monitor: `plug:X-${number}` });
    await many.remember('2026-01-02T03:04:05Z');
    await many.remember('2026-01-02T03:04:06Z');
  }
  expect(many.remembered()).toHaveLength(64);
  expect(many.remembered().at(-1)?.monitor).toBe('plug:X-69');
});

it.each(['{', '{"format":"soulpad-kiosk","version":9}', `"${'x'.repeat(100_000)}"`])(
  'a damaged file is a new vault’s settings, and stays until something is set',
  async (content) => {
    const path = join(folder, 'kiosk.json');
    writeFileSync(path, content);
    const one = desk();
    await one.load({ mountPoint: folder });
    expect(one.told().settings).toEqual(controlsAtFirst);
    expect(one.remembered()).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(content);
    rmSync(path);
  },
);
