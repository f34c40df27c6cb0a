// Numbers, times and sizes in the language's own digits and order, by Intl. Values that stand inside a sentence are
// wrapped in Unicode isolates (the plain-text <bdi>), so that right-to-left sentences keep their order.
import type { Language } from '../../preload/contract/view';

const locales: Record<Language, string> = { en: 'en-GB', es: 'es', fr: 'fr', ar: 'ar-u-nu-arab' };

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** First strong isolate ... pop directional isolate (UAX #9), where one of the two directions is right to left. */
export function isolate(text: string, language: Language): string {
  return language === 'ar' || rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

export interface Figures {
  /** A whole number. */
  readonly number: (value: number) => string;
  /** A whole number of pixels: without the marks between thousands, as people write sizes of screens. */
  readonly pixels: (value: number) => string;
  /** `7 seconds`. */
  readonly seconds: (value: number) => string;
  /** 0..1 as a percentage without decimals. */
  readonly percent: (fraction: number) => string;
  /** Bytes in the largest decimal unit that fits, two digits. */
  readonly bytes: (bytes: number) => string;
  /** The same with one digit less, for what is only about so large. */
  readonly size: (bytes: number) => string;
  /** Bytes of memory as people count it, in whole or half GB of 2^30 bytes; below that in MB. */
  readonly memory: (bytes: number) => string;
  /** Clock time of an RFC 3339 moment, 24 hours, the PC's time zone. */
  readonly time: (moment: string) => string;
  /** Day and month of an RFC 3339 moment, with the year where that is another one. */
  readonly day: (moment: string) => string;
  /** Names in a row: `A and B`. */
  readonly names: (names: readonly string[]) => string;
}

const units = [
  { least: 1e9, unit: 'gigabyte' },
  { least: 1e6, unit: 'megabyte' },
  { least: 1e3, unit: 'kilobyte' },
  { least: 0, unit: 'byte' },
] as const;

export function figuresFor(language: Language): Figures {
  const locale = locales[language];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: false });
  const second = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', unitDisplay: 'long' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const inUnits = (bytes: number, maximumSignificantDigits: number): string => {
    const { least, unit } = units.find((candidate) => bytes >= candidate.least) ?? units[3];
    const format = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits });
    return isolate(format.format(bytes / (least || 1)), language);
  };
  return {
    number: (value) => isolate(number.format(value), language),
    pixels: (value) => isolate(plain.format(value), language),
    seconds: (value) => isolate(second.format(value), language),
    percent: (fraction) => isolate(percent.format(fraction), language),
    bytes: (bytes) => inUnits(bytes, 3),
    size: (bytes) => inUnits(bytes, 2),
    memory: (bytes) => {
      const gigabytes = Math.round(bytes / 2 ** 29) / 2;
      const unit = gigabytes >= 1 ? 'gigabyte' : 'megabyte';
      const format = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 });
      return isolate(format.format(gigabytes >= 1 ? gigabytes : Math.round(bytes / 2 ** 20)), language);
    },
    time: (moment) => isolate(time.format(new Date(moment)), language),
    day: (moment) => {
      const date = new Date(moment);
      const isThisYear = date.getFullYear() === new Date().getFullYear();
      return isolate((isThisYear ? day : dayOfYear).format(date), language);
    },
    names: (names) => list.format(names.map((name) => isolate(name, language))),
  };
}

/** The same sentence standing alone: its first letter large where the script has such letters. */
export function asTitle(text: string, language: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase(language) + text.slice(first.length);
}

/** Null, or not a moment at all (main sends '' where there is none): the screen leaves the sentence out. */
export function isMoment(moment: string | null): moment is string {
  return moment !== null && !Number.isNaN(Date.parse(moment));
}

/** True where both lie on the same day of this PC's time zone. */
export function isSameDay(moment: string, now: Date): boolean {
  return new Date(moment).toDateString() === now.toDateString();
}

/** Whole seconds as a person wants them: exact below 10, in steps of 5 above; null minutes until 90 seconds. */
export function roundLeft(secondsLeft: number): { seconds: number } | { minutes: number } {
  if (secondsLeft >= 90) return { minutes: Math.ceil(secondsLeft / 60) };
  const whole = Math.max(1, Math.ceil(secondsLeft));
  return { seconds: whole < 10 ? whole : Math.ceil(whole / 5) * 5 };
}
