import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  forgetPreferences,
  keepPreferences,
  type Preferences,
  preferencesFolder,
  readPreferences,
} from './preferences';

const wanted: Preferences = {
  look: { language: 'fr', theme: 'contrast', zoom: 1.5, motion: 'still', aloud: true },
  layout: { layout: 'fr', variant: 'bepo' },
  vault: '7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d',
};
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soulpad-preferences-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('remembers look and layout in a file of the user alone, and forgets them without a trace', async () => {
  const home = join(folder, 'home');
  expect(await readPreferences(home)).toBeNull();
  expect(await keepPreferences(home, wanted)).toMatchObject({ ok: true });
  expect(await readPreferences(home)).toEqual(wanted);
  expect(statSync(join(home, 'preferences.json')).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(readFileSync(join(home, 'preferences.json'), 'utf8')))).toEqual([
    'schema',
    'look',
    'layout',
    'vault',
  ]);
  expect(await forgetPreferences(home)).toMatchObject({ ok: true });
  expect(readdirSync(home)).toEqual([]);
  expect(await forgetPreferences(join(folder, 'nowhere'))).toMatchObject({ ok: true });
});

it('reads what an older SoulPad kept, which knew of one vault only', async () => {
  const { vault: _, ...older } = wanted;
  writeFileSync(
    join(folder, 'preferences.json'),
    JSON.stringify({ schema: 'soulpad/preferences/1', ...older }),
  );
  expect(await readPreferences(folder)).toEqual({ ...wanted, vault: null });
});

it.each([
  ['damaged', '{"schema":'],
  ['of another kind', '{"schema":"soulpad/preferences/2"}'],
  [
    'with a language that nobody speaks',
    JSON.stringify({ ...wanted, look: { ...wanted.look, language: 'xx' } }),
  ],
  ['endless', `${' '.repeat(9_000_000)}{}`],
])('takes a file that is %s for none', async (_, text) => {
  writeFileSync(join(folder, 'preferences.json'), text);
  expect(await readPreferences(folder)).toBeNull();
});

it('reads no link, and writes through none', async () => {
  const other = join(folder, 'other.json');
  writeFileSync(other, 'mine');
  symlinkSync(other, join(folder, 'preferences.json'));
  expect(await readPreferences(folder)).toBeNull();
  await keepPreferences(folder, wanted);
  expect(readFileSync(other, 'utf8')).toBe('mine');
});

it('says so when it cannot be kept', async () => {
  writeFileSync(join(folder, 'file'), '');
  expect(await keepPreferences(join(folder, 'file'), wanted)).toMatchObject({ ok: false });
});

it('lies where the stick says, else in the home of the vaults', () => {
  expect(preferencesFolder('/home/x', {})).toBe('/home/x');
  expect(preferencesFolder('/home/x', { SOULPAD_PREFERENCES: '/run/x' })).toBe('/run/x');
});
