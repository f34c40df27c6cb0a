// Wraps and unwraps the volume key: Argon2id makes a wrapping key of the secret, AES-256-GCM wraps. The GCM tag binds
// the vault's uuid and everything else in the slot, so no field can be swapped between slots or vaults. Runs only in
// the owner program: the native argon2 module never gets into Electron's main process.
import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto';
import argon2 from 'argon2';
import { copyOfSecret, secretBytes } from '../../process/secret-bytes';
import type { KeyslotKind } from '../vault';
import { type KdfCost, pinnedCosts } from './cost';
import { type Keyslot, type Keyslots, volumeKeyBytes } from './format';

export function newVolumeKey(): Buffer {
  return randomFillSync(secretBytes(volumeKeyBytes));
}

/** One new keyslot. `secret` is normalized and stays the caller's to wipe. `testOnlyCost`: no program passes it. */
export async function sealVolumeKey(about: {
  readonly volumeKey: Uint8Array;
  readonly secret: Uint8Array;
  readonly uuid: string;
  readonly id: number;
  readonly name: string;
  readonly kind: KeyslotKind;
  readonly testOnlyCost?: KdfCost;
}): Promise<Keyslot> {
  const { id, name, kind } = about;
  const { memoryKiB, iterations, parallelism } = about.testOnlyCost ?? pinnedCosts[kind];
  const kdf = {
    type: 'argon2id' as const,
    memoryKiB,
    iterations,
    parallelism,
    salt: randomBytes(32).toString('base64'),
  };
  const nonce = randomBytes(12);
  const wrap = { cipher: 'aes-256-gcm' as const, nonce: nonce.toString('base64') };
  const wrappingKey = await deriveWrappingKey(about.secret, kdf);
  try {
    const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce);
    cipher.setAAD(boundFacts(about.uuid, { id, name, kind, kdf, wrap }));
    const data = Buffer.concat([cipher.update(about.volumeKey), cipher.final()]);
    return {
      id,
      name,
      kind,
      kdf,
      wrap: { ...wrap, data: data.toString('base64'), tag: cipher.getAuthTag().toString('base64') },
    };
  } finally {
    wrappingKey.fill(0);
  }
}

/** Tries every keyslot of the secret's kind. Null: none opens. The key is the caller's to wipe. */
export async function unsealVolumeKey(about: {
  readonly keyslots: Keyslots;
  readonly secret: Uint8Array;
  readonly kind: KeyslotKind;
  readonly onTried?: (done: number, total: number) => void;
}): Promise<Buffer | null> {
  const candidates = about.keyslots.keyslots.filter((slot) => slot.kind === about.kind);
  for (const [tried, slot] of candidates.entries()) {
    about.onTried?.(tried, candidates.length);
    const wrappingKey = await deriveWrappingKey(about.secret, slot.kdf);
    try {
      const volumeKey = unwrap({ slot, wrappingKey, uuid: about.keyslots.uuid });
      if (volumeKey !== null) return volumeKey;
    } finally {
      wrappingKey.fill(0);
    }
  }
  return null;
}

function unwrap(about: { slot: Keyslot; wrappingKey: Buffer; uuid: string }): Buffer | null {
  const { slot } = about;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    about.wrappingKey,
    Buffer.from(slot.wrap.nonce, 'base64'),
    {
      authTagLength: 16,
    },
  );
  decipher.setAAD(boundFacts(about.uuid, slot));
  decipher.setAuthTag(Buffer.from(slot.wrap.tag, 'base64'));
  const unchecked = decipher.update(Buffer.from(slot.wrap.data, 'base64'));
  try {
    decipher.final(); // GCM adds no bytes at the end; this is the check
    return unchecked;
  } catch {
    unchecked.fill(0);
    return null;
  }
}

/** Fixed order and shape, so that it never depends on how the file spelled it. */
function boundFacts(
  uuid: string,
  slot: Pick<Keyslot, 'id' | 'name' | 'kind' | 'kdf'> & { wrap: Pick<Keyslot['wrap'], 'cipher' | 'nonce'> },
): Buffer {
  const { id, name, kind, kdf, wrap } = slot;
  return Buffer.from(
    JSON.stringify([
      ...['soulpad-keyslots', 1, 'gocryptfs', uuid, id, name, kind],
      ...[kdf.type, kdf.memoryKiB, kdf.iterations, kdf.parallelism, kdf.salt, wrap.cipher, wrap.nonce],
    ]),
    'utf8',
  );
}

async function deriveWrappingKey(secret: Uint8Array, kdf: Keyslot['kdf']): Promise<Buffer> {
  const held = copyOfSecret(secret);
  // argon2.cjs makes a Buffer of what it is given, and would leave its copy in Node's pool of small buffers; made of this
  // one's own memory (Buffer.from(arrayBuffer)) it is no copy. The native part clears its own (ARGON2_FLAG_CLEAR_PASSWORD).
  const uncopied = Object.assign(held, { valueOf: () => held.buffer });
  try {
    return await argon2.hash(uncopied, {
      raw: true,
      type: argon2.argon2id,
      hashLength: 32,
      salt: Buffer.from(kdf.salt, 'base64'),
      memoryCost: kdf.memoryKiB,
      timeCost: kdf.iterations,
      parallelism: kdf.parallelism,
    });
  } finally {
    held.fill(0);
  }
}
