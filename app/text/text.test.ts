import { describe, expect, it } from 'vitest';
import { exitCodes, type FaultCode } from '../../preload/contract/fault';
import { progressSchema } from '../../preload/contract/progress';
import { exitSchema, hazardSchema, languageSchema } from '../../preload/contract/view';
import { en } from './en';
import { faultWords } from './faults';
import { figuresFor, isolate, roundLeft } from './figures';
import { pseudo, pseudoOf } from './pseudo.fixture';
import { catalogues, makeSpeech } from './speech';

const languages = languageSchema.options;
const codes = Object.keys(exitCodes) as FaultCode[];

/** Every sentence with its dotted name, screens and faults alike. */
function sentencesOf(language: (typeof languages)[number]): [string, string][] {
  const walk = (value: unknown, path: string): [string, string][] =>
    typeof value === 'string'
      ? [[path, value]]
      : Object.entries(value as object).flatMap(([key, inner]) => walk(inner, `${path}.${key}`));
  return [...walk(catalogues[language], language), ...walk(faultWords[language], `${language}.faults`)];
}

describe.each(languages)('the sentences in %s', (language) => {
  it('has words for every fault: what happened, and what can be done', () => {
    for (const code of codes) {
      const words = faultWords[language][code];
      expect(Object.values(words).every((sentence) => sentence.length > 3)).toBe(true);
    }
  });

  it('has words for every stage, exit and hazard', () => {
    const words = catalogues[language];
    for (const stage of progressSchema.shape.stage.options) {
      expect(words.stages.doing[stage]).not.toBe('');
      expect(words.stages.done[stage]).not.toBe('');
    }
    for (const exit of exitSchema.options) expect(words.exits[exit].label).not.toBe('');
    for (const hazard of hazardSchema.options) expect(words.hazards[hazard]).not.toBe('');
  });

  it('leaves no sentence empty but the one that says nothing was translated', () => {
    const empty = sentencesOf(language).filter(([, sentence]) => sentence.trim() === '');
    expect(empty.map(([name]) => name)).toEqual(language === 'en' ? ['en.madeBy'] : []);
  });

  it('has every plural form that the language has', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const plurals = sentencesOf(language).filter(([name]) => name.endsWith('_other'));
    expect(plurals.length).toBeGreaterThan(3);
    const names = new Set(sentencesOf(language).map(([name]) => name));
    for (const [name] of plurals) {
      for (const form of forms) expect(names).toContain(name.replace(/other$/, form));
    }
  });

  it('chooses the plural form by the number', () => {
    const speech = makeSpeech(language);
    const said = [1, 2, 3, 11, 100].map((count) => speech.t('locked.again', { count, n: `${count}` }));
    expect(said.every((sentence) => !sentence.includes('{{') && !sentence.startsWith('locked.'))).toBe(true);
    expect(new Set(said).size).toBe(5);
  });

  it('never blames, hurries or exclaims', () => {
    const banned =
      /please wait|\berror\b|\binvalid|oops|!|¡|por favor|inválid|\berreur|veuillez|s’il vous plaît|\binvalide|خطأ|يرجى الانتظار|غير صالح/i;
    expect(sentencesOf(language).filter(([, sentence]) => banned.test(sentence))).toEqual([]);
  });

  it('keeps titles within 55 letters', () => {
    const titles = sentencesOf(language).filter(([name]) => /title/i.test(name));
    expect(titles.filter(([, sentence]) => [...sentence].length > 55)).toEqual([]);
  });

  it('uses the same values in a sentence as English does', () => {
    const values = (sentence: string): string[] => (sentence.match(/\{\{\w+\}\}/g) ?? []).sort();
    const english = new Map(sentencesOf('en').map(([name, sentence]) => [name.slice(3), values(sentence)]));
    for (const [name, sentence] of sentencesOf(language)) {
      const key = name.slice(3).replace(/_(zero|one|two|few|many)$/, '_other');
      if (name.endsWith('_zero') || name.endsWith('_one') || name.endsWith('_two')) continue;
      expect({ key, values: values(sentence) }).toEqual({ key, values: english.get(key) });
    }
  });
});

describe('the pseudo-locale', () => {
  it('accents and lengthens every sentence, and keeps its values', () => {
    expect(pseudo('Try again in {{n}} seconds')).toMatch(/^\[Ţ?Ťŕý àĝàîñ îñ \{\{n\}\} šéçôñđš .+\]$/);
    expect(pseudo('')).toBe('');
    const [plain, long] = [en, pseudoOf(en)].map((all) => JSON.stringify(all).length);
    expect((long ?? 0) / (plain ?? 1)).toBeGreaterThan(1.25);
    expect(JSON.stringify(pseudoOf(en)).match(/\{\{\w+\}\}/g)?.length).toBe(
      JSON.stringify(en).match(/\{\{\w+\}\}/g)?.length,
    );
  });
});

describe('the languages', () => {
  it('say in their own words that they were translated by machine, except the first', () => {
    expect(languages.filter((language) => catalogues[language].madeBy === '')).toEqual(['en']);
  });
});

describe('figures', () => {
  it("are written in the language's own digits", () => {
    expect(figuresFor('ar').number(14)).toContain('١٤');
    expect(figuresFor('en').percent(0.62)).toBe('62%');
    expect(figuresFor('es').bytes(1_600_000_000)).toMatch(/^1,6\sGB$/);
    expect(figuresFor('en').time(new Date(2026, 9, 14, 9, 5).toISOString())).toBe('09:05');
  });

  it('are isolated only where a direction could change their order', () => {
    expect(isolate('My Debian', 'en')).toBe('My Debian');
    expect(isolate('My Debian', 'ar')).toBe('\u2068My Debian\u2069');
    expect(isolate('حاسوبي', 'en')).toBe('\u2068حاسوبي\u2069');
  });

  it('round the time left up: exact under 10 s, then by fives, then minutes', () => {
    expect([0.2, 7.1, 11, 61, 89].map(roundLeft)).toEqual([
      { seconds: 1 },
      { seconds: 8 },
      { seconds: 15 },
      { seconds: 65 },
      { seconds: 90 },
    ]);
    expect(roundLeft(130)).toEqual({ minutes: 3 });
  });
});
