// Headers and keyslot files that nobody designed: random bytes, and whole ones with random changes. They may be refused or
// read, but never hang, throw, or read as something that a bound forbids. 10,000 cases each with SOULPAD_FULL=1.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatKeyslots, parseKeyslots } from '../keyslots/format';
import { sealVolumeKey } from '../keyslots/seal';
import { resum } from './damage.fixture';
import { parseHeader } from './header';
import { slotsOf } from './slots';
import { testVolume } from './volume.fixture';

const cases = process.env.SOULPAD_FULL === '1' ? 10_000 : 400;
const folder = mkdtempSync(join(tmpdir(), 'luks2-fuzz-'));
let header: Buffer;
let keyslots: Buffer;

beforeAll(async () => {
  await testVolume(join(folder, 'disk'));
  header = readFileSync(join(folder, 'disk')).subarray(0, 64 << 10);
  const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
  const made = {
    volumeKey: Buffer.alloc(32, 1),
    secret: Buffer.alloc(64, 2),
    uuid,
    name: 'k',
    kind: 'keyUsb' as const,
  };
  const slots = [await sealVolumeKey({ ...made, id: 0 }), await sealVolumeKey({ ...made, id: 1 })];
  keyslots = formatKeyslots({
    format: 'soulpad-keyslots',
    version: 1,
    uuid,
    kind: 'gocryptfs',
    keyslots: slots,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Refused by name, or read with every number inside its bound. */
function judge(head: Uint8Array): 'none' | 'damaged' | 'read' {
  const read = parseHeader(head);
  if (read === null) return 'none';
  if (!read.ok) {
    expect(read.fault.code).toBe('damagedHeader');
    expect(read.fault.message.length).toBeLessThan(600);
    return 'damaged';
  }
  for (const slot of slotsOf(read.value)) {
    expect(slot.id).toBeLessThan(32);
    expect(slot.memoryKiB).toBeLessThanOrEqual(4 << 20);
    expect(slot.parallelism).toBeLessThanOrEqual(4);
    expect(slot.name).not.toMatch(/\p{Cc}/u);
  }
  return 'read';
}

const change = fc.tuple(fc.nat((32 << 10) - 1), fc.nat(255));

describe('a LUKS2 header', () => {
  it(`of random bytes behind the magic is never read (${cases} cases)`, { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 6000 }), (bytes) => {
        const head = Buffer.concat([Buffer.from('LUKS\xba\xbe\0\x02', 'latin1'), bytes]);
        expect(judge(head)).not.toBe('read');
      }),
      { numRuns: cases },
    );
  });

  it(`with some bytes changed is read from its other copy, or refused (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const head = Buffer.from(header);
        for (const [at, byte] of changes) head[at] = byte;
        judge(head);
      }),
      { numRuns: cases },
    );
  });

  it(`with some of its description changed, and its sums made right, is read within bounds, or refused (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    const text = header.subarray(4096);
    const end = text.indexOf(0);
    const small = fc.tuple(fc.nat(end - 1), fc.constantFrom(...'0123456789"{}[]:,-eaxs\\u\0'));
    let read = 0;
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 4 }), (changes) => {
        const head = Buffer.from(header);
        const length = Number(head.readBigUInt64BE(8));
        for (const copy of [0, length]) {
          for (const [at, sign] of changes) head.write(sign, copy + 4096 + at, 'latin1');
          resum(head, copy, length);
        }
        if (judge(head) === 'read') read++;
      }),
      { numRuns: cases },
    );
    expect(read).toBeGreaterThan(0); // some changes are harmless: the checksums are not what refuses all the others
  });
});

describe('keyslots.json', () => {
  it(`of random JSON, or with some bytes changed, is refused by name or read within bounds (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    const random = fc.jsonValue({ maxDepth: 4 }).map((json) => Buffer.from(JSON.stringify(json)));
    const changed = fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
      const bytes = Buffer.from(keyslots);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(random, changed, fc.uint8Array({ maxLength: 2000 })), (bytes) => {
        const read = parseKeyslots(bytes);
        expect(read.ok ? 'read' : read.fault.code).toMatch(/^(read|damagedKeyslots)$/);
        for (const { kdf, name } of read.ok ? read.value.keyslots : []) {
          expect(kdf.memoryKiB).toBeLessThanOrEqual(1 << 20);
          expect(name).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: cases },
    );
  });
});
