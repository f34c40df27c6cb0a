// What a press on the screen keyboard writes: pure, letters in and out. The levels are those of the compiled XKB map; a dead
// key waits for the next letter and joins it as Unicode does (NFC). The text written goes into a field and is kept nowhere:
// only the waiting mark is state.
import type { Key, KeyOutput } from '../../preload/contract/keyboard';

/** `once`: for the next letter. `stays`: until pressed again. */
export type Capitals = 'off' | 'once' | 'stays';

export interface Held {
  readonly capitals: Capitals;
  readonly signs: boolean;
  /** A combining mark that waits for its letter. */
  readonly mark: string | null;
}

export const nothingHeld: Held = { capitals: 'off', signs: false, mark: null };

export function nextCapitals(capitals: Capitals): Capitals {
  return capitals === 'off' ? 'once' : capitals === 'once' ? 'stays' : 'off';
}

/** What the key writes as things are held. Capitals that stay are Caps Lock to the keys that know it, Shift to the others. */
export function outputNow(key: Key, { capitals, signs }: Held): KeyOutput {
  const shift = capitals !== 'off';
  return key.levels[signs ? (shift ? 3 : 2) : shift ? 1 : 0];
}

/** How a dead key is drawn: as boards print it, by itself. Rare ones: on a dotted circle, as in Unicode's tables. */
export function shownMark(mark: string): string {
  return alone.get(mark) ?? `\u25cc${mark}`;
}

/** Marks by themselves, as the keyboards' own spacing accents: what space, or the same key again, makes of them. */
const alone: ReadonlyMap<string, string> = new Map([
  ['\u0300', '`'],
  ['\u0301', '\u00b4'],
  ['\u0302', '^'],
  ['\u0303', '~'],
  ['\u0304', '\u00af'],
  ['\u0306', '\u02d8'],
  ['\u0307', '\u02d9'],
  ['\u0308', '\u00a8'],
  ['\u030a', '\u00b0'],
  ['\u030b', '\u02dd'],
  ['\u030c', '\u02c7'],
  ['\u0327', '\u00b8'],
  ['\u0328', '\u02db'],
]);

function spacing(mark: string): string {
  return alone.get(mark) ?? ` ${mark}`.normalize('NFC');
}

/** The text to write now ('' while a mark waits), and what is held after it. */
export function pressed(output: KeyOutput, held: Held): { readonly text: string; readonly held: Held } {
  if (output === null) return { text: '', held };
  const capitals = held.capitals === 'once' ? 'off' : held.capitals;
  const after: Held = { ...held, capitals, mark: null };
  if (output.is === 'dead') {
    if (held.mark === null) return { text: '', held: { ...after, mark: output.mark } };
    // Two marks: the first is written by itself; the same twice is meant as that sign.
    if (held.mark === output.mark) return { text: spacing(held.mark), held: after };
    return { text: spacing(held.mark), held: { ...after, mark: output.mark } };
  }
  if (held.mark === null) return { text: output.text, held: after };
  if (output.text === ' ') return { text: spacing(held.mark), held: after };
  const joined = (output.text + held.mark).normalize('NFC');
  // No such letter: both are written, and nothing is lost.
  const text = [...joined].length === 1 ? joined : spacing(held.mark) + output.text;
  return { text, held: after };
}
