import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAgent } from './agent';

let folder: string;
let server: Server | null = null;
const peers: Socket[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-agent-'));
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  await new Promise((closed) => (server === null ? closed(null) : server.close(closed)));
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Something on the port that answers each line as told; null says nothing. */
async function guestThat(answers: (line: string, socket: Socket) => string | Buffer | null): Promise<string> {
  const path = join(folder, 'a');
  const made = createServer((socket) => {
    peers.push(socket);
    let held = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let at = held.indexOf('\n'); at >= 0; at = held.indexOf('\n')) {
        const line = held.slice(0, at).replaceAll('\xff', '');
        held = held.slice(at + 1);
        const answer = answers(line, socket);
        if (answer !== null) socket.write(answer);
      }
    });
  });
  server = made;
  await new Promise((listening) => made.listen(path, () => listening(null)));
  return path;
}

function synced(line: string): Buffer | null {
  const id = /"guest-sync-delimited","arguments":\{"id":(\d+)\}/.exec(line)?.[1];
  return id === undefined ? null : Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${id}}\n`)]);
}

const stage = 'test';

describe('the guest agent', () => {
  it('is heard after what was left of an earlier conversation', async () => {
    const stale = '{"return": {"pid": 7}}\n{"return": 12}\n{"error": {"class":"x","desc":"half a comm';
    const path = await guestThat((line) => {
      const sync = synced(line);
      if (sync !== null) return Buffer.concat([Buffer.from(stale), sync]);
      return '{"return": 1800000000000000000}\n';
    });
    const agent = await connectAgent({ path, stage, timeoutMs: 5_000 });
    if (!agent.ok) throw new Error(agent.fault.message);
    expect(await agent.value.execute('guest-get-time', {})).toEqual({ ok: true, value: 1.8e18 });
    agent.value.close();
  });

  it('is asked again while a guest that has just woken says nothing', async () => {
    let asked = 0;
    const path = await guestThat((line) => {
      asked += 1;
      return asked < 3 ? null : synced(line);
    });
    const agent = await connectAgent({ path, stage, timeoutMs: 20_000 });
    expect(agent.ok && asked).toBe(4); // the fourth: the last number, after which nothing old is left
    if (agent.ok) agent.value.close();
  });

  it('that was asked while its guest booted answers late and everything: none of it is taken for an answer', async () => {
    const stray = '{"error": {"class":"GenericError","desc":"JSON parse error, stray"}}\n';
    let held: (string | Buffer)[] = [];
    let asked = 0;
    const path = await guestThat((line) => {
      const sync = synced(line);
      if (sync === null) return '{"return": 1800000000000000000}\n';
      asked += 1;
      held.push(stray, sync);
      if (asked < 3) return null;
      const all = Buffer.concat(held.map((each) => Buffer.from(each)));
      held = [];
      return all;
    });
    const agent = await connectAgent({ path, stage, timeoutMs: 20_000 });
    if (!agent.ok) throw new Error(agent.fault.message);
    expect(await agent.value.execute('guest-get-time', {})).toEqual({ ok: true, value: 1.8e18 });
    agent.value.close();
  });

  it('that is not there is told in time', async () => {
    const path = await guestThat(() => null);
    const began = performance.now();
    expect(await connectAgent({ path, stage, timeoutMs: 300 })).toMatchObject({ fault: { code: 'timeout' } });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await connectAgent({ path: join(folder, 'none'), stage, timeoutMs: 300 })).toMatchObject({
      ok: false,
    });
  });

  it('can be given up at any time', async () => {
    const path = await guestThat(() => null);
    const abort = new AbortController();
    const connecting = connectAgent({ path, stage, timeoutMs: 60_000, signal: abort.signal });
    abort.abort();
    expect(await connecting).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
  });

  it.each([
    ['refuses', '{"error": {"class": "CommandNotFound", "desc": "disabled"}}\n', 'io'],
    ['answers in another shape', '{"return": {"hour": 12}}\n', 'protocol'],
    ['speaks no JSON', 'hello\n', 'protocol'],
    ['says a time that is no number', '{"return": "now"}\n', 'protocol'],
  ])('that %s is no surprise', async (_, answer, code) => {
    const path = await guestThat((line) => synced(line) ?? answer);
    const agent = await connectAgent({ path, stage, timeoutMs: 5_000 });
    if (!agent.ok) throw new Error(agent.fault.message);
    expect(await agent.value.execute('guest-get-time', {})).toMatchObject({ ok: false, fault: { code } });
    agent.value.close();
  });

  it('that answers too late, floods or hangs up ends the conversation', async () => {
    const path = await guestThat((line, socket) => {
      const sync = synced(line);
      if (sync !== null) return sync;
      if (line.includes('guest-set-time')) socket.write(Buffer.alloc(3 << 20, 'x'));
      return null;
    });
    const agent = await connectAgent({ path, stage, timeoutMs: 5_000 });
    if (!agent.ok) throw new Error(agent.fault.message);
    const late = await agent.value.execute('guest-get-time', {}, { timeoutMs: 50 });
    expect(late).toMatchObject({ ok: false, fault: { code: 'timeout' } });
    expect(await agent.value.execute('guest-get-time', {})).toMatchObject({
      ok: false,
      fault: { code: 'timeout' },
    });
    agent.value.close();
    const again = await connectAgent({ path, stage, timeoutMs: 5_000 });
    if (!again.ok) throw new Error(again.fault.message);
    const flooded = await again.value.execute('guest-set-time', { time: 1 });
    expect(flooded).toMatchObject({
      ok: false,
      fault: { code: 'io', message: expect.stringContaining('too long') },
    });
    again.value.close();
  });
});
