import { expect, it } from 'vitest';
import { normalizePassphrase, refuseNewPassphrase } from '../vault/passphrase';
import { phraseWords, suggestPhrase, wordLists } from './phrase';

it.each(['en', 'es', 'fr', 'ar'] as const)(
  'a suggested phrase in %s is seven words that make a passphrase',
  (language) => {
    for (let tries = 0; tries < 200; tries++) {
      const phrase = suggestPhrase(language);
      const words = new TextDecoder().decode(phrase).split(' ');
      expect(words).toHaveLength(phraseWords);
      const list = new Set(wordLists[language].map((word) => word.normalize('NFC')));
      expect(words.every((word) => list.has(word))).toBe(true);
      expect(normalizePassphrase(phrase)).toEqual({ ok: true, value: Buffer.from(phrase) });
      expect(refuseNewPassphrase(phrase).ok).toBe(true);
    }
  },
);

it('seven words are 77 bits: every list has 2048 different ones', () => {
  for (const list of Object.values(wordLists)) expect(new Set(list).size).toBe(2048);
  expect(phraseWords * Math.log2(2048)).toBe(77);
});

it('two phrases differ', () => {
  expect(suggestPhrase('en')).not.toEqual(suggestPhrase('en'));
});
