// Reads the compiled keyboard map as xkbcomp prints it (`xkbcomp DISPLAY -xkb -`), and no more of it than a screen keyboard
// needs: which keysyms the writing keys give, plain, with Shift, with AltGr and with both. The map is the X server's own,
// so it is what is in effect, whoever set it. Bounded: a text that is too long or has too many keys is refused whole.
// Format: xkbcomp's output of "xkb_types" and "xkb_symbols" sections (The X Keyboard Extension: Protocol, chapter 7).

import type { Key, KeyRows } from '../../preload/contract/keyboard';
import { fail, ok, type Result } from '../../preload/contract/result';
import { outputOf } from './keysyms';

/** The real ones have some 70 kB and 250 keys. */
export const mostMapBytes = 1 << 20;
const mostKeys = 1024;

export interface KeyMap {
  /** XKB's name of the first group: `French (BEPO)`. */
  readonly name: string;
  readonly rows: KeyRows;
}

/** The four rows of a board's writing keys by XKB's geometry names; what a map does not have is left out. */
const places: readonly (readonly string[])[] = [
  row('TLDE', 'AE', 13),
  [...row(null, 'AD', 12), 'BKSL'],
  row(null, 'AC', 12),
  row('LSGT', 'AB', 11),
];

function row(before: string | null, prefix: string, count: number): string[] {
  const keys = Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);
  return before === null ? keys : [before, ...keys];
}

/** What a type makes of the modifiers: indexes into a key's levels. */
interface Levels {
  readonly shift: number;
  readonly level3: number;
  readonly both: number;
  readonly caps: boolean;
}

/** Of a key that names no type: xkbcomp leaves the usual ones out. */
const usual: Levels = { shift: 1, level3: 2, both: 3, caps: false };

/** Fault unusableFile: not a map, or beyond the bounds. */
export function parseKeyMap(said: string): Result<KeyMap> {
  const refuse = (message: string): Result<never> =>
    fail({ code: 'unusableFile', stage: 'keyboard.map', message });
  if (said.length > mostMapBytes) return refuse('the keyboard map is longer than any real one');
  const symbols = section(said, 'xkb_symbols');
  if (symbols === null) return refuse('the keyboard map has no symbols');
  const types = parseTypes(section(said, 'xkb_types') ?? '');
  const name = /name\[group1\]\s*=\s*"([^"]{1,120})"/i.exec(symbols)?.[1] ?? '';
  const keys = new Map<string, Key>();
  for (const [, place = '', body = ''] of symbols.matchAll(/\bkey\s+<([A-Z0-9+]{1,4})>\s*\{([^}]*)\}/g)) {
    if (keys.size >= mostKeys) return refuse('the keyboard map has more keys than any real one');
    keys.set(place, keyOf(place, body, types));
  }
  const rows = places.map((names) =>
    names.flatMap((place) => {
      const key = keys.get(place);
      return key === undefined || key.levels.every((output) => output === null) ? [] : [key];
    }),
  );
  if (rows.every((each) => each.length === 0)) return refuse('the keyboard map has no key that writes');
  return ok({ name, rows });
}

/** From `xkb_symbols "..." {` to the line that closes it. */
function section(said: string, kind: string): string | null {
  const start = said.indexOf(`${kind} `);
  if (start < 0) return null;
  const end = said.indexOf('\n};', start);
  return said.slice(start, end < 0 ? undefined : end);
}

function parseTypes(said: string): ReadonlyMap<string, Levels> {
  const types = new Map<string, Levels>();
  for (const [, name = '', body = ''] of said.matchAll(/\btype\s+"([^"]{1,64})"\s*\{([^}]*)\}/g)) {
    if (types.size >= 256) break;
    const levelOf = (...modifiers: readonly string[]): number => {
      for (const [, held = '', level = '1'] of body.matchAll(/map\[([^\]]{1,80})\]\s*=\s*Level(\d)/g)) {
        const names = held.split('+').map((each) => each.trim());
        if (names.length === modifiers.length && modifiers.every((each) => names.includes(each)))
          return Number(level) - 1;
      }
      // Not in the map: level one (XKB protocol, section 7.2.2).
      return 0;
    };
    types.set(name, {
      shift: levelOf('Shift'),
      level3: levelOf('LevelThree'),
      both: levelOf('Shift', 'LevelThree'),
      caps: levelOf('Lock') === levelOf('Shift') && levelOf('Lock') > 0,
    });
  }
  return types;
}

function keyOf(place: string, body: string, types: ReadonlyMap<string, Levels>): Key {
  const first = /symbols\[Group1\]\s*=\s*\[([^\]]{0,600})\]/i.exec(body) ?? /\[([^\]]{0,600})\]/.exec(body);
  const keysyms = (first?.[1] ?? '').split(',').map((each) => each.trim());
  const outputs = keysyms.slice(0, 8).map(outputOf);
  const named = /type(?:\[group1\])?\s*=\s*"([^"]{1,64})"/i.exec(body)?.[1];
  const levels = (named === undefined ? undefined : types.get(named)) ?? usual;
  const [plain, shifted] = [outputs[0] ?? null, outputs[levels.shift] ?? null];
  const isLetter =
    plain?.is === 'text' &&
    shifted?.is === 'text' &&
    plain.text.toUpperCase() === shifted.text &&
    plain.text !== shifted.text;
  const at = (level: number): Key['levels'][number] => (level === 0 ? null : (outputs[level] ?? null));
  return {
    place,
    levels: [plain, levels.shift === 0 ? null : shifted, at(levels.level3), at(levels.both)],
    caps: named === undefined ? isLetter : levels.caps,
  };
}
