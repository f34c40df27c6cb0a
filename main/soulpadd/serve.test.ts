// soulpadd's socket in the hands of a hostile client: who owns it, what it takes, what it survives. Its verbs' work as
// root is shown in the emulated PC; here they are stood in for by small real ones.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ok } from '../../preload/contract/result';
import { soulpaddVerbs } from '../../preload/contract/soulpadd';
import { askWithSecrets } from '../socket/ask-with-secrets';
import { decodeFrame, encodeFrame, frameCollector, maxFrameBytes, maxPartBytes } from '../socket/parts';
import { type SoulpaddServer, serveSoulpadd } from './serve';

const cases = process.env.SOULPAD_FULL === '1' ? 10_000 : 300;
const verbs = {
  count: { request: z.strictObject({ add: z.number().int() }), reply: z.object({ bytes: z.number() }) },
  fails: { request: z.strictObject({}), reply: z.object({}) },
  waits: { request: z.strictObject({}), reply: z.object({ hungUp: z.boolean() }) },
};

let folder = '';
let server: SoulpaddServer;
let seen: Uint8Array[] = [];
let waiting = false;
let hungUp = false;
const path = (): string => join(folder, 'run/soulpadd.sock');

async function start(): Promise<SoulpaddServer> {
  const served = await serveSoulpadd({
    ...{ path: path(), groupId: null, verbs },
    answers: {
      count: async ({ add }, parts) => {
        seen = [...parts];
        return ok({ bytes: parts.reduce((sum, part) => sum + part.length, add) });
      },
      fails: async () => {
        throw new Error('a bug');
      },
      waits: (_, __, gone) =>
        new Promise((resolve) => {
          waiting = true;
          gone.addEventListener('abort', () => {
            hungUp = true;
            resolve(ok({ hungUp: true }));
          });
        }),
    },
  });
  if (!served.ok) throw new Error(served.fault.message);
  return served.value;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soulpadd-'));
  server = await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const count = (add: number, parts: Uint8Array[]) =>
  askWithSecrets({
    path: path(),
    stage: 'test',
    verbs,
    verb: 'count',
    request: { add },
    parts,
    timeoutMs: 20_000,
  });

/** Everything the server says until it hangs up. */
function sendRaw(bytes: Uint8Array, { leave } = { leave: false }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const heard: Buffer[] = [];
    const socket = connect(path(), () => (leave ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    socket.on('error', () => {});
    socket.once('close', () => resolve(Buffer.concat(heard)));
    const clock = setTimeout(() => reject(new Error('it did not hang up')), 30_000);
    socket.once('close', () => clearTimeout(clock));
  });
}
const answerTo = async (bytes: Uint8Array): Promise<unknown> => {
  const said = await sendRaw(bytes);
  const frame = said.length === 0 ? null : decodeFrame(said);
  return frame === null || typeof frame === 'string' ? frame : frame.json;
};

describe('the socket of soulpadd', () => {
  it('belongs to its owner alone until it has its group', () => {
    const facts = lstatSync(path());
    expect(facts.isSocket()).toBe(true);
    expect(facts.mode & 0o777).toBe(0o600);
    expect(facts.uid).toBe(process.getuid?.());
    expect(statSync(join(folder, 'run')).mode & 0o022).toBe(0);
  });

  it('answers, and wipes the secrets on both sides', async () => {
    const secret = Buffer.from('correct horse battery staple');
    expect(await count(2, [secret, Buffer.alloc(3, 1)])).toEqual({ ok: true, value: { bytes: 33 } });
    expect(secret.every((byte) => byte === 0)).toBe(true);
    expect(seen.map((part) => part.every((byte) => byte === 0))).toEqual([true, true]);
  });

  it('refuses what it does not know, by name', async () => {
    const ask = (json: unknown) => answerTo(encodeFrame(json, []));
    for (const json of [
      { verb: 'erase', request: {} },
      { verb: '__proto__', request: {} },
      { verb: 'constructor', request: {} },
      { verb: 'count', request: { add: '1' } },
      { verb: 'count', request: { add: 1, path: '/dev/sda' } },
      { verb: 'count', request: { add: 1 }, more: true },
      { verb: 'x'.repeat(1000), request: {} },
      [],
      null,
    ])
      expect(await ask(json)).toMatchObject({ ok: false, fault: { code: 'protocol' } });
    expect(await ask({ verb: 'fails', request: {} })).toMatchObject({ ok: false, fault: { code: 'bug' } });
    expect(await count(0, [])).toMatchObject({ ok: true });
  });

  it('hangs up on what is no frame, and on whoever goes on after one', async () => {
    const good = encodeFrame({ verb: 'count', request: { add: 1 } }, []);
    const tooMany = Buffer.from(good);
    tooMany.writeUInt8(200, 4);
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(5),
      Buffer.alloc(5, 0xff),
      tooMany,
      Buffer.concat([good, good]),
      Buffer.alloc(maxFrameBytes + 1, 1),
    ])
      expect(await sendRaw(bytes)).toEqual(Buffer.alloc(0));
    expect(await count(0, [])).toMatchObject({ ok: true });
  });

  it('serves others while a few say nothing, and hangs up on those', async () => {
    const silent = await Promise.all(
      Array.from(
        { length: 10 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(path(), () => resolve(socket));
            socket.on('error', () => {});
          }),
      ),
    );
    expect(await count(1, [])).toMatchObject({ ok: true });
    await Promise.all(
      silent.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())),
    );
  });

  const good = encodeFrame({ verb: 'count', request: { add: 1 } }, [Buffer.alloc(40, 1)]);
  const changed = fc
    .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
    .map((changes) => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
  const half = fc.nat(good.length - 1).map((length) => Buffer.from(good.subarray(0, length)));

  it(`outlives frames that are changed, cut or random, from clients that leave at once (${cases} cases)`, {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, half, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
        const said = await sendRaw(bytes, { leave: true });
        const answer = said.length === 0 ? 'nothing' : decodeFrame(said);
        // An answer is a frame of the server's own, whatever was asked.
        if (answer !== 'nothing') expect(answer).toMatchObject({ json: { ok: expect.any(Boolean) } });
      }),
      { numRuns: cases },
    );
    expect(await count(1, [])).toMatchObject({ ok: true });
  });

  it('tells a verb that whoever asked is gone', async () => {
    hungUp = false;
    const asking = connect(path(), () => asking.write(encodeFrame({ verb: 'waits', request: {} }, [])));
    await expect.poll(() => waiting, { timeout: 20_000 }).toBe(true);
    asking.destroy();
    await expect.poll(() => hungUp, { timeout: 20_000 }).toBe(true);
  });

  it('is not made in a folder that others may change, nor over what is no socket of ours', async () => {
    const made = async (at: string) => {
      const served = await serveSoulpadd({ path: at, groupId: null, verbs: {}, answers: {} });
      if (served.ok) await served.value.close();
      return served.ok ? 'served' : served.fault.code;
    };
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o777);
    expect(await made(join(folder, 'open/s'))).toBe('denied');
    mkdirSync(join(folder, 'closed'), { mode: 0o755 });
    symlinkSync(join(folder, 'closed'), join(folder, 'link'));
    expect(await made(join(folder, 'link/s'))).toBe('denied');
    writeFileSync(join(folder, 'closed/file'), 'kept');
    expect(await made(join(folder, 'closed/file'))).toBe('denied');
    symlinkSync(join(folder, 'closed/file'), join(folder, 'closed/to-file'));
    expect(await made(join(folder, 'closed/to-file'))).toBe('denied');
    const stale = createServer();
    await new Promise<void>((resolve) => stale.listen(join(folder, 'closed/stale'), resolve));
    expect(await made(join(folder, 'closed/stale'))).toBe('served');
    stale.close();
  });
});

