// kill -9 of every process around an open vault. Rule: without a live guest the vault closes; with one it is kept and
// found again, and never taken away from under the guest.
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vaults } from './open-vaults';
import {
  type Ground,
  kill,
  makeGround,
  secretOf,
  startClient,
  startGuest,
  until,
  unwrap,
} from './test-ground';
import type { OpenVault } from './vault';

const vault = vaults();
let ground: Ground;

beforeAll(async () => {
  ground = makeGround();
  unwrap(await vault.create({ home: ground.home, name: 'mine', secret: secretOf() }));
});
afterAll(() => ground.clear());
beforeEach(async () => {
  await until(() => ground.processes().length === 0);
  expect(ground.mounts()).toEqual([]);
});

async function openIt(): Promise<{ opened: OpenVault; runtimeFolder: string; socket: string }> {
  const about = { home: ground.home, secret: secretOf(), program: 'cli' as const, stays: false };
  const opened = unwrap(await vault.open(about));
  const runtimeFolder = dirname(opened.mountPoint);
  return { opened, runtimeFolder, socket: opened.ownerSocket };
}

function killAll(program: string): void {
  for (const pid of ground.processes(program)) kill(pid, 'SIGKILL');
}

const isClosed = () => ground.mounts().length === 0 && ground.processes().length === 0;

describe('a killed client', () => {
  it('closes the vault when it was the last', async () => {
    const { opened, socket } = await openIt();
    const { child } = await startClient(socket, 'kiosk');
    opened.detach();
    await opened.closed;
    expect(ground.mounts()).toHaveLength(1);
    child.process.kill('SIGKILL');
    await until(isClosed);
  });

  it('closes nothing while a keeper is attached; the keeper, ending, does', async () => {
    const { opened, socket } = await openIt();
    const kiosk = await startClient(socket, 'kiosk');
    const keeper = await startClient(socket, 'keeper');
    opened.detach();
    kiosk.child.process.kill('SIGKILL');
    await until(async () => {
      const adopted = await vault.adopt({ home: ground.home, program: 'kiosk' });
      if (adopted.ok) adopted.value.detach();
      return adopted.ok; // refused as long as the owner still counts the killed kiosk
    });
    expect(ground.mounts()).toHaveLength(1);
    keeper.child.process.kill('SIGKILL');
    await until(isClosed);
  });

  it('closes nothing while a guest lives, attached or not', async () => {
    const { opened, runtimeFolder } = await openIt();
    const guest = await startGuest(runtimeFolder, join(opened.guestsFolder, 'disk'));
    expect(await opened.close()).toMatchObject({
      fault: { code: 'busy', message: expect.stringContaining('witness') },
    });
    opened.detach();
    await opened.closed;
    const adopted = unwrap(await vault.adopt({ home: ground.home, program: 'cli' }));
    adopted.detach();
    guest.process.kill('SIGKILL');
    await until(isClosed);
  });
});

describe('a keeper that is on its way out', () => {
  it('is waited for by whoever closes the vault', async () => {
    const { opened, socket } = await openIt();
    const keeper = await startClient(socket, 'keeper');
    const closing = opened.close();
    setTimeout(() => keeper.child.process.kill('SIGKILL'), 300);
    unwrap(await closing);
    expect(ground.mounts()).toEqual([]);
  });
});

describe('a killed owner', () => {
  it('tells its clients, and the next look closes what it left', async () => {
    const { opened } = await openIt();
    killAll('owner.cjs');
    expect(await opened.closed).not.toBe('');
    expect(ground.mounts()).toHaveLength(1);
    expect(unwrap(await vault.status(ground.home))).toMatchObject({ state: 'closed', mountPoint: null });
    expect(ground.mounts()).toEqual([]);
  });

  it('is cleaned up after by the next opening', async () => {
    await openIt();
    killAll('owner.cjs');
    const { opened } = await openIt();
    expect(ground.mounts()).toHaveLength(1);
    unwrap(await opened.close());
  });

  it('leaves nothing to adopt without a live guest', async () => {
    await openIt();
    killAll('owner.cjs');
    expect(await vault.adopt({ home: ground.home, program: 'kiosk' })).toMatchObject({
      fault: { code: 'missingVault' },
    });
    expect(ground.mounts()).toEqual([]);
  });

  it('is replaced by a new one without a key while a guest lives, and that one closes in the end', async () => {
    const { opened, runtimeFolder } = await openIt();
    writeFileSync(join(opened.guestsFolder, 'file'), 'still here');
    const guest = await startGuest(runtimeFolder, join(opened.guestsFolder, 'disk'));
    const [killed] = ground.processes('owner.cjs');
    killAll('owner.cjs');
    await opened.closed;
    const refused = await vault.open({ home: ground.home, secret: secretOf(), program: 'cli', stays: false });
    expect(refused).toMatchObject({ fault: { code: 'busy' } });
    expect(unwrap(await vault.status(ground.home)).state).toBe('open');
    const adopted = unwrap(await vault.adopt({ home: ground.home, program: 'kiosk' }));
    expect(ground.processes('owner.cjs')).not.toContain(killed);
    expect(readFileSync(join(adopted.guestsFolder, 'file'), 'utf8')).toBe('still here');
    guest.process.kill('SIGKILL');
    await guest.ended;
    unwrap(await adopted.close());
    await until(isClosed);
  });

  it('and a killed gocryptfs together are cleaned up after', async () => {
    await openIt();
    killAll('owner.cjs');
    killAll('gocryptfs');
    const { opened } = await openIt();
    unwrap(await opened.close());
  });
});

describe('a killed gocryptfs', () => {
  it('ends the vault for everybody and leaves no dead mount', async () => {
    const { opened, runtimeFolder } = await openIt();
    killAll('gocryptfs');
    await opened.closed;
    await until(isClosed);
    expect(readFileSync(join(runtimeFolder, 'owner.log'), 'utf8')).toContain('the mount is gone');
    expect(existsSync(opened.mountPoint)).toBe(false);
  });
});

describe('a file that a stray program holds open', () => {
  it('does not keep the vault open: it is detached, said in the log, and the key ends', async () => {
    const { opened, runtimeFolder } = await openIt();
    const path = join(opened.guestsFolder, 'held');
    writeFileSync(path, 'held');
    const held = openSync(path, 'r');
    unwrap(await opened.close());
    await until(isClosed);
    expect(() => readFileSync(held)).toThrow();
    expect(() => closeSync(held)).toThrow('ENOTCONN'); // closes it all the same
    expect(readFileSync(join(runtimeFolder, 'owner.log'), 'utf8')).toContain('detaching the mount');
  });
});
