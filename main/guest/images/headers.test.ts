// Lying headers. Each format's true image is taken, then its header is cut at every length and its bytes are replaced
// by extremes and by seeded random ones: an answer must come each time, in bounded reads, and never a throw.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, maxDiskBytes } from './bytes';
import { lookAtImage } from './known';

let folder: string;
const images = new Map<string, Buffer>();
const kinds = [
  ['qcow2', 'qcow2', ''],
  ['vmdk', 'vmdk', ''],
  ['stream', 'vmdk', 'subformat=streamOptimized'],
  ['vdi', 'vdi', ''],
  ['vhdx', 'vhdx', ''],
  ['vpc', 'vpc', ''],
] as const;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-headers-'));
  writeFileSync(join(folder, 'raw'), Buffer.alloc(1 << 20, 7));
  for (const [name, format, options] of kinds) {
    const file = join(folder, name);
    const extra = options === '' ? [] : ['-o', options];
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, ...extra, join(folder, 'raw'), file]);
    images.set(name, readFileSync(file));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function imageOf(name: string): Buffer {
  return Buffer.from(images.get(name) ?? '');
}

/** A value of the size and place given, little- or big-endian, set in a copy. */
function withNumber(
  image: Buffer,
  place: { at: number; bytes: 4 | 8; big?: boolean; value: bigint },
): Buffer {
  const copy = Buffer.from(image);
  const { at, value } = place;
  if (place.bytes === 8) place.big ? copy.writeBigUInt64BE(value, at) : copy.writeBigUInt64LE(value, at);
  else place.big ? copy.writeUInt32BE(Number(value), at) : copy.writeUInt32LE(Number(value), at);
  return copy;
}

/** Park and Miller's generator: the same bytes on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

async function answer(content: Buffer): Promise<string> {
  const seen = await lookAtImage(bytesOf(content));
  if (typeof seen === 'string') return seen;
  expect(seen.bytes).toBeGreaterThanOrEqual(512);
  expect(seen.bytes).toBeLessThanOrEqual(maxDiskBytes + 512);
  return seen.format;
}

describe.each(kinds.map(([name]) => name))('a %s header', (name) => {
  it('that was cut anywhere gets an answer', async () => {
    const image = imageOf(name);
    for (let length = 0; length < 700; length += 7) await answer(image.subarray(0, length));
    for (const length of [4095, 65_535, 65_537, 131_072, 200_000, 262_145, image.length - 1])
      await answer(image.subarray(0, length));
  });

  it('with extreme or random bytes gets an answer', async () => {
    const image = imageOf(name);
    const random = seeded(20_061_231);
    const tables = [0, 64 << 10, 192 << 10, 1 << 20, 2 << 20, image.length - 1536].filter(
      (at) => at >= 0 && at + 512 < image.length,
    );
    for (let round = 0; round < 600; round += 1) {
      const copy = Buffer.from(image.subarray(0, Math.min(image.length, 3 << 20)));
      for (const at of tables.filter((table) => table + 512 < copy.length))
        for (let count = 0; count < 3; count += 1) {
          const extreme = [0, 1, 0x7f, 0x80, 0xff][random() % 5] ?? 0;
          // Behind the magic, so that the format's own reader is what is tried.
          copy[at + 8 + (random() % 504)] = round % 2 === 0 ? extreme : random() % 256;
        }
      await answer(copy);
    }
  });
});

describe('a header that lies', () => {
  it.each([
    ['qcow2', 'its size', { at: 24, bytes: 8, big: true, value: 2n ** 63n }, /impossible size/],
    ['qcow2', 'a huge first table', { at: 36, bytes: 4, big: true, value: 0x7fff_ffffn }, /impossible table/],
    ['qcow2', 'a table behind its end', { at: 40, bytes: 8, big: true, value: 2n ** 40n }, /cut short/],
    ['qcow2', 'many snapshots', { at: 60, bytes: 4, big: true, value: 0xffff_ffffn }, /impossible table/],
    ['qcow2', 'unknown features', { at: 72, bytes: 8, big: true, value: 2n ** 40n }, /not known/],
    ['qcow2', 'a backing file', { at: 8, bytes: 8, big: true, value: 512n }, /another image/],
    [
      'vmdk',
      'no capacity: QEMU would open what its text names',
      { at: 12, bytes: 8, value: 0n },
      /other files/,
    ],
    ['vmdk', 'a huge capacity', { at: 12, bytes: 8, value: 2n ** 62n }, /impossible size/],
    ['vmdk', 'a tiny grain', { at: 20, bytes: 8, value: 1n }, /impossible table/],
    ['vmdk', 'huge grain tables', { at: 44, bytes: 4, value: 0x7fff_ffffn }, /impossible table/],
    ['vmdk', 'a directory behind its end', { at: 56, bytes: 8, value: 2n ** 33n }, /cut short/],
    ['vdi', 'a huge size', { at: 0x170, bytes: 8, value: 2n ** 62n }, /impossible size/],
    ['vdi', 'a huge map', { at: 0x180, bytes: 4, value: 0xffff_ffffn }, /impossible table/],
    ['vdi', 'a map behind its end', { at: 0x154, bytes: 4, value: 0xffff_0000n }, /cut short/],
    ['vdi', 'a parent', { at: 0x1a8, bytes: 4, value: 1n }, /another image/],
    ['vhdx', 'a log', { at: (64 << 10) + 48, bytes: 4, value: 1n }, /not closed/],
    ['vhdx', 'too many regions', { at: (192 << 10) + 8, bytes: 4, value: 0xffffn }, /no tables/],
    ['vpc', 'a parent', { at: 60, bytes: 4, big: true, value: 4n }, /another image/],
    ['vpc', 'a huge size', { at: 48, bytes: 8, big: true, value: 2n ** 62n }, /impossible size/],
    ['vpc', 'a huge table', { at: 512 + 28, bytes: 4, big: true, value: 0xffff_ffffn }, /impossible table/],
  ] as const)('%s about %s is refused', async (name, _, place, why) => {
    expect(await answer(imageOf(name))).not.toMatch(/ /);
    expect(await answer(withNumber(imageOf(name), place))).toMatch(why);
  });

  it('in the text of a VMDK is refused', async () => {
    const lie = (from: string, to: string): Buffer => {
      const image = imageOf('vmdk');
      const at = image.indexOf(from);
      expect(at).toBeGreaterThan(0);
      image.write(to, at);
      return image;
    };
    expect(await answer(lie('parentCID=ffffffff', 'parentCID=12345678'))).toMatch(/another image/);
    expect(await answer(lie('createType="mono', 'createType="vmfs'))).toMatch(/other files/);
    expect(await answer(lie('ddb.', 'parentFileNameHint="/etc/shadow"'))).toMatch(/another image/);
  });
});
