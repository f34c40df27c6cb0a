// The witness is what every later test of suspend and resume believes. Here it has to show that it tells the truth:
// ok of a machine that was restored rightly, bad of every kind of machine that was restored wrongly.
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  build,
  definition,
  type Machine,
  markOfDisk,
  markOfRam,
  pageBytes,
  startMachine,
  type Tick,
  tickOf,
} from './witness-machine';

let folder = '';
const at = (name: string) => join(folder, name);
const machines: Machine[] = [];
const fine = { ram: 'ok', disk: 'ok' };

type About = Partial<Parameters<typeof startMachine>[0]>;

async function started(about: About = {}) {
  const machine = await startMachine({ folder, disk: at('disk'), ...about });
  machines.push(machine);
  return machine;
}

async function endAll(): Promise<void> {
  await Promise.all(machines.splice(0).map((machine) => machine.end()));
}

/** Offsets of the aligned pages of `bytes` that begin with `mark`. */
function marked(bytes: Buffer, mark: string): number[] {
  const found: number[] = [];
  for (let page = 0; page < bytes.length; page += pageBytes) {
    if (bytes.toString('latin1', page, page + mark.length) === mark) found.push(page);
  }
  return found;
}

/** In place: QEMU may have this very file open, or mapped. */
function writeAt(file: string, place: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, place);
  closeSync(descriptor);
}

/** Flips one bit in the middle of the file's last page that begins with `mark`. */
function flipBit(file: string, mark: string): void {
  const bytes = readFileSync(file);
  const page = marked(bytes, mark).at(-1);
  if (page === undefined) throw new Error(`${file} holds no page that begins with ${mark}`);
  const place = page + 2345;
  writeAt(file, place, Uint8Array.of(bytes.readUInt8(place) ^ 1));
}

beforeAll(() => build(), 300_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'witness-'));
  writeFileSync(at('disk'), '');
  truncateSync(at('disk'), definition.diskBytes);
});

afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

describe('a running witness', { timeout: 180_000 }, () => {
  it('counts aloud, reports keys at once, and powers off at the power button', async () => {
    const machine = await started();
    const first = await machine.nextTick();
    expect(first).toMatchObject({ n: 1, ...fine, blocks: 512 });
    expect(first.pages).toBeGreaterThan(5_000);

    const key = machine.nextLine('K 1e');
    await machine.qmp('send-key', { keys: [{ type: 'qcode', data: 'a' }] });
    await key;
    const del = machine.nextLine('K 6f');
    await machine.qmp('send-key', {
      keys: ['ctrl', 'alt', 'delete'].map((data) => ({ type: 'qcode', data })),
    });
    await del;
    await machine.nextTick(({ n }) => n >= 6);

    await machine.qmp('system_powerdown');
    expect(await machine.ended).toBe(0);
    expect(machine.lines.at(-1)).toBe('W1 off');
    const ticks = machine.lines.map(tickOf).filter((tick): tick is Tick => tick !== null);
    expect(ticks).toEqual(ticks.map((_, index) => ({ ...first, n: index + 1 })));
    // Nothing else on the console: no kernel messages, no echo.
    expect(machine.lines.filter((line) => !line.startsWith('W1 nonce='))).toEqual([
      'K 1e',
      'K 1d',
      'K 38',
      'K 6f',
      'W1 off',
    ]);

    const disk = readFileSync(at('disk'));
    expect(marked(disk, markOfDisk)).toHaveLength(first.blocks);
    const nonce = Buffer.from(first.nonce, 'hex');
    for (const form of [first.nonce, nonce, Buffer.from(nonce).reverse()])
      expect(disk.includes(form)).toBe(false);
  });

  it('says bad of RAM when one bit of one page was flipped while it was paused, and never forgives it', async () => {
    const machine = await started({ ramFile: at('ram') });
    await machine.nextTick();
    await machine.qmp('stop');
    flipBit(at('ram'), markOfRam);
    await machine.qmp('cont');
    await machine.nextTick(({ ram, disk }) => ram === 'bad' && disk === 'ok');
    expect(await machine.nextTick()).toMatchObject({ ram: 'bad', disk: 'ok' });
    expect(machine.lines.find((line) => line.startsWith('D '))).toMatch(/^D ram 1 pages wrong, first \d+$/);
  });

  it('in slices says how few pages it read in a tick, goes on with the next ones, and comes to a wrong one', async () => {
    const machine = await started({ ramFile: at('ram'), words: 'witness.slice=4 witness.tick=1' });
    const first = await machine.nextTick();
    expect(first.pages).toBeGreaterThanOrEqual(64);
    await machine.qmp('stop');
    const pages = marked(readFileSync(at('ram')), markOfRam).length;
    expect(first.pages).toBeLessThan(pages);
    flipBit(at('ram'), markOfRam);
    await machine.qmp('cont');
    await machine.nextTick(({ ram }) => ram === 'bad');
    expect(machine.lines.find((line) => line.startsWith('D '))).toMatch(/^D ram 1 pages wrong, first \d+$/);
  });

  it('says bad of the disk when one bit of one block was flipped behind its back', async () => {
    const machine = await started();
    await machine.nextTick();
    await machine.qmp('stop');
    flipBit(at('disk'), markOfDisk);
    await machine.qmp('cont');
    await machine.nextTick(({ ram, disk }) => ram === 'ok' && disk === 'bad');
  });
});

