// Real maps: xkbcomp compiles them from the system's own layouts, an X server holds them. What a map says is held against
// what X itself makes of a key press (the scenario e2e/scenarios/keyboard.spec.ts types on it).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyRowsSchema, layoutListSchema } from '../../preload/contract/keyboard';
import { startXServer, type XServer } from '../place/x-server';
import { compiled } from './compiled.fixture';
import { keyboardsOf, parseQuery } from './keyboard';
import { type KeyMap, mostMapBytes, parseKeyMap } from './xkb-map';
import { parseRules } from './xkb-rules';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-keyboard-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A row as a person reads it from the left; `·` writes nothing, a dead key is its mark. */
function written(map: KeyMap, row: number, level: 0 | 1 | 2 | 3): string {
  return (map.rows[row] ?? [])
    .map(({ levels }) => {
      const output = levels[level];
      return output === null ? '·' : output.is === 'text' ? output.text : output.mark;
    })
    .join('');
}

describe('the compiled map', () => {
  it('tells what an English key writes, plain and with Shift', async () => {
    const map = await compiled('us');
    expect(map.name).toBe('English (US)');
    expect(written(map, 0, 0)).toBe('`1234567890-=');
    expect(written(map, 1, 1)).toBe('QWERTYUIOP{}|');
    expect(written(map, 2, 0)).toBe("asdfghjkl;'");
    expect(written(map, 3, 0)).toBe('<zxcvbnm,./');
    expect(written(map, 1, 2)).toBe('·'.repeat(13));
  });

  it('tells a French board: signs without Shift, digits with it, AltGr, and a dead circumflex', async () => {
    const map = await compiled('fr');
    expect(written(map, 0, 0)).toBe('²&é"\'(-è_çà)=');
    expect(written(map, 0, 1)).toContain('1234567890');
    expect(written(map, 0, 2)).toContain('@');
    expect(written(map, 1, 0)).toBe('azertyuiop\u0302$*');
    expect(map.rows[2]?.[0]).toMatchObject({ place: 'AC01', caps: true });
  });

  it('tells a Spanish and an Arabic board in their own letters', async () => {
    expect(written(await compiled('es'), 2, 0)).toBe('asdfghjklñ\u0301');
    expect(written(await compiled('ara'), 2, 0)).toContain('شسيبلاتنمكط');
  });

  it('reads types by their own maps of modifiers, not by a guess', async () => {
    const map = await compiled('de', 'neo');
    expect(written(map, 1, 2)).toContain('_');
    expect(written(await compiled('fr', 'bepo'), 0, 3)).toContain('¶');
  });

  it('has the letters of every layout of the list', { timeout: 300_000 }, async () => {
    const rules = keyboardsOf({ display: ':0', authority: null });
    const all = await rules.list();
    const shown = process.env.SOULPAD_FULL === undefined ? all.filter((_, index) => index % 40 === 0) : all;
    const bad: string[] = [];
    for (const { layout, variant } of shown) {
      const map = await compiled(layout, variant);
      const fits = keyRowsSchema.safeParse(map.rows).success;
      if (!fits || map.rows.flat().length < 20) bad.push(`${layout} ${variant}`);
    }
    expect(shown.length).toBeGreaterThan(10);
    expect(bad).toEqual([]);
  });
});

describe('what is not a map', () => {
  it.each([
    ['nothing', ''],
    ['symbols without a key', 'xkb_keymap {\nxkb_symbols "x" {\n};\n};'],
    ['keys that write nothing', 'xkb_symbols "x" {\n key <AE01> { [ F1, F2 ] };\n};'],
    ['a text without end', `xkb_symbols "x" { key <AE01> { [ a ] }; ${' '.repeat(mostMapBytes)}`],
    [
      'more keys than any board',
      `xkb_symbols "x" {\n${Array.from({ length: 2000 }, (_, n) => `key <${n.toString(36).toUpperCase()}> { [ a ] };`).join('\n')}\n};`,
    ],
  ])('is refused: %s', (_, text) => {
    expect(parseKeyMap(text)).toMatchObject({ ok: false, fault: { code: 'unusableFile' } });
  });

  it('gives no letter for control characters, surrogates and names from outside', () => {
    const text =
      'xkb_symbols "x" {\n key <AE01> { [ a, U0007, U+D800, UFFFFFFF ] };\n key <AE02> { [ UD800, __proto__, constructor, 0x100d800 ] };\n};';
    const map = parseKeyMap(text);
    expect(map).toMatchObject({ ok: true, value: { rows: [[{ place: 'AE01' }], [], [], []] } });
  });
});

