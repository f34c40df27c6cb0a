import { describe, expect, it } from 'vitest';
import { countCharacters, normalizePassphrase, refuseNewPassphrase } from './passphrase';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('a passphrase', () => {
  it('is the same bytes however its accents were typed', () => {
    const composed = normalizePassphrase(bytes('clé'.normalize('NFC')));
    const decomposed = normalizePassphrase(bytes('clé'.normalize('NFD')));
    expect(composed).toEqual(decomposed);
  });

  it('is counted in characters, not bytes', () => {
    expect(countCharacters(bytes('سولباد 🗝é'))).toBe(9);
    expect(refuseNewPassphrase(bytes('ضع'.repeat(10))).ok).toBe(true);
    const short = refuseNewPassphrase(bytes('ضع'.repeat(9)));
    expect(short).toMatchObject({ fault: { code: 'secretTooShort', hint: expect.any(String) } });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['longer than 1024 bytes', Buffer.alloc(1025, 97)],
    ['not UTF-8', Buffer.from([0xc3, 0x28])],
    ['with a NUL', bytes('a\0b')],
  ])('is refused when it is %s', (_, given) => {
    expect(normalizePassphrase(given)).toMatchObject({ ok: false, fault: { code: 'usage' } });
  });

  it.each([
    ['letters', 'a'],
    ['letters of two bytes', 'é'],
    ['accents typed apart, which are composed', 'e\u0301'],
    ['Arabic letters', 'ض'],
    ['symbols outside the first plane', '🗝'],
    ['Han', '魂'],
  ])('of %s needs twenty of them', (_, one) => {
    const verdict = (count: number) => {
      const normalized = normalizePassphrase(bytes(one.repeat(count)));
      return normalized.ok && refuseNewPassphrase(normalized.value).ok;
    };
    expect([19, 20, 21].map(verdict)).toEqual([false, true, true]);
  });

  it('counts a letter and marks that do not compose with it each, as every Unicode tool does', () => {
    const normalized = normalizePassphrase(bytes('q\u0323\u0307'.repeat(7)));
    expect(normalized.ok && countCharacters(normalized.value)).toBe(21);
  });

  it.each([
    ['half of a symbol, as TextEncoder hands it over', new TextEncoder().encode(`${'a'.repeat(20)}\ud83d`)],
    ['a line feed', bytes(`${'a'.repeat(20)}\nb`)],
    ['a tab', bytes(`\t${'a'.repeat(20)}`)],
    ['a control character of the second table', bytes(`${'a'.repeat(20)}\u0085`)],
    ['a code point without a character', bytes(`${'a'.repeat(20)}\u0378`)],
  ])('that is new is refused with %s, an old one still opens', (_, given) => {
    const normalized = normalizePassphrase(given);
    expect(normalized.ok && refuseNewPassphrase(normalized.value)).toMatchObject({
      fault: { code: 'secretUnfit' },
    });
  });

  it('that is half of a symbol in a file is not text at all', () => {
    expect(normalizePassphrase(Buffer.from([0xed, 0xa0, 0xbd, ...bytes('a'.repeat(20))])).ok).toBe(false);
  });

  it('of ten megabytes is refused without being read', () => {
    const began = performance.now();
    expect(normalizePassphrase(Buffer.alloc(10 << 20, 97)).ok).toBe(false);
    expect(performance.now() - began).toBeLessThan(50);
  });

  it('is never repeated in a refusal', () => {
    const refused = refuseNewPassphrase(bytes('hunter2'));
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });
});
