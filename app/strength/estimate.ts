// How hard a passphrase is to guess, by the estimator zxcvbn-ts with its common and English lists. It knows no other
// language's words, so it may think too well of them: the meter advises, the rules decide.
// Its lists are large, so only the worker (strength-program.ts) may import this file.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as anyLanguage } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { type Strength, scores, suggestions, warnings } from './advice';

/** UTF-16 units that are looked at; the rest can only make it stronger, and the cost grows faster than the length. */
export const mostLookedAt = 128;

/** Without translations the estimator answers with its own keys, which are our codes. */
export function makeEstimator(): (typed: string) => Strength {
  const estimator = new ZxcvbnFactory({
    dictionary: { ...anyLanguage, ...english, userInputs: ['soulpad', 'passphrase', 'password'] },
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
