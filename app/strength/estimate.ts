// How hard a passphrase is to guess, by the estimator zxcvbn-ts: its common lists, English, and those of the language that
// the person reads. For Arabic there are only names in Latin letters, so it thinks too well of Arabic words: the meter
// advises, the rules decide. Its lists are large, so only the worker (strength-program.ts) may import this file.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { dictionary as arabic } from '@zxcvbn-ts/language-ar';
import { adjacencyGraphs, dictionary as anyLanguage } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { dictionary as spanish } from '@zxcvbn-ts/language-es-es';
import { dictionary as french } from '@zxcvbn-ts/language-fr';
import type { Language } from '../../preload/contract/view';
import { type Strength, scores, suggestions, warnings } from './advice';

/** UTF-16 units that are looked at; the rest can only make it stronger, and the cost grows faster than the length. */
export const mostLookedAt = 128;

const words: Readonly<Record<Language, Readonly<Record<string, string[]>>>> = {
  en: {},
  es: spanish,
  fr: french,
  ar: { 'firstnames-ar': arabic.firstnames, 'lastnames-ar': arabic.lastnames },
};

/** Without translations the estimator answers with its own keys, which are our codes. */
export function makeEstimator(language: Language): (typed: string) => Strength {
  const estimator = new ZxcvbnFactory({
    dictionary: {
      ...anyLanguage,
      ...english,
      ...words[language],
      userInputs: ['soulpad', 'passphrase', 'password'],
    },
    graphs: adjacencyGraphs,
    maxLength: mostLookedAt,
    // The usual 100 take seconds for a long text of signs, minutes on an old PC; a few tell the same.
    l33tMaxSubstitutions: 8,
  });
  return (typed) => {
    const { score, feedback } = estimator.check(typed.slice(0, mostLookedAt));
    return {
      score: scores.find((each) => each === score) ?? 0,
      warning: warnings.find((code) => code === feedback.warning) ?? null,
      suggestion: suggestions.find((code) => feedback.suggestions.includes(code)) ?? null,
    };
  };
}