describe('the list of layouts', () => {
  it("has the system's layouts and variants with their languages", async () => {
    const all = await keyboardsOf({ display: ':0', authority: null }).list();
    expect(layoutListSchema.safeParse(all).success).toBe(true);
    expect(all.length).toBeGreaterThan(300);
    const find = (layout: string, variant: string) =>
      all.find((each) => each.layout === layout && each.variant === variant);
    expect(find('fr', '')).toMatchObject({ description: 'French', languages: ['fra'], isVariant: false });
    expect(find('fr', 'bepo')).toMatchObject({ languages: ['fra'], isVariant: true });
    expect(find('ara', '')?.languages[0]).toBe('ara');
  });

  it('leaves out what is not a name, and reads nothing but the layouts', () => {
    const item = (name: string) =>
      `<layout><configItem><name>${name}</name><description>A &amp; B</description></configItem></layout>`;
    const xml = `<modelList><model><configItem><name>pc105</name></configItem></model></modelList>
      <layoutList><!-- <name>no</name> -->${item('ok')}${item('../etc')}${item('-x')}</layoutList>${item('outside')}`;
    expect(parseRules(xml).map(({ layout, description }) => [layout, description])).toEqual([
      ['ok', 'A & B'],
    ]);
  });

  it('is empty where there is none', async () => {
    const missing = keyboardsOf({ display: ':0', authority: null }, join(folder, 'none.xml'));
    expect(await missing.list()).toEqual([]);
    const binary = join(folder, 'binary.xml');
    writeFileSync(binary, Buffer.alloc(4096, 0xff));
    expect(await keyboardsOf({ display: ':0', authority: null }, binary).list()).toEqual([]);
  });
});

it('takes the first of several layouts, and nothing from words that are no names', () => {
  expect(parseQuery('rules:      evdev\nlayout:     fr,us\nvariant:    bepo,\n')).toEqual({
    layout: 'fr',
    variant: 'bepo',
  });
  expect(parseQuery('layout:     us\n')).toEqual({ layout: 'us', variant: '' });
  expect(parseQuery('layout:     $(id)\n')).toBeNull();
});

describe('on an X server', () => {
  let server: XServer;
  beforeAll(async () => {
    const started = await startXServer({ kind: 'xvnc', width: 800, height: 600, under: join(folder, 'x') });
    if (!started.ok) throw new Error(started.fault.message);
    server = started.value;
  });
  afterAll(() => server.end());

  it('sets a layout and tells the one in effect', async () => {
    const keyboards = keyboardsOf(server);
    expect(await keyboards.look()).toMatchObject({ ok: true, value: { layout: { layout: 'us' } } });
    const set = await keyboards.set({ layout: 'fr', variant: 'bepo' });
    expect(set).toMatchObject({ value: { layout: { layout: 'fr', variant: 'bepo', languages: ['fra'] } } });
    expect(await keyboardsOf(server).look()).toMatchObject({ value: { layout: { variant: 'bepo' } } });
  });

  it('sets nothing that is not listed', async () => {
    const keyboards = keyboardsOf(server);
    expect(await keyboards.set({ layout: 'xx', variant: '' })).toMatchObject({
      fault: { code: 'missingFile' },
    });
    expect(await keyboards.look()).toMatchObject({ ok: true, value: { layout: { layout: 'fr' } } });
  });

  it('says so when there is no server', async () => {
    expect(await keyboardsOf({ display: ':59998', authority: null }).look()).toMatchObject({ ok: false });
  });
});
