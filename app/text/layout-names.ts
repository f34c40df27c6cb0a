// A keyboard layout as people call it: the language in its own words, by Intl from the system list's ISO 639 codes, and
// XKB's English words beside it. No table of our own: a layout that is new tomorrow has a name tomorrow.
import type { Layout } from '../../preload/contract/keyboard';
import { asTitle } from './figures';

export interface LayoutName {
  /** `Français (BEPO)` */
  readonly own: string;
  /** `Irish`: XKB's words, where `own` leaves something of them out. '' for `French (BEPO)`: that is the name again. */
  readonly note: string;
}

/** A layout for many languages (Belgian) is named by the first three. */
const mostLanguages = 3;

/** The two-letter code where there is one. */
export function languageCode(iso639: string): string {
  return Intl.getCanonicalLocales(iso639)[0] ?? iso639;
}

function ownName(iso639: string): string | null {
  const code = languageCode(iso639);
  const name = new Intl.DisplayNames([code], { type: 'language', fallback: 'none' }).of(code);
  return name === undefined ? null : asTitle(name, code);
}

const english = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

function englishName(iso639: string | undefined): string {
  return iso639 === undefined ? '' : (english.of(languageCode(iso639)) ?? '');
}

export function nameOf({ description, languages }: Layout): LayoutName {
  const own = languages
    .slice(0, mostLanguages)
    .map(ownName)
    .filter((name) => name !== null)
    .join(', ');
  if (own === '') return { own: description, note: '' };
  const detail = /\(.*\)$/.exec(description)?.[0];
  const named = detail === undefined ? own : `${own} ${detail}`;
  const sameInEnglish = description === `${englishName(languages[0])} ${detail ?? ''}`.trim();
  return { own: named, note: named === description || sameInEnglish ? '' : description };
}

/** Letters without their marks, so that `francais` finds Français. */
export function plainLetters(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
