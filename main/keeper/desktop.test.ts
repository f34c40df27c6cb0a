// A real Debian desktop under the keeper: what only a whole system can show. Of the full suite: its image may be built
// first, which takes minutes.
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, connectAgent } from '../guest/agent';
import { runInside } from '../guest/agent.fixture';
import { readPicture } from '../guest/picture';
import { addReadyDesktop, desktopIsLeftOut, desktopIsWanted } from '../guest/ready-desktop.fixture';
import { type KeeperHandle, openKeeper } from './handle';
import { bundle, endWorlds, makeWorld, must, removeBundles, type World } from './keeper.fixture';

const cycles = 3;
const bootMs = 600_000; // in software, on a busy PC

let program = '';
let listener: Server | null = null;

beforeAll(async () => {
  program = await bundle({ source: 'keeper-program.ts', name: 'keeper.cjs' });
});
afterEach(async () => {
  await endWorlds();
  listener?.close();
  listener = null;
});
afterAll(removeBundles);

function desktopWorld(): Promise<World> {
  return makeWorld({
    make: async (guestsFolder) =>
      must(await addReadyDesktop({ guestsFolder, name: 'Desktop', ramBytes: 2 ** 30 })),
  });
}

async function agentOf(world: World, timeoutMs = bootMs): Promise<Agent> {
  return must(await connectAgent({ path: world.files.agentSocket, stage: 'test', timeoutMs }));
}

async function inGuest(world: World, script: string): Promise<string> {
  const agent = await agentOf(world);
  try {
    return await runInside(agent, script);
  } finally {
    agent.close();
  }
}

/** Counts connections; says one line to each and then nothing more, so that a client has only its silence to go by. */
async function listen(): Promise<{ readonly port: number; readonly seen: () => number }> {
  let seen = 0;
  const server = createServer((socket) => {
    seen += 1;
    socket.on('error', () => {});
    socket.write('welcome\n');
  });
  listener = server;
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(null)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, seen: () => seen };
}

/** A client that only reads: the kind that waits for ever on a connection that nobody remembers. */
const client = (port: number): string =>
  `(while :; do exec 3<>/dev/tcp/10.0.2.2/${port} && while read -r line <&3; do :; done; exec 3>&-; sleep 0.5; done) >/dev/null 2>&1 &`;

async function within(what: string, ms: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now();
  for (; performance.now() - began < ms; await delay(50))
    if (await holds()) return (performance.now() - began) / 1000;
  throw new Error(`waited ${ms} ms in vain for ${what}`);
}

async function wake(world: World): Promise<KeeperHandle> {
  const places = { places: world.places, guestId: world.definition.id };
  const keeper = must(await openKeeper({ ...places, engine: 'full', program }));
  must(await keeper.run());
  return keeper;
}

describe('a Debian desktop under its keeper', () => {
  test('wakes with the right clock and living connections, again and again, and reboots after it', async (context) => {
    if (!desktopIsWanted) context.skip(desktopIsLeftOut);
    const world = await desktopWorld();
    const { port, seen } = await listen();
    let keeper = await wake(world);
    await inGuest(world, client(port));
    await within('the first connection', 60_000, () => seen() > 0);
    await inGuest(world, 'echo kept in memory > /dev/shm/note; echo kept on disk > /root/note; sync');
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const saved = must(await keeper.suspend());
      expect(await keeper.ended).toEqual({ why: 'suspended', fault: null });
      expect(must(await readPicture(world.place, saved.generation))).not.toBeNull();
      await delay(5_000); // so that the guest's clock is behind by more than a step
      const before = seen();
      keeper = await wake(world);
      const reconnected = await within('the client to connect again', 120_000, () => seen() > before);
      const clocked = await within('word of the clock', 120_000, async () => {
        const { ran } = must(await keeper.status());
        return ran?.clock === 'set';
      });
      const { ran } = must(await keeper.status());
      expect(ran?.clockStepSeconds).toBeGreaterThan(4);
      const agent = await agentOf(world);
      const guest = must(await agent.execute('guest-get-time', {}, { timeoutMs: 20_000 })) / 1e9;
      agent.close();
      expect(Math.abs(Date.now() / 1000 - guest)).toBeLessThan(2);
      expect(await inGuest(world, 'cat /dev/shm/note /root/note')).toBe('kept in memory\nkept on disk');
      console.log(
        `cycle ${cycle}: clock +${ran?.clockStepSeconds} s known ${clocked.toFixed(1)} s later, client back after ${reconnected.toFixed(1)} s`,
      );
    }
    const bootId = 'cat /proc/sys/kernel/random/boot_id';
    const old = await inGuest(world, bootId);
    await inGuest(world, '(sleep 1; systemctl reboot) >/dev/null 2>&1 &');
    await delay(3_000);
    await within('the guest to boot again', bootMs, async () => {
      const agent = await connectAgent({ path: world.files.agentSocket, stage: 'test', timeoutMs: 5_000 });
      if (!agent.ok) return false;
      agent.value.close();
      return (await inGuest(world, bootId).catch(() => old)) !== old;
    });
    expect(await inGuest(world, 'cat /root/note')).toBe('kept on disk');
    must(await keeper.drop());
  }, 1_800_000);
});