describe('frames', () => {
  it(`come out as they went in, cut anywhere (${cases} cases)`, { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(fc.uint8Array({ maxLength: maxPartBytes }), { maxLength: 8 }),
        fc.array(fc.nat(4000), { maxLength: 4 }),
        (json, parts, cuts) => {
          const frame = encodeFrame(json, parts);
          const at = [
            0,
            ...cuts.map((cut) => cut % frame.length).sort((one, other) => one - other),
            frame.length,
          ];
          const collected = frameCollector();
          const got = at
            .slice(1)
            .map((end, index) => collected.add(Buffer.from(frame.subarray(at[index], end))));
          const last = got.at(-1);
          if (last === undefined || typeof last === 'string') throw new Error('it did not come out');
          expect(last.json).toEqual(JSON.parse(JSON.stringify(json)));
          expect(last.parts.map((part) => Buffer.from(part))).toEqual(parts.map((part) => Buffer.from(part)));
          expect(got.slice(0, -1).filter((each) => each === 'bad')).toEqual([]);
        },
      ),
      { numRuns: cases },
    );
  });

  it(`of random bytes are never believed to be more than they are (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    const header = fc.tuple(fc.nat(600), fc.nat(12)).map(([json, count]) => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(json);
      head.writeUInt8(count, 4);
      return head;
    });
    fc.assert(
      fc.property(fc.option(header), fc.uint8Array({ maxLength: 800 }), (head, bytes) => {
        const frame = decodeFrame(Buffer.concat([head ?? Buffer.alloc(0), bytes]));
        if (typeof frame === 'string') return;
        expect(frame.parts.length).toBeLessThanOrEqual(8);
      }),
      { numRuns: cases },
    );
  });

  it(`that ask for a verb get in only in the contract's own shape (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(soulpaddVerbs)),
        fc.jsonValue({ maxDepth: 3 }),
        (verb, json) => {
          const read = verb.request.safeParse(json);
          // No request carries a path, and what passes is what is handed on: no field more.
          if (read.success) expect(read.data).toEqual(json);
        },
      ),
      { numRuns: cases },
    );
  });
});
