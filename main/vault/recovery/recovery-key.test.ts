import { describe, expect, it } from 'vitest';
import {
  groupDigits,
  groupsToAsk,
  isTypedBack,
  newRecoveryKey,
  readRecoveryKey,
  recoveryGroups,
} from './recovery-key';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
/** Multiples of 11, the greatest and the least that a group can be among them. */
const text = '720885 000000 000011 123453 654324 007700 720874 000121';
const canonical = bytes(text.replaceAll(' ', ''));
const groupsOf = (key: Buffer): number[] =>
  Array.from({ length: recoveryGroups }, (_, at) =>
    Number(key.toString('latin1').slice(at * groupDigits, (at + 1) * groupDigits)),
  );

describe('a new recovery key', () => {
  it('is eight groups of six digits, each a 16-bit number times eleven', () => {
    const key = newRecoveryKey();
    expect(key.toString('latin1')).toMatch(/^[0-9]{48}$/);
    for (const group of groupsOf(key)) {
      expect(group % 11).toBe(0);
      expect(group / 11).toBeLessThan(65_536);
    }
    expect(readRecoveryKey(key)).toEqual({ is: 'key', digits: key });
  });

  it('uses all 16 bits of every group', () => {
    const seen = Array.from({ length: 300 }, () => groupsOf(newRecoveryKey()).map((value) => value / 11));
    for (let group = 0; group < recoveryGroups; group++) {
      const values = seen.map((key) => key[group] ?? 0);
      const set = values.reduce((all, value) => all | value, 0);
      const clear = values.reduce((all, value) => all | (~value & 0xffff), 0);
      expect([set, clear]).toEqual([0xffff, 0xffff]);
    }
  });
});

describe('a typed recovery key', () => {
  it.each([
    ['as one run', canonical.toString()],
    ['with spaces', text],
    ['with dashes', text.replaceAll(' ', '-')],
    ['with typographic dashes and a no-break space', text.replaceAll(' ', '\u2013\u00a0')],
    ['in lines', text.replaceAll(' ', '\r\n')],
    ['in Arabic-Indic digits', text.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit)))],
    ['in Persian digits', text.replace(/\d/g, (digit) => String.fromCharCode(0x06f0 + Number(digit)))],
    ['in fullwidth digits', text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))],
    ['with marks of writing direction', `\u200f\u2067${text}\u2069`],
  ])('is read %s', (_, typed) => {
    expect(readRecoveryKey(bytes(typed))).toEqual({ is: 'key', digits: canonical });
  });

  it('with any one digit wrong is known to be mistyped, and in which group', () => {
    for (let at = 0; at < canonical.length; at++) {
      for (let more = 1; more < 10; more++) {
        const wrong = Buffer.from(canonical);
        wrong[at] = 0x30 + (((wrong[at] ?? 0) - 0x30 + more) % 10);
        expect(readRecoveryKey(wrong)).toEqual({ is: 'mistyped', group: Math.floor(at / groupDigits) + 1 });
      }
    }
  });

  it('with two neighbours of a group swapped is known to be mistyped', () => {
    for (let at = 0; at + 1 < canonical.length; at++) {
      const [one, other] = [canonical[at] ?? 0, canonical[at + 1] ?? 0];
      if (one === other || (at + 1) % groupDigits === 0) continue;
      const wrong = Buffer.from(canonical);
      wrong.set([other, one], at);
      expect(readRecoveryKey(wrong).is).toBe('mistyped');
    }
  });

  it('with a group above 16 bits is mistyped, divisible or not', () => {
    const high = Buffer.from(canonical);
    high.set(bytes('720896'), 0);
    expect(readRecoveryKey(high)).toEqual({ is: 'mistyped', group: 1 });
  });

  it.each([
    ['a digit short', canonical.subarray(1).toString()],
    ['a digit long', `${canonical}0`],
    ['words', 'la clé dorée du grenier bleu'],
    ['digits and a letter', `${text}a`],
    ['nothing', ''],
    ['bytes that are no text', '\u{fffd}'],
  ])('that is %s is none: it may be a passphrase', (_, typed) => {
    expect(readRecoveryKey(bytes(typed))).toEqual({ is: 'other' });
  });

  it('cut in the middle of a character is none', () => {
    expect(readRecoveryKey(Buffer.concat([canonical, Buffer.from([0xd9])]))).toEqual({ is: 'other' });
  });
});

describe('the groups asked back', () => {
  it('are two different ones, the smaller first, and every one is asked at times', () => {
    const asked = Array.from({ length: 400 }, groupsToAsk);
    for (const [one, other] of asked) expect(one).toBeLessThan(other);
    expect(new Set(asked.flat()).size).toBe(recoveryGroups);
  });

  it('are right only in their order and completely', () => {
    const about = { key: canonical, groups: [0, 3] };
    const right = (typed: string): boolean => isTypedBack({ ...about, typed: bytes(typed) });
    expect(right('720885123453')).toBe(true);
    expect(right('720885 - \u0661\u0662\u0663\u0664\u0665\u0663')).toBe(true);
    expect(right('123453720885')).toBe(false);
    expect(right('720885')).toBe(false);
    expect(right('720885123454')).toBe(false);
    expect(right('7208851234530')).toBe(false);
    expect(right('')).toBe(false);
    expect(right('marigold')).toBe(false);
  });
});
