// The looks that can be measured: contrast of every text pair in all themes, sizes of targets, and only logical CSS.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');
const tokens = read('tokens.css');
const sheets = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.css'));

function valuesOf(selector: string): Map<string, string> {
  const body = tokens.slice(tokens.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const light = valuesOf(':root');
const themes = {
  light,
  dark: new Map([...light, ...valuesOf('.dark')]),
  contrast: new Map([...light, ...valuesOf('.contrast')]),
};

/** Relative luminance and ratio by WCAG 2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const textPairs = [
  ['ink', 'ground'],
  ['ink', 'sunk'],
  ['ink', 'raised'],
  ['ink', 'care-bg'],
  ['ink', 'fault-bg'],
  ['ink', 'safe-bg'],
  ['ink-2', 'ground'],
  ['ink-2', 'raised'],
  ['ink-2', 'sunk'],
  ['on-act', 'act'],
  ['on-act', 'act-press'],
  ['safe', 'ground'],
  ['safe', 'raised'],
  ['safe', 'sunk'],
  ['safe', 'safe-bg'],
  ['care', 'care-bg'],
  ['fault', 'fault-bg'],
  ...['night', 'dawn', 'day', 'dusk', 'haze', 'storm'].map((sky) => [`on-${sky}`, `sky-${sky}`]),
] as [string, string][];

const edgePairs: [string, string][] = [
  ['line', 'ground'],
  ['line', 'raised'],
  ['soul-edge', 'ground'],
  ['focus', 'ground'],
  ['focus', 'sunk'],
];

describe.each(Object.entries(themes))('the %s theme', (_name, theme) => {
  const measure = ([one, other]: [string, string]): number =>
    ratio(theme.get(one) ?? 'missing', theme.get(other) ?? 'missing');

  it('has at least 7:1 for every text pair', () => {
    expect(textPairs.filter((pair) => !(measure(pair) >= 7))).toEqual([]);
  });

  it('has at least 3:1 for every edge of a control and the focus ring', () => {
    expect(edgePairs.filter((pair) => !(measure(pair) >= 3))).toEqual([]);
  });
});

const app = join(import.meta.dirname, '..');
const markup = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?<!test)\.tsx?$/.test(path))
  .map((path) => readFileSync(join(app, path), 'utf8'))
  .join('\n');

describe('the style sheets', () => {
  it('keep targets at 48 px and the primary at 56 px where the letters are smallest', () => {
    expect(Number.parseFloat(light.get('target') ?? '') * 16).toBeGreaterThanOrEqual(48);
    expect(Number.parseFloat(light.get('target-primary') ?? '') * 16).toBeGreaterThanOrEqual(56);
  });

  // A rule for a class that nothing has is a rule that silently does not hold.
  it.each(sheets)('%s names only classes that the screens have', (name) => {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|"[^"]*"/g, '');
    const classes = new Set([...code.matchAll(/\.([a-z][\w-]*)/g)].map(([, word = '']) => word));
    expect([...classes].filter((word) => !new RegExp(`[\\s'"\`.]${word}[\\s'"\`]`).test(markup))).toEqual([]);
  });

  it.each(sheets)('%s uses only logical sides', (name) => {
    const code = read(name).replace(/\/\*[\s\S]*?\*\//g, '');
    expect(code.match(/(?:^|[\s;{-])(?:left|right|top|bottom)(?:-[\w-]+)?\s*:/g)).toBeNull();
    expect(
      code.match(/(?:margin|padding|border)-(?:left|right|top|bottom)|:\s*(?:left|right)\s*;/g),
    ).toBeNull();
  });

  it.each(sheets.filter((name) => name !== 'tokens.css'))('%s takes its colours from the tokens', (name) => {
    expect(read(name).match(/#[0-9a-f]{3,8}\b/gi)).toBeNull();
  });
});

describe('motion', () => {
  it('is made of the three times that go to nothing together, and of nothing else', () => {
    const times = ['quick', 'turn', 'dawn'];
    for (const name of sheets) {
      const sheet = read(name).replace(/\/\*.*?\*\//gs, '');
      for (const [, time = ''] of sheet.matchAll(
        /(?:transition|animation)(?:-duration|-delay)?:\s*([^;]+);/g,
      ))
        expect([name, time.replace(/var\(--(quick|turn|dawn)\)/, '')]).toEqual([
          name,
          expect.not.stringMatching(/\d+m?s\b/),
        ]);
      expect(sheet).not.toMatch(/scroll-behavior:\s*smooth/);
    }
    for (const off of [
      /prefers-reduced-motion: reduce\)\s*\{\s*:root\s*\{([^}]*)\}/,
      /\.no-motion\s*\{([^}]*)\}/,
    ])
      for (const time of times) expect(off.exec(tokens)?.[1]).toContain(`--${time}: 0ms`);
  });
});
