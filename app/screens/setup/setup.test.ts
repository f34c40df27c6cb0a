// The first run's pure parts: the rules of a passphrase at their edges, digits of every script, the kept lines of output.
import { describe, expect, it } from 'vitest';
import { brokenRule, least, mostTyped } from './passphrase-rules';
import { asciiDigits, groupsOf } from './recovery-digits';
import { withOutput } from './use-build-output';

const ruleOf = (typed: string): string => brokenRule(typed)?.rule ?? 'kept';

describe('the rules of a passphrase', () => {
  it('count characters as people do: composed, and one for a letter outside the first plane', () => {
    expect(brokenRule('x'.repeat(least - 1))).toEqual({ rule: 'tooShort', missing: 1 });
    expect(ruleOf('x'.repeat(least))).toBe('kept');
    expect(brokenRule('e\u0301'.repeat(least - 2))).toEqual({ rule: 'tooShort', missing: 2 });
    expect(brokenRule('🌼'.repeat(least - 3))).toEqual({ rule: 'tooShort', missing: 3 });
    expect(ruleOf('🌼'.repeat(least))).toBe('kept');
    expect(ruleOf('')).toBe('empty');
  });

  it('refuse what no key types and what is half a letter', () => {
    for (const sign of ['\0', '\t', '\u0007', '\u007f', '\u0085']) {
      expect(ruleOf(`twenty letters and ${sign} more`)).toBe('control');
    }
    for (const half of ['\ud83c', '\udf3c', '\udf3c\ud83c']) {
      expect(ruleOf(`twenty letters and ${half} more`)).toBe('brokenLetter');
    }
  });

  it('end at 1024 bytes of UTF-8 after composing, and the field lets one sign more through to say so', () => {
    expect(ruleOf('x'.repeat(1024))).toBe('kept');
    expect(ruleOf('x'.repeat(mostTyped))).toBe('tooLong');
    expect(ruleOf('é'.repeat(512))).toBe('kept');
    expect(ruleOf('é'.repeat(513))).toBe('tooLong');
    expect(ruleOf('x'.repeat(10_000_000))).toBe('tooLong');
  });
});

describe('the recovery key', () => {
  it('is eight groups of six digits, or nothing', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(groupsOf(bytes('012345'.repeat(8)))).toEqual(Array.from({ length: 8 }, () => '012345'));
    for (const wrong of ['', '012345'.repeat(7), `${'012345'.repeat(7)}01234x`, '٠'.repeat(48)]) {
      expect(groupsOf(bytes(wrong))).toBeNull();
    }
  });

  it('may be typed in the digits of any of these scripts, with spaces', () => {
    expect(asciiDigits('104 830')).toBe('104830');
    expect(asciiDigits('١٠٤٨٣٠')).toBe('104830');
    expect(asciiDigits('۱۰۴۸۳۰')).toBe('104830');
    expect(asciiDigits('१०४८३०')).toBe('104830');
    expect(asciiDigits('１０４８３０')).toBe('104830');
    expect(asciiDigits('ten\u200f 1-0')).toBe('10');
  });
});

describe('the output of building', () => {
  it('joins lines that come in pieces and keeps the last 200', () => {
    expect(withOutput(withOutput(['one'], ' and'), ' two\r\nthree')).toEqual(['one and two', 'three']);
    const many = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
    const kept = withOutput([], many);
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)).toBe('line 499');
  });

  it('bounds a line that never ends', () => {
    let lines: string[] = [];
    for (let times = 0; times < 10; times += 1) lines = withOutput(lines, 'x'.repeat(4096));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBe(2000);
  });
});
