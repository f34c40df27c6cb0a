import { describe, expect, it } from 'vitest';
import type { Key, KeyOutput } from '../../preload/contract/keyboard';
import { type Held, nextCapitals, nothingHeld, outputNow, pressed, shownMark } from './press';
import { lastLetterUnits } from './write-into';

const text = (letter: string): KeyOutput => ({ is: 'text', text: letter });
const dead = (mark: string): KeyOutput => ({ is: 'dead', mark });
const e: Key = { place: 'AD03', levels: [text('e'), text('E'), text('€'), null], caps: true };

function write(...outputs: readonly KeyOutput[]): string {
  let held: Held = nothingHeld;
  return outputs
    .map((output) => {
      const after = pressed(output, held);
      ({ held } = after);
      return after.text;
    })
    .join('');
}

describe('a press on the screen keyboard', () => {
  it('writes by the level that is held', () => {
    expect(outputNow(e, nothingHeld)).toEqual(text('e'));
    expect(outputNow(e, { ...nothingHeld, capitals: 'once' })).toEqual(text('E'));
    expect(outputNow(e, { ...nothingHeld, signs: true })).toEqual(text('€'));
    expect(outputNow(e, { ...nothingHeld, signs: true, capitals: 'stays' })).toBeNull();
  });

  it('lets capitals go after one letter, or stay until they are pressed away', () => {
    expect(['off', 'once', 'stays'].map((each) => nextCapitals(each as Held['capitals']))).toEqual([
      'once',
      'stays',
      'off',
    ]);
    expect(pressed(text('E'), { ...nothingHeld, capitals: 'once' }).held.capitals).toBe('off');
    expect(pressed(text('E'), { ...nothingHeld, capitals: 'stays' }).held.capitals).toBe('stays');
  });

  it('joins a dead key to the next letter, as one letter of Unicode', () => {
    expect(write(dead('\u0301'), text('e'))).toBe('\u00e9');
    expect(write(dead('\u0302'), text('A'))).toBe('\u00c2');
    expect(write(dead('\u030c'), text('s'))).toBe('\u0161');
  });

  it('writes the mark itself before a space, pressed twice, or where there is no such letter', () => {
    expect(write(dead('\u0302'), text(' '))).toBe('^');
    expect(write(dead('\u0303'), dead('\u0303'))).toBe('~');
    expect(write(dead('\u0301'), text('7'))).toBe('\u00b47');
    expect(write(dead('\u0301'), dead('\u0308'), text('o'))).toBe('\u00b4\u00f6');
  });

  it('writes nothing for a key that writes nothing, and keeps what is held', () => {
    const held: Held = { ...nothingHeld, mark: '\u0301' };
    expect(pressed(null, held)).toEqual({ text: '', held });
  });

  it('draws a waiting mark on a dotted circle', () => {
    expect(shownMark('\u0301')).toBe('\u00b4');
  });
});

it('deletes a letter with all its marks', () => {
  expect(lastLetterUnits('')).toBe(0);
  expect(lastLetterUnits('ab')).toBe(1);
  expect(lastLetterUnits('ae\u0301')).toBe(2);
  expect(lastLetterUnits('a\u{1f600}')).toBe(2);
});
