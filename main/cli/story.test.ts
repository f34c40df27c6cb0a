// The whole story from a terminal, with real gocryptfs, keeper, QEMU and witness: what the witness says on its serial
// line is the truth about a resume.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStateMap } from '../guest/state-map';
import { findWitnessFiles } from '../guest/witness-files';
import {
  ask,
  askOk,
  builtPrograms,
  endWorlds,
  kill,
  makeWorld,
  passphrase,
  pids,
  readProcess,
  repository,
  soulpad,
  until,
  type World,
} from './cli.fixture';
import { surface } from './surface';

const witness = findWitnessFiles(join(repository, 'main'));

let world: World;

beforeAll(async () => {
  await builtPrograms();
  world = makeWorld();
});
afterAll(endWorlds);

interface Tick {
  readonly nonce: string;
  readonly n: number;
  readonly ram: string;
  readonly disk: string;
}

/** The next tick after now. */
function nextTick(serialSocket: string): Promise<Tick> {
  return new Promise((resolve, reject) => {
    const socket = connect(serialSocket);
    let text = '';
    const timer = setTimeout(() => socket.destroy(new Error('the witness is silent')), 30_000);
    socket.on('error', reject);
    socket.on('close', () => clearTimeout(timer));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const tick = /W1 nonce=(\w+) n=(\d+) ram=(\w+)\/\d+ disk=(\w+)\/\d+\r?\n/.exec(text);
      if (tick === null) return;
      socket.destroy();
      resolve({ nonce: tick[1] ?? '', n: Number(tick[2]), ram: tick[3] ?? '', disk: tick[4] ?? '' });
    });
  });
}

const secret = ['--passphrase-fd', '3'];
const run = ['guest', 'run', 'witness', '--headless'];

function flipLastByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = ~(bytes.at(-1) ?? 0) & 0xff;
  writeFileSync(file, bytes);
}

async function keepsNoSecret(): Promise<void> {
  for (const pid of pids()) {
    const seen = readProcess(pid, 'cmdline') + (pid === process.pid ? '' : readProcess(pid, 'environ'));
    expect(seen.includes(passphrase), `process ${pid}`).toBe(false);
  }
  for (const entry of readdirSync(world.runtime, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && statSync(path).size < 1 << 20)
      expect(readFileSync(path).includes(passphrase), path).toBe(false);
  }
}

