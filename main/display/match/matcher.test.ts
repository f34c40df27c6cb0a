// The matcher on a real Xorg with the dummy driver: what it set once is right until somebody changes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startXServer, type XServer } from '../../place/x-server';
import { run } from '../../process/run';
import { type XAddress, xEnvironment } from '../x-windows';
import { matcherOn } from './matcher';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-matcher-'));
let server: XServer;
let x: XAddress;

beforeAll(async () => {
  const under = join(folder, 'x');
  const started = await startXServer({ kind: 'xorg-dummy', width: 1280, height: 800, under });
  if (!started.ok) throw new Error(started.fault.message);
  server = started.value;
  x = { display: server.display, authority: server.authority };
});

afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true });
});

async function xrandr(...args: readonly string[]): Promise<void> {
  const ran = await run({ program: 'xrandr', args, stage: 'test', env: xEnvironment(x) });
  if (!ran.ok) throw new Error(ran.fault.message);
}

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
