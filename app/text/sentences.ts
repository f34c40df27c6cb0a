// The shape that every language must have, taken from the English sentences: a missing or a surplus sentence does not
// pass the type check, and each language states the plural forms that its own rules need (Arabic has six).
// The sentences for faults have their own shape (faults.ts), since the CLI says them too.
import type { en } from './en';

/** English keys `x_one` and `x_other` become one key a plural category C; everything else stays. */
type Translated<T, C extends string> = {
  readonly [K in keyof T as K extends `${infer Stem}_other`
    ? `${Stem}_${C}`
    : K extends `${string}_one`
      ? never
      : K]: T[K] extends string ? string : Translated<T[K], C>;
};

export type Sentences<C extends Intl.LDMLPluralRule> = Translated<typeof en, C>;

/** The shape of sentences without plurals. */
export type Worded<T> = { readonly [K in keyof T]: T[K] extends string ? string : Worded<T[K]> };
