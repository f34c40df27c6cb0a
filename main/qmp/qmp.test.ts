import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, start } from '../process/run';
import { connectQmp, type Qmp } from './commands';

const stage = 'test';
const greeting = '{"QMP": {"version": {"qemu": {"major": 10}}, "capabilities": ["oob"]}}\r\n';
let folder = '';
let path = '';
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-q-'));
  path = join(folder, 'qmp');
});

afterEach(async () => {
  for (const closer of closers.splice(0)) await closer();
  await rm(folder, { recursive: true, force: true });
});

/** A QEMU without a machine: QMP and nothing else, up in some 30 ms. */
function startQemu(): Child {
  const child = start({
    program: 'qemu-system-x86_64',
    args: [
      ...['-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'none'],
      ...['-name', 'guest=tést', '-uuid', '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e'],
      ...['-qmp', `unix:${path},server=on,wait=off`],
    ],
  });
  closers.push(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  return child;
}

async function connected(timeoutMs = 5_000): Promise<Qmp> {
  const qmp = await connectQmp({ path, stage, timeoutMs });
  if (!qmp.ok) throw new Error(`${qmp.fault.code}: ${qmp.fault.message}`);
  closers.push(() => qmp.value.close());
  return qmp.value;
}

/** A peer that greets with these bytes and answers each line as told. */
async function fakeQemu(about: {
  greets?: string | Buffer;
  hears?: (message: { execute: string; id: number }, socket: Socket) => void;
}): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    socket.write(about.greets ?? greeting);
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) {
        const message: { execute: string; id: number } = JSON.parse(line);
        if (message.execute === 'qmp_capabilities') socket.write(`{"return": {}, "id": ${message.id}}\r\n`);
        else about.hears?.(message, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closers.push(() => server.close());
}

describe('with a real QEMU', () => {
  it('waits until QEMU listens, then asks and is answered', async () => {
    const connecting = connected();
    startQemu();
    const qmp = await connecting;
    const [version, uuid, name, status] = await Promise.all([
      qmp.execute('query-version', {}),
      qmp.execute('query-uuid', {}),
      qmp.execute('query-name', {}),
      qmp.execute('query-status', {}),
    ]);
    expect(version).toMatchObject({ ok: true, value: { qemu: { micro: expect.any(Number) } } });
    expect(uuid).toEqual({ ok: true, value: { UUID: '0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e' } });
    expect(name).toEqual({ ok: true, value: { name: 'tést' } });
    expect(status).toMatchObject({ value: { running: true, status: 'running' } });
  });

  it('hears events, until it is told not to', async () => {
    startQemu();
    const qmp = await connected();
    const heard: string[] = [];
    const unlisten = qmp.onEvent('STOP', () => heard.push('STOP'));
    qmp.onEvent('RESUME', () => heard.push('RESUME'));
    await qmp.execute('stop', {});
    await qmp.execute('cont', {});
    unlisten();
    await qmp.execute('stop', {});
    expect(heard).toEqual(['STOP', 'RESUME']);
  });

  it('hears why QEMU goes, then that it is gone', async () => {
    const child = startQemu();
    const qmp = await connected();
    const why = new Promise((resolve) => qmp.onEvent('SHUTDOWN', resolve));
    expect(await qmp.execute('quit', {})).toMatchObject({ ok: true });
    expect(await why).toEqual({ guest: false, reason: 'host-qmp-quit' });
    await qmp.closed;
    expect(await child.ended).toMatchObject({ status: 0 });
    expect(await qmp.execute('query-status', {})).toMatchObject({ fault: { code: 'guestDied', stage } });
  });

  it('names what QEMU refuses', async () => {
    startQemu();
    const qmp = await connected();
    expect(await qmp.execute('migrate-incoming', { uri: 'file:/nowhere' })).toMatchObject({
      fault: { code: 'io', stage, message: expect.stringContaining('-incoming') },
    });
  });

  it('fails everything pending when QEMU is killed', async () => {
    const child = startQemu();
    const qmp = await connected();
    child.process.kill('SIGSTOP');
    const pending = [qmp.execute('query-status', {}), qmp.execute('query-name', {})];
    child.process.kill('SIGKILL');
    for (const answer of await Promise.all(pending))
      expect(answer).toMatchObject({ ok: false, fault: { code: 'guestDied' } });
  });

  it('lets QEMU go on after closing, for the next client', async () => {
    startQemu();
    (await connected()).close();
    expect(await (await connected()).execute('query-status', {})).toMatchObject({ ok: true });
  });
});

describe('connecting', () => {
  it('says that nobody listened in time', async () => {
    expect(await connectQmp({ path, stage, timeoutMs: 100 })).toMatchObject({
      fault: { code: 'missingFile', stage },
    });
  });

  it('refuses a path no socket can have', async () => {
    expect(await connectQmp({ path: `/${'x'.repeat(120)}`, stage })).toMatchObject({
      fault: { code: 'pathTooLong' },
    });
  });

  it('ends early when it is cancelled, before and after the peer answered', async () => {
    expect(await connectQmp({ path, stage, signal: AbortSignal.timeout(50) })).toMatchObject({
      fault: { code: 'cancelled' },
    });
    await fakeQemu({ greets: '' });
    expect(await connectQmp({ path, stage, signal: AbortSignal.timeout(50) })).toMatchObject({
      fault: { code: 'cancelled' },
    });
  });

  it.each([
    ['no QMP', 'SSH-2.0-OpenSSH\r\n', 'protocol'],
    ['a greeting of a wrong shape', '{"QMP": {"version": 1}}\r\n', 'protocol'],
    ['an event instead of a greeting', '{"event": "STOP"}\r\n', 'protocol'],
    ['2 MiB without a line end', Buffer.alloc(2 << 20, 0x7b), 'protocol'],
    ['nothing', '', 'timeout'],
  ])('refuses a peer that greets with %s', async (_, greets, code) => {
    await fakeQemu({ greets });
    expect(await connectQmp({ path, stage, timeoutMs: 400 })).toMatchObject({ fault: { code, stage } });
  });
});

describe('with a broken or hostile peer', () => {
  it.each([
    ['garbage', 'garbage\r\n', 'protocol'],
    ['an array', '[1, 2]\r\n', 'protocol'],
    ['an error of a wrong shape', '{"error": "no", "id": 2}\r\n', 'protocol'],
    ['2 MiB without a line end', ' '.repeat(2 << 20), 'protocol'],
    ['a status of a wrong shape', '{"return": {"running": "yes"}, "id": 2}\r\n', 'protocol'],
    ['nothing but the end', null, 'guestDied'],
  ])('an answer of %s is a fault', async (_, bytes, code) => {
    await fakeQemu({
      hears: (_message, socket) => (bytes === null ? socket.destroy() : socket.write(bytes)),
    });
    const qmp = await connected();
    expect(await qmp.execute('query-status', {})).toMatchObject({ ok: false, fault: { code, stage } });
  });

  it('drops answers with an id that nobody waits for, and events it does not know', async () => {
    await fakeQemu({
      hears: ({ id }, socket) => {
        socket.write('{"return": {"running": false, "status": "wrong"}, "id": 77}\r\n');
        socket.write('{"error": {"class": "GenericError", "desc": "of nobody"}}\r\n');
        socket.write('{"event": "toString", "data": 1}\r\n{"event": "STOP", "data": []}\r\n');
        socket.write(`{"return": {"running": true, "status": "running"}, "id": ${id}}\r\n`);
      },
    });
    const qmp = await connected();
    expect(await qmp.execute('query-status', {})).toEqual({
      ok: true,
      value: { running: true, status: 'running' },
    });
  });

  it('gives up on a call, and drops its answer when it comes late', async () => {
    const late: (() => void)[] = [];
    await fakeQemu({
      hears: ({ id }, socket) => {
        const answer = () =>
          socket.write(`{"return": {"status": "${id}", "running": true}, "id": ${id}}\r\n`);
        if (late.length === 0) late.push(answer);
        else for (const each of [...late, answer]) each();
      },
    });
    const qmp = await connected();
    expect(await qmp.execute('query-status', {}, { timeoutMs: 50 })).toMatchObject({
      fault: { code: 'timeout' },
    });
    expect(await qmp.execute('query-status', {})).toMatchObject({ value: { status: '3' } });
  });

  it('tells a full disk from other errors', async () => {
    await fakeQemu({
      hears: ({ id }, socket) =>
        socket.write(
          `{"error": {"class": "GenericError", "desc": "x: No space left on device"}, "id": ${id}}\r\n`,
        ),
    });
    const qmp = await connected();
    expect(await qmp.execute('migrate', { uri: 'file:/x' })).toMatchObject({ fault: { code: 'full' } });
  });

  it('fails what is pending when we close it ourselves', async () => {
    await fakeQemu({});
    const qmp = await connected();
    const pending = qmp.execute('query-status', {});
    await delay(10);
    qmp.close();
    expect(await pending).toMatchObject({ fault: { code: 'cancelled' } });
    expect(await qmp.closed).toBe('closed by us');
  });
});
