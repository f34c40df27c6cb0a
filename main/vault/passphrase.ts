// What counts as a passphrase: UTF-8 text in NFC, so that one typed on another keyboard or system is the same bytes;
// at least 20 characters when a keyslot is made (paper, section 3.2), and nothing in them that could become other bytes
// or could not be typed. Opening applies no such rule: a vault made with other rules must still open. No message here
// may repeat a part of the text.
//   lone surrogate       TextEncoder makes it U+FFFD, a file has it as invalid UTF-8: refused both ways
//   decomposed accents   composed (NFC): what other tools must be given too
//   control characters   one line is all that any tool's prompt takes: refused in a new one
//   unassigned           a later Unicode may compose it otherwise, then the same keys give other bytes: as above
import { isUtf8 } from 'node:buffer';
import { fail, ok, type Result } from '../../preload/contract/result';

export const minPassphraseCharacters = 20;
export const maxPassphraseBytes = 1024;

/** The normalized bytes in a new buffer, which the caller wipes; the given ones stay. Fault usage. */
export function normalizePassphrase(given: Uint8Array): Result<Buffer> {
  if (given.length === 0) return refused('the passphrase is empty');
  if (given.length > maxPassphraseBytes) {
    return refused(`the passphrase is longer than ${maxPassphraseBytes} bytes`);
  }
  if (!isUtf8(given)) return refused('the passphrase is not UTF-8 text');
  if (given.includes(0)) return refused('the passphrase contains a NUL character');
  if (given.every((byte) => byte < 0x80)) return ok(Buffer.from(given)); // ASCII is NFC, and makes no string
  const normalized = Buffer.from(Buffer.from(given).toString('utf8').normalize('NFC'), 'utf8');
  if (normalized.length > maxPassphraseBytes) {
    normalized.fill(0);
    return refused(`the passphrase is longer than ${maxPassphraseBytes} bytes in its normal form`);
  }
  return ok(normalized);
}

/** For new keyslots only. Takes normalized bytes. Faults: secretTooShort, secretUnfit. */
export function refuseNewPassphrase(normalized: Uint8Array): Result<void> {
  if (isUnfit(normalized)) {
    return fail({
      code: 'secretUnfit',
      stage: 'vault.create',
      message: 'the passphrase holds a character that cannot be typed everywhere or has no fixed form',
      hint: 'type it again with letters, digits, signs and spaces',
    });
  }
  const characters = countCharacters(normalized);
  if (characters >= minPassphraseCharacters) return ok(undefined);
  return fail({
    code: 'secretTooShort',
    stage: 'vault.create',
    message: `a passphrase needs at least ${minPassphraseCharacters} characters, this one has ${characters}`,
    hint: 'five or six words that do not belong together are long enough and easy to keep',
  });
}

function isUnfit(normalized: Uint8Array): boolean {
  if (normalized.some((byte) => byte < 0x20 || byte === 0x7f)) return true;
  if (normalized.every((byte) => byte < 0x80)) return false; // no string is made of it
  return /[\p{Cc}\p{Cn}\u{fffd}]/u.test(Buffer.from(normalized).toString('utf8'));
}

/** Code points of valid UTF-8: every byte that does not continue one. */
export function countCharacters(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => ((byte & 0xc0) === 0x80 ? sum : sum + 1), 0);
}

function refused(message: string): Result<never> {
  return fail({
    code: 'usage',
    stage: 'vault.passphrase',
    message,
    hint: 'use 20 characters or more of text',
  });
}
