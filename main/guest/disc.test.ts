import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../preload/contract/progress';
import { importDisc, inspectDisc } from './disc';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-disc-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sector = 2048;

/** The smallest disc that a PC can boot from: descriptors in sectors 16 to 18, boot catalog in 20, program in 21. */
function discOf(change: (disc: Buffer) => void = () => {}): Buffer {
  const disc = Buffer.alloc(32 * sector);
  const descriptor = (number: number, kind: number): Buffer => {
    const made = disc.subarray(number * sector, (number + 1) * sector);
    made.writeUInt8(kind, 0);
    made.write('CD001\x01', 1, 'latin1');
    return made;
  };
  const primary = descriptor(16, 1);
  primary.write('DEBIAN 12 '.padEnd(32), 40, 'latin1');
  primary.writeUInt32LE(32, 80);
  const boot = descriptor(17, 0);
  boot.write('EL TORITO SPECIFICATION', 7, 'latin1');
  boot.writeUInt32LE(20, 71);
  descriptor(18, 255);
  const catalog = disc.subarray(20 * sector, 21 * sector);
  catalog.writeUInt8(1, 0);
  catalog.writeUInt16LE(0x55aa, 28);
  catalog.writeUInt16LE(0xaa55, 30);
  catalog.writeUInt8(0x88, 32);
  catalog.writeUInt16LE(4, 38);
  catalog.writeUInt32LE(21, 40);
  change(disc);
  return disc;
}

async function answer(disc: Buffer): Promise<string> {
  writeFileSync(at('disc.iso'), disc);
  const seen = await inspectDisc(at('disc.iso'));
  return seen.ok ? seen.value.label : seen.fault.message;
}

describe('an installation disc', () => {
  it('is taken with its own name when a PC can boot from it', async () => {
    expect(await answer(discOf())).toBe('DEBIAN 12');
  });

  it.each([
    [
      'has no boot record',
      (disc: Buffer) => disc.fill(0, 17 * sector + 7, 17 * sector + 30),
      /no boot record/,
    ],
    [
      'boots on UEFI only',
      (disc: Buffer) => {
        disc.writeUInt8(0xef, 20 * sector + 1);
        disc.writeUInt16LE(0x66aa, 20 * sector + 28); // the words of the entry add up to 0 again
      },
      /UEFI only/,
    ],
    ['does not boot, as it says', (disc: Buffer) => disc.writeUInt8(0, 20 * sector + 32), /does not boot/],
    ['has a damaged record', (disc: Buffer) => disc.writeUInt8(9, 20 * sector + 5), /damaged boot record/],
    [
      'points behind its end',
      (disc: Buffer) => disc.writeUInt32LE(2 ** 31, 17 * sector + 71),
      /behind its end/,
    ],
    [
      'has a program behind its end',
      (disc: Buffer) => disc.writeUInt32LE(2 ** 31, 20 * sector + 40),
      /behind its end/,
    ],
    ['is no disc', (disc: Buffer) => disc.fill(0), /no disc image/],
    [
      'says that it is longer',
      (disc: Buffer) => disc.writeUInt32LE(64, 16 * sector + 80),
      /cut short: \d+ bytes of \d+/,
    ],
  ] as const)('that %s is refused', async (_, change, why) => {
    expect(await answer(discOf((disc) => void change(disc)))).toMatch(why);
  });

  it('that was cut anywhere is refused', async () => {
    const disc = discOf();
    for (let length = 0; length < disc.length; length += 1000)
      expect(await answer(disc.subarray(0, length))).toMatch(/cut short|no disc image/);
  });

  it('of nothing but boot descriptors does not keep us reading', async () => {
    const disc = Buffer.alloc(400 * sector);
    for (let number = 16; number < 400; number += 1) disc.write('\0CD001', number * sector, 'latin1');
    expect(await answer(disc)).toMatch(/no disc image/);
  });

  it('is copied in, for us alone, and its copy is the same', async () => {
    writeFileSync(at('one.iso'), discOf());
    const disc = await inspectDisc(at('one.iso'));
    if (!disc.ok) throw new Error(disc.fault.message);
    const seen: Progress[] = [];
    const file = at('copy.iso');
    const copied = await importDisc({
      disc: disc.value,
      file,
      onProgress: (progress) => seen.push(progress),
    });
    expect(copied.ok).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file)).toEqual(readFileSync(at('one.iso')));
    expect(seen.at(-1)).toMatchObject({ stage: 'copy', done: 32 * sector, total: 32 * sector });
    expect(await importDisc({ disc: disc.value, file })).toMatchObject({ fault: { code: 'alreadyThere' } });
  });

  it('leaves nothing when copying is given up', async () => {
    writeFileSync(at('two.iso'), discOf());
    const disc = await inspectDisc(at('two.iso'));
    if (!disc.ok) throw new Error(disc.fault.message);
    const signal = AbortSignal.abort();
    const copied = await importDisc({ disc: disc.value, file: at('given-up.iso'), signal });
    expect(copied).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(existsSync(at('given-up.iso'))).toBe(false);
  });
});
