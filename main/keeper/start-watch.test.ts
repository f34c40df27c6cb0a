// Against a socket that speaks QMP: what a guest does at its start is said by us, the clock is ours too.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { connectQmp, type Qmp } from '../qmp/commands';
import { watchStart } from './start-watch';

const greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';
const commandSchema = z.object({ execute: z.string(), id: z.number() });
const disk = { boot: { from: 'disk' } } as const;
const disc = { ...disk, disc: { file: 'disc.iso', bytes: 1 } } as const;
const kernel = { boot: { from: 'kernel', kernel: 'kernel', initrd: 'initrd', commandLine: '' } } as const;

let folder = '';
let server: Server | null = null;
let peer: Socket | null = null;
let qmp: Qmp | null = null;
/** Labels of the chardevs that are open when somebody asks. */
let open: readonly string[] = [];
let asked = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soulpad-w-'));
  open = [];
  asked = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});

afterEach(async () => {
  vi.useRealTimers();
  qmp?.close();
  peer?.destroy();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

function answer(line: string, socket: Socket): void {
  const { execute, id } = commandSchema.parse(JSON.parse(line));
  const ports = ['vdagent', 'agent', 'qmp'].map((label) => ({
    label,
    'frontend-open': open.includes(label),
    filename: '',
  }));
  if (execute === 'query-chardev') asked += 1;
  socket.write(`${JSON.stringify({ return: execute === 'query-chardev' ? ports : {}, id })}\r\n`);
}

async function watched(about: {
  readonly definition?: Parameters<typeof watchStart>[0]['definition'];
  readonly resumed?: boolean;
  readonly ranForMs?: number;
}) {
  const path = join(folder, 'qmp');
  const listening = createServer((socket) => {
    peer = socket;
    socket.on('error', () => {});
    socket.write(greeting);
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) answer(line, socket);
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(path, resolve));
  const connected = await connectQmp({ path, stage: 'test' });
  if (!connected.ok) throw new Error(connected.fault.message);
  qmp = connected.value;
  let times = 0;
  const watch = watchStart({
    ...{ definition: about.definition ?? disk, qmp, ran: { resumed: about.resumed ?? false } },
    since: new Date(Date.now() - (about.ranForMs ?? 0)).toISOString(),
    onUp: () => {
      times += 1;
    },
  });
  if (about.resumed !== true) await heard(() => asked === 1);
  return { watch, ups: () => times };
}

/** QEMU says this, and we have heard it: an answer that comes after it has come. */
async function happens(event: object): Promise<void> {
  peer?.write(`${JSON.stringify(event)}\r\n`);
  const after = await qmp?.execute('query-status', {});
  expect(after?.ok).toBe(false); // the peer's answer has another shape, and came
}

const opens = (id: string, is = true): Promise<void> =>
  happens({ event: 'VSERPORT_CHANGE', data: { id, open: is } });

async function heard(so: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !so(); turns += 1) await new Promise(setImmediate);
  expect(so()).toBe(true);
  // The answer itself is a turn of the peer and one of ours later.
  await qmp?.execute('query-status', {});
}

describe('a guest that was started', () => {
  it('is up when its session has opened the screen agent’s port and is drawn, and this is said once', async () => {
    const { watch, ups } = await watched({});
    vi.advanceTimersByTime(16_000);
    expect(watch.isStarting()).toBe(true);
    await opens('screen-agent', false);
    await opens('something-else');
    expect(watch.isStarting()).toBe(true);
    await opens('guest-agent');
    await opens('screen-agent');
    expect(watch.isStarting()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect([watch.isStarting(), ups()]).toEqual([false, 1]);
    await opens('screen-agent');
    vi.advanceTimersByTime(600_000);
    expect(ups()).toBe(1);
  });

  it('is up 15 s after its guest agent, however often that opens its port', async () => {
    const { watch, ups } = await watched({});
    await opens('guest-agent');
    vi.advanceTimersByTime(14_000);
    await opens('guest-agent');
    expect(watch.isStarting()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(ups()).toBe(1);
  });

  it('has as long again after its guest agent as that took: a slow PC is slow to the end', async () => {
    const { watch } = await watched({});
    vi.advanceTimersByTime(100_000);
    await opens('guest-agent');
    vi.advanceTimersByTime(99_000);
    expect(watch.isStarting()).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(watch.isStarting()).toBe(false);
  });

  it.each([
    ['from its disk', disk, 180_000],
    ['from a disc', disc, 30_000],
    ['from a kernel', kernel, 30_000],
  ])('%s and never tells: the wait ends by itself', async (_, definition, limit) => {
    const { watch, ups } = await watched({ definition });
    vi.advanceTimersByTime(limit - 1);
    expect(watch.isStarting()).toBe(true);
    vi.advanceTimersByTime(1);
    expect([watch.isStarting(), ups()]).toEqual([false, 1]);
  });

  it('says nothing any more once it is gone', async () => {
    const { watch, ups } = await watched({});
    watch.stop();
    await opens('screen-agent');
    vi.advanceTimersByTime(600_000);
    expect([watch.isStarting(), ups()]).toEqual([false, 0]);
  });
});

describe('a keeper that takes over', () => {
  it('asks what is open, for no event tells it', async () => {
    open = ['vdagent', 'agent'];
    const { watch } = await watched({ ranForMs: 60_000 });
    expect(watch.isStarting()).toBe(false);
  });

  it('waits no longer than the one before would have', async () => {
    const { watch } = await watched({ ranForMs: 170_000 });
    vi.advanceTimersByTime(10_000);
    expect(watch.isStarting()).toBe(false);
  });
});

it('a guest that was resumed is up, and nothing is asked', async () => {
  const { watch } = await watched({ resumed: true });
  expect([watch.isStarting(), asked]).toEqual([false, 0]);
});