describe.skipIf(!witness.ok)(
  'the story from a terminal (skipped when the witness is not built: native-scripts/guest/witness/build)',
  { timeout: 120_000 }, // the steps depend on each other: one that a busy machine cuts short fails all that follow
  () => {
    let first: Tick;

    it('makes a vault and adds a guest, and both leave the vault closed', async () => {
      const made = await ask({ world, args: ['vault', 'create', ...secret], descriptor3: passphrase });
      expect(made.progress.map((each) => each.stage)).toContain('key');
      const args = ['guest', 'add', '--witness', ...secret];
      const added = await askOk({ world, args, descriptor3: passphrase }, surface['guest.add']);
      expect(added).toMatchObject({ id: 'witness', state: 'off', generation: 0 });
      expect(world.mounts()).toEqual([]);
      const again = await ask({ world, args, descriptor3: passphrase });
      expect(again).toMatchObject({ status: 73, envelope: { fault: { code: 'alreadyThere' } } });
    });

    it('runs it without a screen, and goes away while the guest goes on', async () => {
      const opened = await askOk(
        { world, args: ['vault', 'open', ...secret], descriptor3: passphrase },
        surface['vault.open'],
      );
      expect(opened.state).toBe('open');
      const ran = await askOk({ world, args: run }, surface['guest.run']);
      const engine = findStateMap() === null ? 'full' : 'lazy';
      expect(ran).toMatchObject({ id: 'witness', resumed: false, engine });
      first = await nextTick(ran.serialSocket);
      expect(first).toMatchObject({ ram: 'ok', disk: 'ok' });
      await keepsNoSecret();
    });

    it('names who holds the guest and the vault when they are busy', async () => {
      expect(await ask({ world, args: run })).toMatchObject({
        status: 75,
        envelope: { fault: { code: 'busy', message: expect.stringMatching(/keeper \(pid \d+\)/) } },
      });
      expect(await ask({ world, args: ['vault', 'close'] })).toMatchObject({
        status: 75,
        envelope: { fault: { code: 'busy', message: expect.stringMatching(/pid \d+/) } },
      });
    });

    it('lists a running guest with its process and its sockets', async () => {
      const { guests } = await askOk({ world, args: ['guest', 'list'] }, surface['guest.list']);
      expect(guests).toMatchObject([{ id: 'witness', state: 'running' }]);
      const [guest] = guests;
      expect(readProcess(guest?.pid ?? 0, 'cmdline')).toContain('qemu-system');
      expect(existsSync(guest?.serialSocket ?? '')).toBe(true);
    });

    it('suspends it from another process, and wakes the same guest', async () => {
      const saved = await ask({ world, args: ['guest', 'suspend', 'witness'] });
      expect(saved.status).toBe(0);
      const data = surface['guest.suspend'].parse(saved.envelope.ok ? saved.envelope.data : null);
      expect(data).toMatchObject({ generation: 1, parent: 0 });
      const ran = await askOk({ world, args: run }, surface['guest.run']);
      expect(ran).toMatchObject({ resumed: true, fromGeneration: 1 });
      const tick = await nextTick(ran.serialSocket);
      expect(tick).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      expect(tick.n).toBeGreaterThan(first.n);
      await keepsNoSecret();
    });

    it('wakes the same moment after QEMU was killed, and tells of the session that was lost', async () => {
      const { guests } = await askOk({ world, args: ['guest', 'list'] }, surface['guest.list']);
      const pid = guests[0]?.pid ?? 0;
      kill(pid);
      await until(() => readProcess(pid, 'cmdline') === '');
      await until(() =>
        world.processes().every((each) => !readProcess(each, 'cmdline').includes('keeper.cjs')),
      );
      const timeline = await askOk(
        { world, args: ['timeline', 'list', 'witness'] },
        surface['timeline.list'],
      );
      expect(timeline).toMatchObject({ current: 1, unsavedSession: { generation: 2 } });
      expect(timeline.generations[1]).toMatchObject({ state: 'suspended', pc: expect.any(String) });
      const fit = await askOk({ world, args: ['guest', 'fit', 'witness'] }, surface['guest.fit']);
      expect(fit).toMatchObject({ id: 'witness', verdict: expect.stringMatching(/^(good|slower)$/) });
      const woken = await ask({ world, args: run });
      expect(woken.stderr).toMatch(/a session was interrupted; .* --after-crash fresh/);
      const ran = surface['guest.run'].parse(woken.envelope.ok ? woken.envelope.data : null);
      const tick = await nextTick(ran.serialSocket);
      expect(tick).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
    });

    it('starts from the disk of a session that was interrupted', async () => {
      const before = await askOk({ world, args: run }, surface['guest.run']);
      const awake = await nextTick(before.serialSocket);
      const { guests } = await askOk({ world, args: ['guest', 'list'] }, surface['guest.list']);
      kill(guests[0]?.pid ?? 0);
      await until(() =>
        world.processes().every((each) => !readProcess(each, 'cmdline').includes('keeper.cjs')),
      );
      const fresh = await askOk({ world, args: [...run, '--after-crash', 'fresh'] }, surface['guest.run']);
      expect(fresh).toMatchObject({ resumed: false, fromGeneration: null });
      expect((await nextTick(fresh.serialSocket)).nonce).not.toBe(awake.nonce);
      const busy = await ask({ world, args: ['timeline', 'roll-back', 'witness', '--to', '3'] });
      expect(busy).toMatchObject({ status: 75, envelope: { fault: { code: 'busy' } } });
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
    });

    it('goes back to the moment before it', async () => {
      const back = await askOk(
        { world, args: ['timeline', 'roll-back', 'witness', '--to', '3'] },
        surface['timeline.roll-back'],
      );
      expect(back).toMatchObject({ from: 5, to: 3 });
      const exact = await askOk({ world, args: run }, surface['guest.run']);
      expect(exact).toMatchObject({ resumed: true, fromGeneration: 3 });
      expect(await nextTick(exact.serialSocket)).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
    });

    it('starts afresh from the disk when that is asked for; the saved moment stays', async () => {
      const fresh = await askOk({ world, args: [...run, '--afresh'] }, surface['guest.run']);
      expect(fresh).toMatchObject({ resumed: false });
      await nextTick(fresh.serialSocket);
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
      const back = await askOk(
        { world, args: ['timeline', 'roll-back', 'witness', '--to', '6'] },
        surface['timeline.roll-back'],
      );
      expect(back).toMatchObject({ from: 8, to: 6 });
    });

    it('makes room: the moments that were not to be kept go, the chain gets short, and it wakes as before', async () => {
      const thinned = await askOk(
        { world, args: ['timeline', 'thin', 'witness', '--keep', '0'] },
        surface['timeline.thin'],
      );
      expect(thinned).toMatchObject({ removed: [0, 1, 3, 4, 5], chainLength: 2 });
      expect(thinned.freedBytes).toBeGreaterThan(50 << 20);
      const ran = await askOk({ world, args: run }, surface['guest.run']);
      expect(await nextTick(ran.serialSocket)).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
      const whole = await ask({ world, args: ['timeline', 'verify', 'witness'] });
      expect(whole.status).toBe(0);
    });

    it('verifies every saved moment, and says which one is damaged', async () => {
      const verify = ['timeline', 'verify', 'witness'];
      const whole = await ask({ world, args: verify });
      const good = surface['timeline.verify'].parse(whole.envelope.ok ? whole.envelope.data : null);
      expect(good.generations.map((each) => [each.number, each.verified])).toEqual([
        [6, true],
        [7, true],
        [8, true],
        [9, true],
      ]);
      expect(good.generations[3]?.layers.every((layer) => layer.sha256 !== null)).toBe(true);
      expect(whole.progress.some((each) => each.stage === 'verify' && each.unit === 'bytes')).toBe(true);

      const { mountPoint } = await askOk({ world, args: ['vault', 'status'] }, surface['vault.status']);
      const layer = join(mountPoint ?? '', 'guests/witness/gen-0007/disk.qcow2');
      const bytes = readFileSync(layer);
      const last = bytes.length - 1;
      writeFileSync(
        layer,
        Buffer.concat([bytes.subarray(0, last), Buffer.from([~(bytes[last] ?? 0) & 255])]),
      );
      const bad = await ask({ world, args: verify });
      expect(bad).toMatchObject({ status: 65, envelope: { ok: false, fault: { code: 'damagedState' } } });
      const found = surface['timeline.verify'].parse(bad.envelope.data);
      expect(found.generations.map((each) => each.verified)).toEqual([true, false, false, true]);
      expect(found.generations[2]?.damage).toContain('gen-0007/disk.qcow2');
    });

    it('asks a guest to shut down, and keeps the moment at which it was off', async () => {
      // The damage of the test before: the layer's bytes are as they were again.
      const { mountPoint } = await askOk({ world, args: ['vault', 'status'] }, surface['vault.status']);
      flipLastByte(join(mountPoint ?? '', 'guests/witness/gen-0007/disk.qcow2'));
      await askOk({ world, args: run }, surface['guest.run']);
      const off = await askOk({ world, args: ['guest', 'shutdown', 'witness'] }, surface['guest.shutdown']);
      expect(off).toEqual({ id: 'witness', pressed: true, off: true });
      const { guests } = await askOk(
        { world, args: ['guest', 'status', 'witness'] },
        surface['guest.status'],
      );
      expect(guests).toMatchObject([{ state: 'off', generation: 10, pid: null }]);
    });

    it('closes the vault when the guest sleeps, and nothing stays', async () => {
      const closed = await askOk({ world, args: ['vault', 'close'] }, surface['vault.close']);
      expect(closed.state).toBe('closed');
      expect(world.mounts()).toEqual([]);
      await until(() => world.processes().length === 0);
      expect(await ask({ world, args: ['guest', 'list'] })).toMatchObject({ status: 66 });
      expect(await ask({ world, args: ['guest', 'suspend', 'witness'] })).toMatchObject({ status: 66 });
    });

    it('opens the vault for a guest alone, by key USB too, and the vault closes when the guest sleeps', async () => {
      const keyFolder = join(world.runtime, 'key');
      mkdirSync(keyFolder);
      await askOk(
        { world, args: ['vault', 'add-key-usb', keyFolder, ...secret], descriptor3: passphrase },
        surface['vault.add-key-usb'],
      );
      await askOk({ world, args: [...run, '--key', keyFolder] }, surface['guest.run']);
      expect(world.mounts()).toHaveLength(1);
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
      await until(() => world.mounts().length === 0);
      // At once, while the owner may still be closing.
      await askOk({ world, args: [...run, '--key', keyFolder] }, surface['guest.run']);
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
      await askOk({ world, args: [...run, ...secret], descriptor3: passphrase }, surface['guest.run']);
      await askOk({ world, args: ['guest', 'suspend', 'witness'] }, surface['guest.suspend']);
      await until(() => world.mounts().length === 0 && world.processes().length === 0);
    });

    it('takes a disk image in, and refuses one that names other files', async () => {
      const image = join(world.runtime, 'image.raw');
      writeFileSync(image, Buffer.alloc(1 << 20, 1));
      const args = ['guest', 'add', '--disk', image, '--name', 'Büro  PC', ...secret];
      const added = await askOk({ world, args, descriptor3: passphrase }, surface['guest.add']);
      expect(added).toMatchObject({ id: 'buro-pc', name: 'Büro  PC', diskBytes: 1 << 20, state: 'off' });
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', `${image}.qcow2`]);
      const backed = ['guest', 'add', '--disk', `${image}.qcow2`];
      expect(await ask({ world, args: backed })).toMatchObject({ status: 65 });
    });
  },
);

