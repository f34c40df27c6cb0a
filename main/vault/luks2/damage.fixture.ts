// Damaged LUKS2 headers, one generator a kind of damage, after the model of cryptsetup's own tests
// (cryptsetup/cryptsetup: tests/generators). Each changes the bytes of a whole header; where the damage is to be looked
// at and not only noticed, the checksums are made right again. Tests only.
import { createHash } from 'node:crypto';
import { z } from 'zod';

const copies = (head: Buffer): readonly number[] => [0, Number(head.readBigUInt64BE(8))];

/** Makes the checksum of the copy at `at` right again. */
export function resum(head: Buffer, at: number, length = Number(head.readBigUInt64BE(8))): void {
  head.fill(0, at + 448, at + 512);
  createHash('sha256')
    .update(head.subarray(at, at + length))
    .digest()
    .copy(head, at + 448);
}

function both(edit: (head: Buffer, at: number) => void): (head: Buffer) => void {
  return (head) => {
    const [first, second] = copies(head);
    for (const at of [first ?? 0, second ?? 0]) {
      edit(head, at);
      resum(head, at, (second ?? 0) - (first ?? 0));
    }
  };
}

function bytesOf(head: Buffer, at: number): Buffer {
  return head.subarray(at + 4096, at + Number(head.readBigUInt64BE(8)));
}

/** Puts a value at a place of the description, as `keyslots.0.kdf.time`; undefined takes what is there away. */
export function put(place: string, value: unknown): (head: Buffer) => void {
  return both((head, at) => {
    const area = bytesOf(head, at);
    const json: unknown = JSON.parse(area.toString('utf8', 0, area.indexOf(0)));
    const path = place.split('.');
    const last = path.pop() ?? '';
    let inside = z.record(z.string(), z.unknown()).parse(json);
    const top = inside;
    for (const name of path) {
      const next = z.record(z.string(), z.unknown()).parse(inside[name]);
      inside[name] = next;
      inside = next;
    }
    if (value === undefined) delete inside[last];
    else inside[last] = value;
    area.fill(0).write(JSON.stringify(top));
  });
}

function spelled(edit: (text: string) => string): (head: Buffer) => void {
  return both((head, at) => {
    const area = bytesOf(head, at);
    const text = area.toString('utf8', 0, area.indexOf(0));
    area.fill(0).write(edit(text));
  });
}

const slot = {
  ...{ type: 'luks2', key_size: 64, area: { offset: '65536', size: '258048' } },
  kdf: { type: 'argon2id', time: 4, memory: 64, cpus: 1, salt: 'AAAA' },
};

