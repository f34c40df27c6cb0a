// The recovery key: what a person writes on paper in case the passphrase is forgotten. 128 random bits as eight groups
// of six digits, each group a 16-bit number times 11, so that any wrong digit and any two neighbours swapped are noticed
// while it is typed. Digits only: it can be read out in every language and typed on every keyboard.
// No function here makes a string of a key: strings cannot be wiped.
import { randomInt } from 'node:crypto';
import { secretBytes } from '../../process/secret-bytes';

export const recoveryGroups = 8;
export const groupDigits = 6;
export const recoveryKeyDigits = recoveryGroups * groupDigits;

const factor = 11;
const valuesOfGroup = 2 ** 16;
const zero = 0x30;

/** 48 ASCII digits. The caller wipes them. */
export function newRecoveryKey(): Buffer {
  const key = secretBytes(recoveryKeyDigits);
  for (let group = 0; group < recoveryGroups; group++) {
    let rest = randomInt(valuesOfGroup) * factor;
    for (let at = (group + 1) * groupDigits - 1; at >= group * groupDigits; at--) {
      key[at] = zero + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
  return key;
}

export type ReadKey =
  /** Not the shape of a recovery key: it may be a passphrase. */
  | { readonly is: 'other' }
  /** 48 digits, but this group, counted from 1, cannot be right. */
  | { readonly is: 'mistyped'; readonly group: number }
  /** ASCII digits in a buffer of their own, which the caller wipes. */
  | { readonly is: 'key'; readonly digits: Buffer };

/** Reads what was typed where a passphrase is asked. Takes UTF-8; digits of other scripts, spaces and dashes are fine. */
export function readRecoveryKey(typed: Uint8Array): ReadKey {
  const digits = readDigits(typed);
  if (digits === null || digits.length !== recoveryKeyDigits) {
    digits?.fill(0);
    return { is: 'other' };
  }
  for (let group = 0; group < recoveryGroups; group++) {
    const value = groupOf(digits, group).reduce((sum, byte) => sum * 10 + (byte - zero), 0);
    if (value % factor === 0 && value / factor < valuesOfGroup) continue;
    digits.fill(0);
    return { is: 'mistyped', group: group + 1 };
  }
  return { is: 'key', digits };
}

/** The groups asked for, typed back as one run of digits: are they the key's? */
export function isTypedBack(about: {
  readonly key: Uint8Array;
  readonly groups: readonly number[];
  readonly typed: Uint8Array;
}): boolean {
  const digits = readDigits(about.typed);
  if (digits === null) return false;
  const wanted = Buffer.concat(about.groups.map((group) => groupOf(about.key, group)));
  const same = wanted.equals(digits);
  wanted.fill(0);
  digits.fill(0);
  return same;
}

/** Two different groups to ask back, counted from 0, the smaller first. */
export function groupsToAsk(): [number, number] {
  const one = randomInt(recoveryGroups);
  const other = (one + 1 + randomInt(recoveryGroups - 1)) % recoveryGroups;
  return one < other ? [one, other] : [other, one];
}

function groupOf(key: Uint8Array, group: number): Uint8Array {
  return key.subarray(group * groupDigits, (group + 1) * groupDigits);
}

/** First code point of a run of ten digits: ASCII, Arabic-Indic, Persian and Urdu, Devanagari, fullwidth. */
const digitRuns = [zero, 0x0660, 0x06f0, 0x0966, 0xff10];

/** What people and keyboards put between groups: spaces, dashes, points, and marks of writing direction. */
const separators: readonly (readonly [from: number, to: number])[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x2d, 0x2e],
  [0xa0, 0xa0],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x2000, 0x2015],
  [0x2028, 0x202f],
  [0x2060, 0x2069],
  [0x2212, 0x2212],
  [0x3000, 0x3000],
];

/** ASCII digits in a new buffer; null when there is anything but digits and what parts them. */
function readDigits(typed: Uint8Array): Buffer | null {
  const digits = secretBytes(typed.length);
  let count = 0;
  for (let at = 0; at < typed.length; ) {
    const { point, bytes } = pointAt(typed, at);
    at += bytes;
    const run = digitRuns.find((first) => point >= first && point < first + 10);
    if (run !== undefined) digits[count++] = zero + (point - run);
    else if (!separators.some(([from, to]) => point >= from && point <= to)) {
      digits.fill(0);
      return null;
    }
  }
  return digits.subarray(0, count);
}

/** One code point of UTF-8; what is not valid reads as U+FFFD, which is neither digit nor separator. */
function pointAt(bytes: Uint8Array, at: number): { point: number; bytes: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, bytes: 1 };
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  let point = first & (0x3f >> more);
  for (let next = 1; next <= more; next++) {
    const byte = bytes[at + next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return { point: 0xfffd, bytes: 1 };
    point = point * 64 + (byte & 0x3f);
  }
  return { point, bytes: more + 1 };
}
