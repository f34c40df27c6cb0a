// From an X keysym's name, as xkbcomp writes it, to what the key writes. The names and their characters are X.Org's own
// (keysymdef.h, the lines that name a Unicode character; regenerate keysym-names.json from there). Names of the form
// U20AC and 0x10020ac are characters by themselves (X11 protocol, appendix A).
import type { KeyOutput } from '../../preload/contract/keyboard';
import names from './keysym-names.json' with { type: 'json' };

const characters: ReadonlyMap<string, string> = new Map(Object.entries(names));

/** Dead keys: the mark that joins the next letter. One that has no mark in Unicode is left out, and its key is empty. */
const marks: ReadonlyMap<string, string> = new Map(
  Object.entries({
    dead_grave: '\u0300',
    dead_acute: '\u0301',
    dead_circumflex: '\u0302',
    dead_tilde: '\u0303',
    dead_perispomeni: '\u0342',
    dead_macron: '\u0304',
    dead_breve: '\u0306',
    dead_abovedot: '\u0307',
    dead_diaeresis: '\u0308',
    dead_abovering: '\u030a',
    dead_doubleacute: '\u030b',
    dead_caron: '\u030c',
    dead_cedilla: '\u0327',
    dead_ogonek: '\u0328',
    dead_iota: '\u0345',
    dead_belowdot: '\u0323',
    dead_hook: '\u0309',
    dead_horn: '\u031b',
    dead_stroke: '\u0335',
    dead_abovecomma: '\u0313',
    dead_psili: '\u0313',
    dead_abovereversedcomma: '\u0314',
    dead_dasia: '\u0314',
    dead_doublegrave: '\u030f',
    dead_invertedbreve: '\u0311',
    dead_belowring: '\u0325',
    dead_belowmacron: '\u0331',
    dead_belowcircumflex: '\u032d',
    dead_belowtilde: '\u0330',
    dead_belowbreve: '\u032e',
    dead_belowdiaeresis: '\u0324',
    dead_belowcomma: '\u0326',
  }),
);

/** Control characters, surrogates and what is beyond Unicode write nothing. */
function characterAt(point: number): string | null {
  const control = point < 0x20 || (point >= 0x7f && point < 0xa0);
  const outside = point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff);
  return control || outside ? null : String.fromCodePoint(point);
}

/** Null for what writes nothing: Shift, F1, NoSymbol, an unknown name. */
export function outputOf(keysym: string): KeyOutput {
  const mark = marks.get(keysym);
  if (mark !== undefined) return { is: 'dead', mark };
  const named = characters.get(keysym);
  if (named !== undefined) return { is: 'text', text: named };
  const point = /^U([0-9A-Fa-f]{4,6})$/.exec(keysym)?.[1] ?? /^0x10([0-9a-fA-F]{5,6})$/.exec(keysym)?.[1];
  const text = point === undefined ? null : characterAt(Number.parseInt(point, 16));
  if (text === null) return null;
  // A mark alone is drawn and typed as itself; it is not a dead key.
  return { is: 'text', text };
}