/** Beyond repair: nothing may be tried on it. */
export const broken: Readonly<Record<string, (head: Buffer) => void>> = {
  'both copies with a flipped bit, the checksums as they were': (head) => {
    for (const at of copies(head)) head[at + 5000] = (head[at + 5000] ?? 0) ^ 1;
  },
  'checksums of zeros': (head) => {
    for (const at of copies(head)) head.fill(0, at + 448, at + 512);
  },
  'a version of the future': both((head, at) => head.writeUInt16BE(3, at + 6)),
  'version 0': both((head, at) => head.writeUInt16BE(0, at + 6)),
  'a size of 0': both((head, at) => head.writeBigUInt64BE(0n, at + 8)),
  'a size of 4 KiB': both((head, at) => head.writeBigUInt64BE(4096n, at + 8)),
  'a size that is no power of two': both((head, at) => head.writeBigUInt64BE(20480n, at + 8)),
  'a size of 2^63': both((head, at) => head.writeBigUInt64BE(1n << 63n, at + 8)),
  'copies that say they lie elsewhere': both((head, at) =>
    head.writeBigUInt64BE(BigInt(at + 4096), at + 256),
  ),
  'a checksum called sha1': both((head, at) => head.fill(0, at + 72, at + 104).write('sha1', at + 72)),
  'no name of a checksum': both((head, at) => head.fill(0, at + 72, at + 104)),
  'a uuid that is none': both((head, at) => head.fill(0, at + 168, at + 208).write('../../etc', at + 168)),
  'no uuid': both((head, at) => head.fill(0, at + 168, at + 208)),
  'a description without an end': both((head, at) => bytesOf(head, at).fill(0x20)),
  'no description': both((head, at) => bytesOf(head, at).fill(0)),
  'a description of random bytes': both((head, at) => {
    const area = bytesOf(head, at);
    for (const [place] of area.entries()) area[place] = (place * 197 + 13) % 251 || 1;
    area[9000] = 0;
  }),
  'a description cut in the middle': spelled((text) => text.slice(0, text.length / 2)),
  'a description with a byte that is no UTF-8': both((head, at) => {
    bytesOf(head, at)[2] = 0xff;
  }),
  'a description that is a list': spelled(() => '[]'),
  'a description nested 4000 deep': spelled(() => `${'['.repeat(4000)}${']'.repeat(4000)}`),
  'keyslots that are a list': spelled((text) => text.replace('"keyslots":{', '"keyslots":[],"old":{')),
  'no keyslots at all': put('keyslots', undefined),
  'keyslot 32': put('keyslots.32', slot),
  'keyslot -1': put('keyslots.-1', slot),
  'a keyslot of another type': put('keyslots.0.type', 'reencrypt'),
  'a keyslot of 0 bytes of key': put('keyslots.0.key_size', 0),
  'a keyslot of a million bytes of key': put('keyslots.0.key_size', 1_000_000),
  'a keyslot without a KDF': put('keyslots.0.kdf', undefined),
  'a KDF nobody has': put('keyslots.0.kdf.type', 'scrypt'),
  'a KDF of 0 passes': put('keyslots.0.kdf.time', 0),
  'a KDF of -4 passes': put('keyslots.0.kdf.time', -4),
  'a KDF of 4.5 passes': put('keyslots.0.kdf.time', 4.5),
  'a KDF of passes in words': put('keyslots.0.kdf.time', '4'),
  'a KDF of 10^12 passes': put('keyslots.0.kdf.time', 1e12),
  'a KDF of 1 TiB of memory': put('keyslots.0.kdf.memory', 2 ** 30),
  'a KDF without memory': put('keyslots.0.kdf.memory', 0),
  'a KDF of 64 lanes': put('keyslots.0.kdf.cpus', 64),
  'a salt that is no base64': put('keyslots.0.kdf.salt', '$$$$'),
  'an endless salt': put('keyslots.0.kdf.salt', 'A'.repeat(5000)),
  'a keyslot over the header': put('keyslots.0.area.offset', '4096'),
  'a keyslot in the data': put('keyslots.0.area.offset', '99999744'),
  'a keyslot larger than the disk': put('keyslots.0.area.size', '9999999999999999999'),
  'a keyslot of a negative size': put('keyslots.0.area.size', '-1'),
  'no encrypted area': put('segments', {}),
  'two encrypted areas': put('segments.1', { type: 'crypt', offset: '16777216', size: 'dynamic' }),
  'an area in clear': put('segments.0.type', 'linear'),
  'an area that begins nowhere': put('segments.0.offset', 'x'),
  'a digest of a keyslot that is not there': put('digests.0.keyslots', ['0', '9']),
  'digests that are none': put('digests', { a: {} }),
  'no configuration': put('config', undefined),
};

/** Damage that a vault outlives: it opens. */
export const survivable: Readonly<Record<string, (head: Buffer) => void>> = {
  'the first copy gone': (head) => {
    head.fill(0, 0, copies(head)[1]);
  },
  'the first copy with a flipped bit': (head) => {
    head[5000] = (head[5000] ?? 0) ^ 1;
  },
  'the second copy gone': (head) => {
    const at = copies(head)[1] ?? 0;
    head.fill(0, at, 2 * at);
  },
  'the second copy with a flipped bit': (head) => {
    const at = (copies(head)[1] ?? 0) + 5000;
    head[at] = (head[at] ?? 0) ^ 1;
  },
  'a token of ours that is nonsense': put('tokens.31', { type: 'soulpad', keyslots: [], slots: 'all' }),
  'a token of ours with control characters': put('tokens.31', {
    ...{ type: 'soulpad', keyslots: [], version: 1 },
    slots: { 0: { kind: 'passphrase', name: '\u001b[2J', salt: 'AA==' } },
  }),
  'no token of ours': put('tokens', {}),
  'a token of somebody else': put('tokens.0', {
    type: 'systemd-tpm2',
    keyslots: ['0'],
    more: 'x'.repeat(500),
  }),
};
