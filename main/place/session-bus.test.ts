// The real dbus-daemon and accessibility bus.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../process/run';
import { startSessionBus } from './session-bus';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-bus-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is a bus of ours alone, with the accessibility bus and no other service', async () => {
  const under = join(folder, 'run');
  const bus = await startSessionBus({ under });
  if (!bus.ok) throw new Error(bus.fault.message);
  const env = { ...bus.value.environment };
  expect(env).toMatchObject({ ACCESSIBILITY_ENABLED: '1', GSETTINGS_BACKEND: 'memory' });
  const [made = ''] = readdirSync(under);
  expect(statSync(join(under, made)).mode & 0o777).toBe(0o700);
  const list = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.ListActivatableNames',
  ];
  const listed = await run({ program: 'dbus-send', args: list, stage: 'test', env });
  const names = listed.ok ? (listed.value.stdout.toString().match(/string "[^"]+"/g) ?? []) : [];
  expect(names.sort()).toEqual(['string "org.a11y.Bus"', 'string "org.freedesktop.DBus"']);
  await bus.value.end();
  expect(readdirSync(under)).toEqual([]);
  const after = await run({ program: 'dbus-send', args: list, stage: 'test', env, timeoutMs: 5_000 });
  expect(after.ok).toBe(false);
});
