// The meter's codes are the estimator's own, all of them, and its cost is bounded whatever is typed.
import { Options } from '@zxcvbn-ts/core';
import { describe, expect, it } from 'vitest';
import { suggestions, warnings } from './advice';
import { makeEstimator } from './estimate';

const estimate = makeEstimator('en');

describe('the strength meter', () => {
  it('knows every code that the estimator can give', () => {
    const { translations } = new Options();
    expect([...warnings].sort()).toEqual(Object.values(translations.warnings).sort());
    expect([...suggestions].sort()).toEqual(Object.values(translations.suggestions).sort());
  });

  it('tells a row of one letter from words that do not belong together', () => {
    expect(estimate('aaaaaaaaaaaaaaaaaaaaaaaa')).toMatchObject({ score: 0, warning: 'simpleRepeat' });
    expect(estimate('qwertyuiopqwertyuiop').score).toBeLessThan(3);
    expect(estimate('quince harbour seventeen lamps')).toEqual({
      score: 4,
      warning: null,
      suggestion: null,
    });
  });

  it.each([
    ['es', 'ayuntamiento'],
    ['fr', 'développement'],
    ['ar', 'abdul-muttalib'],
  ] as const)('knows words that only %s has: %s', (language, word) => {
    expect(estimate(word).score).toBe(4);
    expect(makeEstimator(language)(word).score).toBeLessThan(2);
  });

  it('looks at the first letters only, so that a long text costs no more', () => {
    const start = performance.now();
    expect(estimate('a1!'.repeat(3_000_000)).score).toBeLessThanOrEqual(4);
    // The dearest kind: every sign may stand for several letters.
    expect(estimate('aeio@3l'.repeat(20)).score).toBeLessThan(4);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
