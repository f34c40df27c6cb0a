import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseVolume, readPcState } from './pc-state';

const root = mkdtempSync(join(tmpdir(), 'soulpad-pc-'));
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

it('of a PC that says nothing is nothing', async () => {
  expect(await readPcState(root)).toMatchObject({ battery: null, network: 'none' });
});

it('is the PC’s own battery, not the mouse’s, and the cable before the air', async () => {
  for (const [file, content] of Object.entries({ type: 'Battery', scope: 'Device', capacity: '3' }))
    put(`class/power_supply/hid-mouse/${file}`, content);
  for (const [file, content] of Object.entries({ type: 'Battery', capacity: '80\n', status: 'Charging\n' }))
    put(`class/power_supply/BAT0/${file}`, content);
  put('class/net/lo/operstate', 'up\n');
  put('class/net/wlan0/operstate', 'up\n');
  put('class/net/wlan0/wireless/x', '');
  expect(await readPcState(root)).toMatchObject({
    ...{ battery: { percent: 80, charging: true }, network: 'wireless' },
  });
  put('class/net/eth0/operstate', 'up\n');
  put('class/net/eth0/device/x', '');
  expect(await readPcState(root)).toMatchObject({ network: 'cable' });
});

it('reads how loud it is', () => {
  const said =
    '  Front Left: Playback 48 [75%] [-12.00dB] [on]\n  Front Right: Playback 48 [75%] [-12.00dB] [on]\n';
  expect(parseVolume(said)).toEqual({ percent: 75, muted: false });
  expect(parseVolume('  Mono: Playback 0 [0%] [off]\n')).toEqual({ percent: 0, muted: true });
  expect(parseVolume('amixer: Unable to find simple control')).toBeNull();
});
