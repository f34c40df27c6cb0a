import { describe, expect, it } from 'vitest';
import { countCharacters, normalizePassphrase, refuseShortPassphrase } from './passphrase';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('a passphrase', () => {
  it('is the same bytes however its accents were typed', () => {
    const composed = normalizePassphrase(bytes('clé'.normalize('NFC')));
    const decomposed = normalizePassphrase(bytes('clé'.normalize('NFD')));
    expect(composed).toEqual(decomposed);
  });

  it('is counted in characters, not bytes', () => {
    expect(countCharacters(bytes('سولباد 🗝é'))).toBe(9);
    expect(refuseShortPassphrase(bytes('ضع'.repeat(10))).ok).toBe(true);
    const short = refuseShortPassphrase(bytes('ضع'.repeat(9)));
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

  it('is never repeated in a refusal', () => {
    const refused = refuseShortPassphrase(bytes('hunter2'));
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });
});
