import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fail, ok } from '../../preload/contract/result';
import { callSocket } from './call';
import { type Answers, serveSocket } from './serve';

const verbs = {
  double: { request: z.strictObject({ n: z.number() }), reply: z.object({ n: z.number() }) },
  refuse: { request: z.object({}), reply: z.object({}) },
  break: { request: z.object({}), reply: z.object({}) },
  wait: { request: z.object({}), reply: z.object({}) },
} as const;
const pushes = { news: z.object({ text: z.string() }) } as const;
const stage = 'test';

const answers: Answers<typeof verbs> = {
  double: async ({ n }) => ok({ n: n * 2 }),
  refuse: async () => fail({ code: 'busy', stage: 'there', message: 'somebody has it' }),
  break: async () => {
    throw new Error('a bug');
  },
  wait: () => new Promise(() => {}),
};

let folder = '';
let path = '';
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-s-'));
  path = join(folder, 'sock');
});

afterEach(async () => {
  for (const closer of closers.splice(0)) await closer();
  await rm(folder, { recursive: true, force: true });
});

async function serving(own: Partial<Answers<typeof verbs>> = {}) {
  const server = await serveSocket({ path, stage, verbs, pushes, answers: { ...answers, ...own } });
  if (!server.ok) throw new Error(server.fault.message);
  closers.push(() => server.value.close());
  return server.value;
}

async function calling() {
  const caller = await callSocket({ path, stage, verbs, pushes });
  if (!caller.ok) throw new Error(caller.fault.message);
  closers.push(() => caller.value.close());
  return caller.value;
}

/** A peer that says exactly this to whoever connects, or to each line it hears. */
async function fakeServer(behave: (socket: Socket) => void): Promise<void> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closers.push(() => server.close());
}

/** What the server says to these bytes, until it ends the connection or has said a line. */
async function said(bytes: string | Buffer): Promise<{ text: string; closed: boolean }> {
  const socket = connect(path);
  closers.push(() => socket.destroy());
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  socket.write(bytes);
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await delay(10)) {
    if (closed || text.endsWith('\n')) return { text, closed };
  }
  throw new Error('the server said nothing and stayed');
}

describe('a verb socket', () => {
  it('answers many calls at once, each with its own answer', async () => {
    await serving();
    const caller = await calling();
    const all = await Promise.all([1, 2, 3].map((n) => caller.call('double', { n })));
    expect(all).toEqual([2, 4, 6].map((n) => ok({ n })));
  });

  it('brings faults over as they are, and names a bug of the server', async () => {
    await serving();
    const caller = await calling();
    expect(await caller.call('refuse', {})).toMatchObject({ fault: { code: 'busy', stage: 'there' } });
    expect(await caller.call('break', {})).toMatchObject({ fault: { code: 'bug' } });
  });

  it('gives up on a call without an answer', async () => {
    await serving();
    const caller = await calling();
    expect(await caller.call('wait', {}, { timeoutMs: 50 })).toMatchObject({ fault: { code: 'timeout' } });
    expect(await caller.call('double', { n: 1 })).toEqual(ok({ n: 2 }));
  });

  it('pushes to every client, and what was pushed before closing arrives', async () => {
    const server = await serving();
    const heard: string[] = [];
    const callers = [await calling(), await calling()];
    for (const caller of callers) {
      caller.onPush('news', ({ text }) => heard.push(text));
      await caller.call('double', { n: 1 });
    }
    server.push('news', { text: 'last words' });
    await server.close();
    await Promise.all(callers.map((caller) => caller.closed));
    expect(heard).toEqual(['last words', 'last words']);
    expect(existsSync(path)).toBe(false);
  });

  it('belongs to this user alone', async () => {
    path = join(folder, 'new', 'sock');
    await serving();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  });

  it('tells the server when a client goes', async () => {
    let gone = false;
    await serving({
      double: async ({ n }, peer) => {
        peer.onClosed(() => {
          gone = true;
        });
        return ok({ n });
      },
    });
    const caller = await calling();
    await caller.call('double', { n: 1 });
    caller.close();
    await expect.poll(() => gone).toBe(true);
  });
});

