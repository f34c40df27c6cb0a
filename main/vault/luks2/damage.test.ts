// Damaged headers on real disks: refused before anything is tried on them, or opened all the same; and never so that
// cryptsetup is asked to do what a hostile header says. No device-mapper is needed for any of it.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testKeyslot } from './cryptsetup';
import { broken, put, survivable } from './damage.fixture';
import { readHeader } from './disk';
import { unlock } from './unlock';
import { readSlots } from './volume';
import { passphrase, testOnlyCosts, testVolume } from './volume.fixture';

let folder = '';
let whole: Buffer;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'luks2-damage-'));
  await testVolume(at('disk'));
  whole = readFileSync(at('disk')).subarray(0, 64 << 10);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The disk, once its header went through `damage`. */
function damaged(damage: (head: Buffer) => void): string {
  const head = Buffer.from(whole);
  damage(head);
  const file = openSync(at('disk'), 'r+');
  writeSync(file, head, 0, head.length, 0);
  closeSync(file);
  return at('disk');
}

async function open(device: string) {
  const slots = readSlots(device);
  if (!slots.ok) return slots;
  return unlock({
    ...{
      slots: slots.value,
      kind: 'passphrase',
      secret: Buffer.from(passphrase),
      testOnlyFloor: testOnlyCosts,
    },
    attempt: (tried) => testKeyslot({ device, stage: 'test', ...tried }),
  });
}

describe('a disk', () => {
  it('whose header is whole opens', async () => {
    expect(await open(damaged(() => {}))).toEqual({ ok: true, value: 0 });
  });

  it.each(Object.entries(broken))(
    'with %s is called damaged, and no secret is tried on it',
    async (_, damage) => {
      const opened = await open(damaged(damage));
      expect(opened).toMatchObject({ ok: false, fault: { code: 'damagedHeader', stage: 'vault.header' } });
      expect(opened.ok ? '' : opened.fault.message.length).toBeLessThan(500);
    },
  );

  it('is damaged in more than forty ways here', () => {
    expect(Object.keys(broken).length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(survivable))('with %s opens all the same', async (_, damage) => {
    expect(await open(damaged(damage))).toEqual({ ok: true, value: 0 });
  });

  it('cut short anywhere is damaged or no LUKS2 disk, and never anything else', () => {
    for (const length of [0, 1, 5, 6, 511, 512, 4095, 4096, 8192, 16383]) {
      writeFileSync(at('short'), whole.subarray(0, length));
      const read = readHeader(at('short'));
      expect(read.ok ? 'ok' : read.fault.code, `${length} bytes`).toMatch(/^(damagedHeader|missingVault)$/);
    }
  });

  it('that is something else is no LUKS2 disk: zeros, LUKS1, a folder, a link, a FIFO, nothing', () => {
    writeFileSync(at('zeros'), Buffer.alloc(1 << 20));
    writeFileSync(
      at('luks1'),
      Buffer.concat([Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'), Buffer.alloc(1 << 16)]),
    );
    mkdirSync(at('folder'));
    symlinkSync(at('disk'), at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    for (const name of ['zeros', 'luks1', 'folder', 'link', 'fifo'])
      expect(readHeader(at(name)), name).toMatchObject({ ok: false, fault: { code: 'missingVault' } });
    expect(readHeader(at('nowhere'))).toMatchObject({ ok: false, fault: { code: 'missingDisk' } });
  });
});

describe('a keyslot of ours', () => {
  const tried: number[] = [];
  const openCounting = async (device: string, freeKiB?: number) => {
    tried.length = 0;
    const slots = readSlots(device);
    if (!slots.ok) return slots;
    return unlock({
      ...{
        slots: slots.value,
        kind: 'passphrase',
        secret: Buffer.from(passphrase),
        testOnlyFloor: testOnlyCosts,
      },
      ...(freeKiB === undefined ? {} : { freeKiB }),
      attempt: async ({ keyslot, secret }) => {
        tried.push(keyslot);
        return testKeyslot({ device, stage: 'test', keyslot, secret });
      },
    });
  };

  it.each([
    ['less memory', { memory: 32 }],
    ['fewer passes', { time: 1 }],
    ['pbkdf2', { type: 'pbkdf2', hash: 'sha256', iterations: 1000 }],
    ['argon2i', { type: 'argon2i' }],
  ])('downgraded to %s is refused before a secret is tried', async (_, cheaper) => {
    const device = damaged((head) => {
      for (const [name, value] of Object.entries(cheaper)) put(`keyslots.0.kdf.${name}`, value)(head);
    });
    const opened = await openCounting(device);
    expect(opened).toMatchObject({ ok: false, fault: { code: 'damagedHeader' } });
    expect(opened.ok ? '' : opened.fault.message).toContain('downgraded');
    expect(tried).toEqual([]);
  });

  it('that costs more memory than this PC has free is not tried, and that is said', async () => {
    const device = damaged(put('keyslots.0.kdf.memory', 4 << 20));
    expect(await openCounting(device, 1 << 20)).toMatchObject({ ok: false, fault: { code: 'noMemory' } });
    expect(tried).toEqual([]);
  });
});
