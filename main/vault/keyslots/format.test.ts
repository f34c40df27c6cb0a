import { describe, expect, it } from 'vitest';
import { pinnedCosts } from './cost';
import { factsOf, formatKeyslots, freeKeyslotId, type Keyslots, parseKeyslots } from './format';

const base64 = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');

function good(): Keyslots {
  return {
    format: 'soulpad-keyslots',
    version: 1,
    uuid: '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb',
    kind: 'gocryptfs',
    keyslots: [
      {
        id: 0,
        name: 'passphrase',
        kind: 'passphrase',
        kdf: { type: 'argon2id', ...pinnedCosts.passphrase, salt: base64(32) },
        wrap: { cipher: 'aes-256-gcm', nonce: base64(12), data: base64(32), tag: base64(16) },
      },
    ],
  };
}

/** The good file with one value replaced; `path` in dots. */
function spoiled(path: string, value: unknown): Buffer {
  const whole: Record<string, unknown> = JSON.parse(JSON.stringify(good()));
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = whole;
  for (const part of parts) at = at[part] as Record<string, unknown>;
  at[last] = value;
  return Buffer.from(JSON.stringify(whole));
}

describe('keyslots.json', () => {
  it('reads back what was written', () => {
    expect(parseKeyslots(formatKeyslots(good()))).toEqual({ ok: true, value: good() });
  });

  it('is damaged when it was cut short at any byte', () => {
    const whole = formatKeyslots(good());
    for (let length = 0; length < whole.length - 2; length += 7)
      expect(parseKeyslots(whole.subarray(0, length))).toMatchObject({ fault: { code: 'damagedKeyslots' } });
  });

  it.each<[string, string, unknown]>([
    ['an unknown field', 'extra', 1],
    ['an unknown field in a slot', 'keyslots.0.extra', 1],
    ['another format', 'format', 'luks'],
    ['a later version', 'version', 2],
    ['a uuid that climbs', 'uuid', '../../../../etc/passwd'],
    ['a uuid in capitals', 'uuid', '1DCC98FB-52ff-412b-a9a0-e4756e92f0fb'],
    ['no keyslot', 'keyslots', []],
    ['too many keyslots', 'keyslots', Array.from({ length: 17 }, () => good().keyslots[0])],
    ['two keyslots of one id', 'keyslots', [good().keyslots[0], good().keyslots[0]]],
    ['an id out of range', 'keyslots.0.id', 16],
    ['a fractional id', 'keyslots.0.id', 0.5],
    ['a name with an escape sequence', 'keyslots.0.name', '\u001b[2J'],
    ['an endless name', 'keyslots.0.name', 'n'.repeat(81)],
    ['an unknown kind', 'keyslots.0.kind', 'fingerprint'],
    ['another KDF', 'keyslots.0.kdf.type', 'pbkdf2'],
    ['less memory than pinned', 'keyslots.0.kdf.memoryKiB', 262_143],
    ['fewer passes than pinned', 'keyslots.0.kdf.iterations', 3],
    ['no lane', 'keyslots.0.kdf.parallelism', 0],
    ['more than 1 GiB of memory', 'keyslots.0.kdf.memoryKiB', 2 ** 20 + 1],
    ['a huge number of passes', 'keyslots.0.kdf.iterations', 1e308],
    ['a number as text', 'keyslots.0.kdf.iterations', '4'],
    ['a short salt', 'keyslots.0.kdf.salt', base64(16)],
    ['base64 of another spelling', 'keyslots.0.kdf.salt', base64(32).replace(/=$/, '')],
    ['a long tag', 'keyslots.0.wrap.tag', base64(17)],
    ['a short tag', 'keyslots.0.wrap.tag', base64(12)],
    ['another cipher', 'keyslots.0.wrap.cipher', 'null'],
    ['null for a wrap', 'keyslots.0.wrap', null],
  ])('is refused with %s', (_, path, value) => {
    const read = parseKeyslots(spoiled(path, value));
    expect(read).toMatchObject({ ok: false, fault: { code: 'damagedKeyslots' } });
  });

  it('says which cost was downgraded', () => {
    const read = parseKeyslots(spoiled('keyslots.0.kdf.memoryKiB', 8));
    expect(read).toMatchObject({ fault: { message: expect.stringContaining('downgraded: memoryKiB is 8') } });
  });

  it('does not let a passphrase slot pass for a cheap key file slot without its tag knowing', () => {
    // Parsing accepts the cheap cost for kind keyUsb; seal.test.ts shows that the tag binds the kind.
    const cheap = good();
    const [slot] = cheap.keyslots;
    if (slot === undefined) throw new Error('no slot');
    slot.kdf = { ...slot.kdf, ...pinnedCosts.keyUsb };
    expect(parseKeyslots(formatKeyslots(cheap)).ok).toBe(false);
  });

  it('is refused beyond 64 KiB before it is parsed', () => {
    const read = parseKeyslots(Buffer.alloc(64 * 1024 + 1, 32));
    expect(read).toMatchObject({ fault: { message: expect.stringContaining('longer than 65536 bytes') } });
  });

  it('tells facts without salts or wrapped keys, and finds the lowest free id', () => {
    const facts = JSON.stringify(factsOf(good()));
    expect(facts).not.toContain(base64(32));
    expect(freeKeyslotId(good())).toBe(1);
  });
});