describe('what cannot be done', () => {
  it.each([
    [['vault', 'status'], 66, 'missingVault'],
    [['vault', 'close'], 66, 'missingVault'],
    [['guest', 'add', '--iso', '/x'], 66, 'missingFile'],
    [['guest', 'add'], 64, 'usage'],
    [['guest', 'add', '--witness', '--ram', '3'], 64, 'usage'],
    [['guest', 'add', '--witness', '--disk', '/x'], 64, 'usage'],
    [['guest', 'add', '--initrd', '/x', '--disk', '/x'], 64, 'usage'],
    [['guest', 'add', '--kernel', '/no/kernel'], 66, 'missingFile'],
    [['guest', 'run', 'witness'], 69, 'displayLacks'],
    [['guest', 'run', 'witness', '--headless', '--engine', 'quick'], 64, 'usage'],
    [['vault', 'add-key-usb', '/no/folder'], 66, 'missingFile'],
    [['vault', 'open', '--key', '/no/key', '--home', '/no/home'], 66, 'missingVault'],
  ])('is refused with its exit status: %j', async (args, status, code) => {
    const answer = await ask({ world: makeWorld(), args });
    expect(answer).toMatchObject({ status, envelope: { ok: false, fault: { code } } });
  });

  it('is said to a person on stderr, with what to do next', async () => {
    const said = await soulpad({ world: makeWorld(), args: ['vault', 'open'] });
    expect(said).toMatchObject({ status: 66, stdout: '' });
    expect(said.stderr).toMatch(/there is no vault in .*\n.*vault create/);
  });
});
