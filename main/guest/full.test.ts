import { existsSync } from 'node:fs';
import { open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import type { Qmp } from '../qmp/commands';
import { createBase, createLayer } from './disk';
import { fullEngine } from './full';
import {
  endMachines,
  exampleGuest,
  type Machine,
  must,
  smallFileSystem,
  startMachine,
  temporaryFolder,
  witnessIsBuilt,
  witnessMissing,
} from './machine.fixture';

afterEach(endMachines);

const diskless = { ...exampleGuest, disks: [] };
/** Firmware only: enough where it does not matter what the RAM holds. */
const bare = { ...diskless, boot: { from: 'disk' as const } };
const never = new AbortController().signal;

async function stopped(machine: Machine): Promise<Machine> {
  must(await machine.qmp.execute('stop', {}));
  return machine;
}

async function running(machine: Machine): Promise<Machine> {
  must(await machine.qmp.execute('cont', {}));
  return machine;
}

function save(about: { qmp: Qmp; folder: string; signal?: AbortSignal; seen?: Progress[] }) {
  return fullEngine.saveState({
    qmp: about.qmp,
    folder: about.folder,
    ramBytes: exampleGuest.ramBytes,
    onProgress: (progress) => about.seen?.push(progress),
    signal: about.signal ?? never,
  });
}

function restore(about: { qmp: Qmp; folder: string; bytes: number; signal?: AbortSignal }) {
  return fullEngine.restoreState({
    qmp: about.qmp,
    folder: about.folder,
    state: { file: 'state', bytes: about.bytes },
    onProgress: () => {},
    signal: about.signal ?? never,
  });
}

/** The same QEMU, with something that happens as soon as the migration has begun. */
function onceBegun(qmp: Qmp, happens: () => void): Qmp {
  return {
    ...qmp,
    execute: async (command, args, options) => {
      const answer = await qmp.execute(command, args, options);
      if (command === 'migrate' || command === 'migrate-incoming') happens();
      return answer;
    },
  };
}

async function savedBare(): Promise<{ folder: string; bytes: number }> {
  const machine = await startMachine({ definition: bare });
  const folder = await temporaryFolder();
  const saved = must(await save({ qmp: machine.qmp, folder }));
  await machine.kill();
  return { folder, bytes: saved.state.bytes };
}

describe.skipIf(!witnessIsBuilt)(`with the witness (else skipped: ${witnessMissing})`, () => {
  it('wakes the same guest: its nonce, its counter, every page and every block', async () => {
    const disk = await temporaryFolder();
    const layers = [join(disk, 'base.qcow2'), join(disk, 'top.qcow2')] as const;
    must(await createBase({ file: layers[0], bytes: 64 << 20 }));
    must(await createLayer({ file: layers[1], backing: layers[0] }));
    const first = await running(await startMachine({ layers }));
    const before = await first.nextTick();
    expect(before.ram).toMatch(/^ok\//);
    await stopped(first);
    const folder = await temporaryFolder();
    const seen: Progress[] = [];
    const saved = must(await save({ qmp: first.qmp, folder, seen }));
    must(await first.qmp.execute('quit', {}));
    await first.child.ended;

    const facts = await stat(join(folder, 'state'));
    expect(facts.mode & 0o777).toBe(0o600);
    expect(saved.state).toEqual({ file: 'state', bytes: facts.size, format: 'mapped-ram' });
    expect(saved.nonZeroBytes).toBeGreaterThan(10 << 20);
    expect(saved.nonZeroBytes).toBeLessThanOrEqual(exampleGuest.ramBytes);
    expect(seen.at(-1)?.stage).toBe('fsync');

    const second = await startMachine({ layers, incoming: true });
    must(await restore({ qmp: second.qmp, folder, bytes: saved.state.bytes }));
    expect(must(await second.qmp.execute('query-status', {})).running).toBe(false);
    await running(second);
    const after = await second.nextTick();
    expect(after.nonce).toBe(before.nonce);
    expect(after.n).toBeGreaterThan(before.n);
    expect(after.ram).toBe(before.ram);
    expect(after.disk).toMatch(/^ok\//);
  });

  it('lets a guest go on after a cancelled save, leaves no file, and saves it the next time', async () => {
    const machine = await running(await startMachine({ definition: diskless }));
    const before = await machine.nextTick();
    await stopped(machine);
    const folder = await temporaryFolder();
    const person = new AbortController();
    const qmp = onceBegun(machine.qmp, () => person.abort());
    const cancelled = await save({ qmp, folder, signal: person.signal });
    expect(cancelled).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(await readdir(folder)).toEqual([]);
    await running(machine);
    const after = await machine.nextTick();
    expect(after.nonce).toBe(before.nonce);
    expect(after.n).toBeGreaterThan(before.n);
    await stopped(machine);
    must(await save({ qmp: machine.qmp, folder }));
  });

  it('says that the disk is full, leaves no file, and the guest goes on', async () => {
    const machine = await running(await startMachine({ definition: diskless }));
    const before = await machine.nextTick();
    await stopped(machine);
    const folder = await smallFileSystem(32 << 20);
    const refused = await save({ qmp: machine.qmp, folder });
    expect(refused).toMatchObject({ ok: false, fault: { code: 'full', stage: 'guest.saveState' } });
    expect(existsSync(join(folder, 'state'))).toBe(false);
    await running(machine);
    const after = await machine.nextTick();
    expect(after.nonce).toBe(before.nonce);
    expect(after.ram).toMatch(/^ok\//);
    await stopped(machine);
    must(await save({ qmp: machine.qmp, folder: await temporaryFolder() }));
  });
});

describe('saving', () => {
  it('does not begin when it was cancelled before', async () => {
    const machine = await startMachine({ definition: bare });
    const folder = await temporaryFolder();
    expect(await save({ qmp: machine.qmp, folder, signal: AbortSignal.abort() })).toMatchObject({
      ok: false,
      fault: { code: 'cancelled' },
    });
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('can save a guest again that went on after a complete save', async () => {
    const machine = await startMachine({ definition: bare });
    for (const folder of [await temporaryFolder(), await temporaryFolder()]) {
      must(await save({ qmp: machine.qmp, folder }));
      await running(machine);
      await stopped(machine);
    }
  });

  it('never writes over a state that is there', async () => {
    const machine = await startMachine({ definition: bare });
    const folder = await temporaryFolder();
    const saved = must(await save({ qmp: machine.qmp, folder }));
    expect(await save({ qmp: machine.qmp, folder })).toMatchObject({
      ok: false,
      fault: { code: 'alreadyThere' },
    });
    expect((await stat(join(folder, 'state'))).size).toBe(saved.state.bytes);
  });

  it('tells that the guest died when QEMU is killed in the middle, and leaves no half state', async () => {
    const machine = await startMachine({ definition: bare });
    const folder = await temporaryFolder();
    const qmp = onceBegun(machine.qmp, () => machine.child.process.kill('SIGKILL'));
    expect(await save({ qmp, folder })).toMatchObject({ ok: false, fault: { code: 'guestDied' } });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('restoring', () => {
  it('refuses a state that is missing, cut short, grown, or none', async () => {
    const { folder, bytes } = await savedBare();
    const machine = await startMachine({ definition: bare, incoming: true });
    const elsewhere = await temporaryFolder();
    expect(await restore({ qmp: machine.qmp, folder: elsewhere, bytes })).toMatchObject({
      fault: { code: 'missingFile' },
    });
    await truncate(join(folder, 'state'), bytes - 4096);
    expect(await restore({ qmp: machine.qmp, folder, bytes })).toMatchObject({
      fault: { code: 'damagedState' },
    });
    await truncate(join(folder, 'state'), bytes);
    await overwrite(join(folder, 'state'), 0);
    expect(await restore({ qmp: machine.qmp, folder, bytes })).toMatchObject({
      fault: { code: 'damagedState' },
    });
    expect(must(await machine.qmp.execute('query-status', {})).status).toBe('inmigrate');
  });

  it('refuses a state that lost its pages, whatever size the manifest says', async () => {
    const { folder } = await savedBare();
    await truncate(join(folder, 'state'), 1 << 20);
    const machine = await startMachine({ definition: bare, incoming: true });
    expect(await restore({ qmp: machine.qmp, folder, bytes: 1 << 20 })).toMatchObject({
      fault: { code: 'damagedState', stage: 'guest.restoreState' },
    });
  });

  it('refuses a state whose sections are damaged', async () => {
    const { folder, bytes } = await savedBare();
    await overwrite(join(folder, 'state'), 8);
    const machine = await startMachine({ definition: bare, incoming: true });
    expect(await restore({ qmp: machine.qmp, folder, bytes })).toMatchObject({
      fault: { code: 'damagedState', stage: 'guest.restoreState' },
    });
  });

  it('ends the new QEMU, and only that, when it is cancelled', async () => {
    const { folder, bytes } = await savedBare();
    const machine = await startMachine({ definition: bare, incoming: true });
    const person = new AbortController();
    const qmp = onceBegun(machine.qmp, () => person.abort());
    expect(await restore({ qmp, folder, bytes, signal: person.signal })).toMatchObject({
      fault: { code: 'cancelled' },
    });
    await machine.child.ended;
    expect((await stat(join(folder, 'state'))).size).toBe(bytes);
  });
});

async function overwrite(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(64, 0xee), 0, 64, at);
  await file.close();
}
