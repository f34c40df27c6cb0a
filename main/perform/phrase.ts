// A passphrase for a person who would rather not invent one: seven words of a public list, drawn by the system's random
// source. 2048 words are 11 bits each, so seven are 77 bits: far beyond what anybody can try against Argon2id at 256 MiB.
// The words are put together as bytes, never as one string, since strings cannot be wiped.
import { randomInt } from 'node:crypto';
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as french } from '@scure/bip39/wordlists/french.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import type { Language } from '../../preload/contract/view';
import { secretBytes } from '../process/secret-bytes';

export const phraseWords = 7;

/** BIP39 has no Arabic list: English words then, which every keyboard can type. */
export const wordLists: Readonly<Record<Language, readonly string[]>> = {
  en: english,
  es: spanish,
  fr: french,
  ar: english,
};

/** UTF-8, NFC, single spaces between; 27 characters at least. The caller wipes it. */
export function suggestPhrase(language: Language): Uint8Array<ArrayBuffer> {
  const list = wordLists[language];
  const words = Array.from({ length: phraseWords }, () =>
    Buffer.from((list[randomInt(list.length)] ?? '').normalize('NFC'), 'utf8'),
  );
  const length = words.reduce((sum, word) => sum + word.length, phraseWords - 1);
  const phrase = secretBytes(length).fill(0x20);
  words.reduce((at, word) => {
    phrase.set(word, at);
    return at + word.length + 1;
  }, 0);
  for (const word of words) word.fill(0);
  return phrase;
}
