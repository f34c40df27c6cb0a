// Window manager, viewer and pointer on a real X server, with a real QEMU that shows its firmware's screen over SPICE.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Fault } from '../../preload/contract/fault';
import { startXServer, type XServer } from '../place/x-server';
import { endChild, startBound } from '../process/bound';
import { type Child, run } from '../process/run';
import { openViewer, type Viewer } from './viewer';
import { startWindowManager, type WindowManager } from './window-manager';
import { openPointer } from './x-pointer';
import { hasWindowManager, type XAddress, xEnvironment } from './x-windows';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-display-'));
const spiceSocket = join(folder, 'spice.sock');
let server: XServer;
let x: XAddress;
let manager: WindowManager;
let qemu: Child;

function isDead(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

beforeAll(async () => {
  const started = await startXServer({ kind: 'xvnc', width: 1024, height: 768, under: join(folder, 'x') });
  if (!started.ok) throw new Error(started.fault.message);
  server = started.value;
  x = { display: server.display, authority: server.authority };
  const managed = await startWindowManager({ x, folder, onGaveUp: (fault) => expect.fail(fault.message) });
  if (!managed.ok) throw new Error(managed.fault.message);
  manager = managed.value;
  const machine = startBound({
    program: 'qemu-system-x86_64',
    packageName: 'qemu-system-x86',
    stage: 'test',
    args: [
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '32', '-nodefaults', '-vga', 'std', '-S'],
      ...['-spice', `unix=on,addr=${spiceSocket},disable-ticketing=on`],
    ],
  });
  if (!machine.ok) throw new Error(machine.fault.message);
  qemu = machine.value;
  await vi.waitUntil(() => existsSync(spiceSocket), { timeout: 20_000 });
});

afterAll(async () => {
  await endChild(qemu);
  await manager.end();
  await server.end();
  rmSync(folder, { recursive: true });
});

const place = { x: 0, y: 0, width: 1024, height: 768 };

async function shown(onDied: (fault: Fault) => void): Promise<Viewer> {
  const viewer = await openViewer({ x, spiceSocket, folder, onDied, place });
  if (!viewer.ok) throw new Error(viewer.fault.message);
  return viewer.value;
}

it('the window manager is started again when it is killed', async () => {
  const first = manager.pid() ?? 0;
  expect(await hasWindowManager(x)).toBe(true);
  process.kill(first, 'SIGKILL');
  await vi.waitUntil(() => manager.pid() !== null && manager.pid() !== first, { timeout: 10_000 });
  await vi.waitUntil(() => hasWindowManager(x), { timeout: 10_000 });
});

it('the viewer covers the screen and has the keyboard, and is gone when it was ended', async () => {
  const died = vi.fn();
  const viewer = await shown(died);
  expect(viewer.shownSeconds).toBeLessThan(15);
  const focus = { program: 'xdotool', args: ['getwindowfocus', 'getwindowpid'], stage: 'test' };
  await vi.waitUntil(
    async () => {
      const said = await run({ ...focus, env: xEnvironment(x) });
      return said.ok && Number(said.value.stdout.toString()) === viewer.pid;
    },
    { timeout: 10_000, interval: 100 },
  );
  await viewer.end();
  expect(isDead(viewer.pid)).toBe(true);
  expect(died).not.toHaveBeenCalled();
  expect(existsSync(join(folder, 'viewer'))).toBe(false);
});

it('the death of the viewer is reported, by name', async () => {
  const died = vi.fn();
  const viewer = await shown(died);
  process.kill(viewer.pid, 'SIGKILL');
  await vi.waitUntil(() => died.mock.calls.length > 0, { timeout: 5_000 });
  expect(died.mock.calls[0]?.[0]).toMatchObject({
    code: 'viewerDied',
    message: expect.stringContaining('SIGKILL'),
  });
  await viewer.end();
});

it('a viewer that finds no guest is a fault, and none is left', async () => {
  const viewer = await openViewer({
    x,
    spiceSocket: join(folder, 'nobody.sock'),
    ...{ folder, place },
    onDied: () => expect.fail('it was never shown'),
    shownWithinMs: 2_000,
  });
  expect(viewer.ok).toBe(false);
  expect(viewer.ok || ['viewerDied', 'timeout'].includes(viewer.fault.code)).toBe(true);
});

it('a viewer that is not wanted any more is ended while it starts', async () => {
  const viewer = await openViewer({
    ...{ x, spiceSocket, folder, place, onDied: () => {} },
    signal: AbortSignal.abort(),
  });
  expect(viewer).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
});

it('the pointer is where the X server has it, also over a window of another program', async () => {
  const opened = await openPointer(x);
  if (!opened.ok) throw new Error(opened.fault.message);
  const viewer = await shown(() => {});
  for (const [left, top] of [
    ['300', '0'],
    ['1023', '767'],
  ] as const) {
    const moved = await run({
      program: 'xdotool',
      args: ['mousemove', left, top],
      stage: 'test',
      env: xEnvironment(x),
    });
    expect(moved.ok).toBe(true);
    expect(await opened.value.look()).toEqual({ x: Number(left), y: Number(top) });
  }
  await viewer.end();
  opened.value.close();
  await vi.waitUntil(async () => (await opened.value.look()) === null, { timeout: 5_000 });
});

it('the pointer is not told without the cookie', async () => {
  expect(await openPointer({ ...x, authority: '/dev/null' })).toMatchObject({
    fault: { code: 'displayLacks' },
  });
});