describe('a restored witness', { timeout: 180_000 }, () => {
  // Two generations of one machine: its RAM and its disk at one time, and both again some ticks later.
  let kept = '';
  let older: Tick;
  let newer: Tick;

  /** The last tick before the machine was paused and its RAM and disk were kept under `name`. */
  async function keep(machine: Machine, name: string): Promise<Tick> {
    await machine.qmp('stop');
    await machine.migrate('migrate', join(kept, `${name}-state`));
    copyFileSync(at('disk'), join(kept, `${name}-disk`));
    const last = machine.lines.map(tickOf).findLast((tick) => tick !== null);
    if (!last) throw new Error('it never ticked');
    return last;
  }

  async function restored(state: string, disk: string): Promise<Machine> {
    copyFileSync(join(kept, disk), at('disk'));
    const machine = await started({ incoming: true });
    await machine.migrate('migrate-incoming', join(kept, state));
    return machine;
  }

  async function firstTickOf(state: string, disk: string): Promise<Tick> {
    const machine = await restored(state, disk);
    const tick = machine.nextTick();
    await machine.qmp('cont');
    return tick;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'witness-'));
    kept = mkdtempSync(join(tmpdir(), 'witness-kept-'));
    writeFileSync(at('disk'), '');
    truncateSync(at('disk'), definition.diskBytes);
    const machine = await started();
    await machine.nextTick(({ n }) => n >= 2);
    older = await keep(machine, 'older');
    await machine.qmp('cont');
    await machine.nextTick(({ n }) => n >= older.n + 3);
    newer = await keep(machine, 'newer');
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  afterAll(() => rmSync(kept, { recursive: true, force: true }));

  it('goes on where it was: the same nonce, the next number, RAM and disk ok', async () => {
    expect(await firstTickOf('older-state', 'older-disk')).toEqual({ ...older, n: older.n + 1 });
    await endAll();
    expect(await firstTickOf('newer-state', 'newer-disk')).toEqual({ ...newer, n: newer.n + 1 });
  });

  it('says bad of the disk when it got the disk of an older generation', async () => {
    expect(await firstTickOf('newer-state', 'older-disk')).toMatchObject({ ram: 'ok', disk: 'bad' });
  });

  it('says bad of the disk when it got the disk of a newer generation', async () => {
    expect(await firstTickOf('older-state', 'newer-disk')).toMatchObject({ ram: 'ok', disk: 'bad' });
  });

  it('says bad of RAM when a single page of it comes from an older generation', async () => {
    const now = readFileSync(join(kept, 'newer-state'));
    const then = readFileSync(join(kept, 'older-state'));
    const isOther = (page: number) =>
      !now.subarray(page, page + pageBytes).equals(then.subarray(page, page + pageBytes));
    const page = marked(then, markOfRam).find(isOther);
    if (page === undefined) throw new Error('no page was written between the two generations');
    copyFileSync(join(kept, 'newer-state'), join(kept, 'mixed-state'));
    writeAt(join(kept, 'mixed-state'), page, then.subarray(page, page + pageBytes));
    expect(await firstTickOf('mixed-state', 'newer-disk')).toMatchObject({ ram: 'bad', disk: 'ok' });
  });

  it('says bad of RAM when one bit of the saved state was flipped', async () => {
    copyFileSync(join(kept, 'newer-state'), join(kept, 'damaged-state'));
    flipBit(join(kept, 'damaged-state'), markOfRam);
    expect(await firstTickOf('damaged-state', 'newer-disk')).toMatchObject({ ram: 'bad', disk: 'ok' });
  });
});
