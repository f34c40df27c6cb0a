// What the strength meter can say, as codes; app/text has a sentence for each in every language. The lists are the
// estimator's own, and advice.test.ts holds them against it.
import type { TranslationKeys } from '@zxcvbn-ts/core';

export type Warning = keyof TranslationKeys['warnings'];
export type Suggestion = keyof TranslationKeys['suggestions'];

export const scores = [0, 1, 2, 3, 4] as const;
export type Score = (typeof scores)[number];

/** The estimator's answer about what was typed. */
export interface Strength {
  readonly score: Score;
  readonly warning: Warning | null;
  readonly suggestion: Suggestion | null;
}

export const warnings = [
  'straightRow',
  'keyPattern',
  'simpleRepeat',
  'extendedRepeat',
  'sequences',
  'recentYears',
  'dates',
  'topTen',
  'topHundred',
  'common',
  'similarToCommon',
  'wordByItself',
  'namesByThemselves',
  'commonNames',
  'userInputs',
  'pwned',
] as const satisfies readonly Warning[];

export const suggestions = [
  'l33t',
  'reverseWords',
  'allUppercase',
  'capitalization',
  'dates',
  'recentYears',
  'associatedYears',
  'sequences',
  'repeated',
  'longerKeyboardPattern',
  'anotherWord',
  'useWords',
  'noNeed',
  'pwned',
] as const satisfies readonly Suggestion[];
