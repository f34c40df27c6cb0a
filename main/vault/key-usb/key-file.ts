// The two files a key USB may carry, and what their bytes must be. Pure. The random key file is the good one; the
// passphrase text file is the paper's (section 3.2) and comes with a warning, since whoever sees the disk can read it.
import type { Fault } from '../../../preload/contract/fault';
import { fail, ok, type Result } from '../../../preload/contract/result';
import type { Secret } from '../vault';

export const keyFileName = 'soulpad.key';
export const keyFileBytes = 64;
export const passphraseFileName = 'soulpad-passphrase.txt';
/** The longest passphrase and its line end. */
export const maxPassphraseFileBytes = 1024 + 2;

/** A secret found on a key USB. `from`: where, for the person; never a part of the secret. */
export interface FoundKey {
  readonly secret: Secret;
  /** The secret was a readable text file: warn. */
  readonly plainPassphraseFile: boolean;
  readonly from: string;
}

/** Takes over `bytes`: they are in the secret, or wiped. Fault damagedKeyFile. */
export function keyFromBytes(bytes: Uint8Array, from: string): Result<FoundKey> {
  if (bytes.length === keyFileBytes)
    return ok({ secret: { kind: 'keyUsb', bytes }, plainPassphraseFile: false, from });
  bytes.fill(0);
  return fail(damagedKey(from, `${bytes.length} bytes instead of ${keyFileBytes}`));
}

/** One line; its line end (LF or CRLF) is dropped. Takes over `bytes`. Fault damagedKeyFile. */
export function passphraseFromBytes(bytes: Uint8Array, from: string): Result<FoundKey> {
  let length = bytes.length;
  if (length > 0 && bytes[length - 1] === 10) length--;
  if (length < bytes.length && length > 0 && bytes[length - 1] === 13) length--;
  const line = Buffer.from(bytes.subarray(0, length));
  bytes.fill(0);
  const wrong = line.length === 0 ? 'is empty' : line.includes(10) ? 'has more than one line' : null;
  if (wrong === null && line.length <= 1024)
    return ok({ secret: { kind: 'passphrase', bytes: line }, plainPassphraseFile: true, from });
  line.fill(0);
  return fail(damagedKey(from, wrong ?? 'is longer than 1024 bytes'));
}

/** What to do about a key file that is no good. */
export const otherKey = 'use another key USB, or type the passphrase';

export function damagedKey(from: string, what: string): Fault {
  return {
    code: 'damagedKeyFile',
    stage: 'vault.keyUsb',
    message: `${from}: ${what}`,
    hint: otherKey,
  };
}

export function missingKey(where: string): Fault {
  return {
    code: 'missingKey',
    stage: 'vault.keyUsb',
    message: `no ${keyFileName} and no ${passphraseFileName} in ${where}`,
    hint: 'plug in the key USB, or type the passphrase',
  };
}
