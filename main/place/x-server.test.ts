import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { screenOf } from '../display/x-windows';
import { startXServer } from './x-server';

const under = join(mkdtempSync(join(tmpdir(), 'soulpad-x-')), 'root');
afterAll(() => rmSync(join(under, '..'), { recursive: true }));

/** Inodes of TCP sockets in state LISTEN (proc(5)), to look for among a process's descriptors. */
function listens(pid: number): boolean {
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n'),
  );
  const inodes = lines
    .map((line) => line.trim().split(/\s+/))
    .flatMap((row) => (row[3] === '0A' ? [row[9]] : []));
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return statSync(`/proc/${pid}/fd/${fd}`).ino;
    } catch {
      return 0;
    }
  });
  return open.some((inode) => inodes.includes(String(inode)));
}

async function started(width: number, height: number) {
  const server = await startXServer({ kind: 'xvnc', width, height, under });
  if (!server.ok) throw new Error(server.fault.message);
  return server.value;
}

/** The first bytes that whoever connects there is sent. */
function greeting(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () =>
      socket.once('data', (bytes) => {
        socket.destroy();
        resolve(bytes.toString('latin1'));
      }),
    );
    socket.once('error', reject);
  });
}

describe('a virtual X server', () => {
  it('has the size asked for, can be looked at through a private socket only, and leaves nothing', async () => {
    const server = await started(1024, 768);
    const screen = await screenOf({ display: server.display, authority: server.authority });
    expect(screen).toMatchObject({ ok: true, value: { width: 1024, height: 768 } });
    const socket = server.vncSocket ?? '';
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
    expect(statSync(server.authority).mode & 0o777).toBe(0o600);
    expect(await greeting(socket)).toMatch(/^RFB 003/);
    expect(listens(server.pid)).toBe(false);
    await server.end();
    await server.ended;
    expect(readdirSync(under)).toEqual([]);
    expect(existsSync(`/tmp/.X11-unix/X${server.display.slice(1)}`)).toBe(false);
  });

  it('lets nobody in without the cookie', async () => {
    const server = await started(800, 600);
    const screen = await screenOf({ display: server.display, authority: '/dev/null' });
    await server.end();
    expect(screen.ok).toBe(false);
  });

  it('has a display of its own beside another one', async () => {
    const [one, other] = await Promise.all([started(800, 600), started(800, 600)]);
    await Promise.all([one.end(), other.end()]);
    expect(one.display).not.toBe(other.display);
  });

  it('does not start in a folder that others can read', async () => {
    const open = join(under, '../open');
    mkdirSync(open, { mode: 0o755 });
    const server = await startXServer({ kind: 'xvnc', width: 800, height: 600, under: open });
    expect(server).toMatchObject({ ok: false, fault: { code: 'denied' } });
  });
});

it('a nested X server shows itself in the outer one and goes with it', async () => {
  const outer = await started(1024, 768);
  const inner = await startXServer({
    kind: 'xephyr',
    width: 800,
    height: 600,
    under,
    outer: { DISPLAY: outer.display, XAUTHORITY: outer.authority },
  });
  if (!inner.ok) throw new Error(inner.fault.message);
  const { display, authority } = inner.value;
  expect(await screenOf({ display, authority })).toMatchObject({
    ok: true,
    value: { width: 800, height: 600 },
  });
  await outer.end();
  await inner.value.ended;
  await inner.value.end();
  expect(readdirSync(under)).toEqual([]);
});