describe('the server', () => {
  it.each([
    ['a folder others may enter', 'denied', async () => mkdir(join(folder, 'open'), { mode: 0o755 })],
    ['a path that is too long', 'pathTooLong', async () => {}],
  ])('refuses %s', async (_, code, prepare) => {
    await prepare();
    const where = code === 'denied' ? join(folder, 'open', 'sock') : join(folder, 'x'.repeat(110));
    expect(await serveSocket({ path: where, stage, verbs, pushes, answers })).toMatchObject({
      fault: { code, stage },
    });
  });

  it('refuses a socket that is there', async () => {
    await serving();
    expect(await serveSocket({ path, stage, verbs, pushes, answers })).toMatchObject({
      fault: { code: 'busy' },
    });
  });

  it.each([
    ['an unknown verb', '{"id":1,"verb":"steal","request":{}}\n'],
    ['a verb that every object has', '{"id":1,"verb":"toString","request":{}}\n'],
    ['a request of a wrong shape', '{"id":1,"verb":"double","request":{"n":"2"}}\n'],
    ['a request with more than it should have', '{"id":1,"verb":"double","request":{"n":2,"x":1}}\n'],
    ['a missing request', '{"id":1,"verb":"double"}\n'],
  ])('answers %s with an error and stays', async (_, line) => {
    await serving();
    const { text, closed } = await said(line);
    expect(JSON.parse(text)).toMatchObject({ id: 1, ok: false, fault: { code: 'protocol' } });
    expect(closed).toBe(false);
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['no frame', '{"verb":1}\n'],
    ['a line of 2 MiB', Buffer.alloc(2 << 20, 0x20)],
  ])('hangs up on %s, and serves the others', async (_, bytes) => {
    await serving();
    const other = await calling();
    expect(await said(bytes)).toEqual({ text: '', closed: true });
    expect(await other.call('double', { n: 1 })).toEqual(ok({ n: 2 }));
  });

  it('hears nothing more after the line it hung up on', async () => {
    let calls = 0;
    await serving({
      double: async ({ n }) => {
        calls += 1;
        return ok({ n });
      },
    });
    await said('hello\n{"id":1,"verb":"double","request":{"n":1}}\n');
    expect(calls).toBe(0);
  });

  it('closes in time although a client does not read', async () => {
    const server = await serving();
    const frozen = connect(path);
    frozen.on('error', () => {});
    closers.push(() => frozen.destroy());
    frozen.pause();
    await (await calling()).call('double', { n: 1 });
    for (let at = 0; at < 20; at += 1) server.push('news', { text: 'x'.repeat(100_000) });
    const began = Date.now();
    await server.close();
    expect(Date.now() - began).toBeLessThan(4_000);
  });
});

describe('the client', () => {
  it('says that nobody listens', async () => {
    expect(await callSocket({ path, stage, verbs, pushes })).toMatchObject({
      fault: { code: 'missingFile', stage },
    });
  });

  it('fails what is pending, with the cause, when the server dies', async () => {
    await fakeServer((socket) => socket.once('data', () => socket.destroy()));
    const caller = await calling();
    expect(await caller.call('wait', {})).toMatchObject({ fault: { code: 'io' } });
    expect(await caller.call('double', { n: 1 })).toMatchObject({ fault: { code: 'io' } });
    expect(await caller.closed).toBe('closed');
  });

  it.each([
    ['an answer of a wrong shape', '{"id":1,"ok":true,"value":{"n":"two"}}\n', 'protocol'],
    ['an answer without a value', '{"id":1,"ok":true}\n', 'protocol'],
    ['a frame of a wrong shape', '{"id":1}\n', 'io'],
    ['garbage', '\u0000\u0001\n', 'io'],
    ['a line of 2 MiB', ' '.repeat(2 << 20), 'io'],
    ['a fault with an unknown code', '{"id":1,"ok":false,"fault":{"code":"x"}}\n', 'io'],
  ])('gets through %s', async (_, bytes, code) => {
    await fakeServer((socket) => socket.once('data', () => socket.write(bytes)));
    const caller = await calling();
    expect(await caller.call('double', { n: 1 })).toMatchObject({ ok: false, fault: { code } });
  });

  it('drops answers to nobody, and pushes it does not know', async () => {
    await fakeServer((socket) =>
      socket.once('data', () => {
        socket.write('{"id":99,"ok":true,"value":{}}\n{"push":"gossip","value":1}\n');
        socket.write('{"push":"news","value":{"text":1}}\n{"id":1,"ok":true,"value":{"n":2}}\n');
      }),
    );
    const caller = await calling();
    caller.onPush('news', () => {
      throw new Error('a push of a wrong shape was heard');
    });
    expect(await caller.call('double', { n: 1 })).toEqual(ok({ n: 2 }));
  });
});
