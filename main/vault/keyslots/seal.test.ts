import { describe, expect, it } from 'vitest';
import type { Keyslot, Keyslots } from './format';
import { newVolumeKey, sealVolumeKey, unsealVolumeKey } from './seal';

const testOnlyCost = { memoryKiB: 64, iterations: 1, parallelism: 1 };
const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
const secret = Buffer.from('correct horse battery staple');
const volumeKey = newVolumeKey();

function seal(id: number, kind: Keyslot['kind'] = 'passphrase', by: Uint8Array = secret): Promise<Keyslot> {
  return sealVolumeKey({ volumeKey, secret: by, uuid, id, name: `slot ${id}`, kind, testOnlyCost });
}

function file(keyslots: Keyslot[], of = uuid): Keyslots {
  return { format: 'soulpad-keyslots', version: 1, uuid: of, kind: 'gocryptfs', keyslots };
}

const unseal = (keyslots: Keyslots, by: Uint8Array = secret, kind: Keyslot['kind'] = 'passphrase') =>
  unsealVolumeKey({ keyslots, secret: by, kind });

describe('a keyslot', () => {
  it('gives the volume key back for its secret, whichever slot it is in', async () => {
    const slots = [await seal(0, 'passphrase', Buffer.from('another passphrase')), await seal(1)];
    expect(await unseal(file(slots))).toEqual(volumeKey);
  });

  it('gives nothing for another secret, nor for the same bytes as another kind', async () => {
    const slots = file([await seal(0)]);
    expect(await unseal(slots, Buffer.from('correct horse battery stapl3'))).toBeNull();
    expect(await unseal(slots, secret, 'keyUsb')).toBeNull();
  });

  it('never uses a salt or nonce twice', async () => {
    const [one, two] = [await seal(0), await seal(0)];
    expect(one.kdf.salt).not.toBe(two.kdf.salt);
    expect(one.wrap.nonce).not.toBe(two.wrap.nonce);
    expect(one.wrap.data).not.toBe(two.wrap.data);
  });

  it('opens nothing once any part of it was changed or swapped with another slot', async () => {
    const [one, two] = [await seal(0), await seal(1)];
    const changed: Keyslot[] = [
      { ...one, id: 2 },
      { ...one, name: 'renamed' },
      { ...one, kdf: { ...one.kdf, salt: two.kdf.salt } },
      { ...one, kdf: { ...one.kdf, iterations: 2 } },
      { ...one, kdf: { ...one.kdf, memoryKiB: 128 } },
      { ...one, wrap: { ...one.wrap, nonce: two.wrap.nonce } },
      { ...one, wrap: { ...one.wrap, data: two.wrap.data } },
      { ...one, wrap: { ...one.wrap, tag: two.wrap.tag } },
      { ...one, wrap: two.wrap },
    ];
    for (const slot of changed) expect(await unseal(file([slot]))).toBeNull();
    expect(await unseal(file([{ ...one, kind: 'keyUsb' }]), secret, 'keyUsb')).toBeNull();
  });

  it('belongs to one vault', async () => {
    const slot = await seal(0);
    expect(await unseal(file([slot], uuid.replace('1', '2')))).toBeNull();
  });
});
