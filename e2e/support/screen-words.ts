// What a person could read and point at on an emulated PC's screen: tesseract over a screendump, twice as large so that
// it reads the kiosk's letters. Nothing is asked of our own programs. Tests only.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { EmulatedPc } from './emulated-pc';

const scale = 2;

interface Word {
  readonly text: string;
  /** Its middle, in pixels of the screen. */
  readonly x: number;
  readonly y: number;
  /** Its right edge. */
  readonly right: number;
}

/** How tesseract lays out what it reads: words anywhere, which misses light ones on a dark button; a page of text. */
const layouts = ['11', '3'];

/** The words of a picture, in tesseract's order; what only the second layout finds comes after. */
export function wordsOf(picture: string): Word[] {
  const large = `${picture}.large.png`;
  try {
    execFileSync('convert', [picture, '-colorspace', 'Gray', '-resize', `${scale * 100}%`, large]);
    const words: Word[] = [];
    for (const layout of layouts) {
      const more = wordsIn(large, layout);
      words.push(...more.filter((word) => !words.some((other) => lies(word, other))));
    }
    return words;
  } finally {
    rmSync(large, { force: true });
  }
}

const lies = (word: Word, on: Word): boolean =>
  Math.abs(word.y - on.y) < 10 && word.x < on.right && word.x > 2 * on.x - on.right;

/** Its TSV: level .. left top width height conf text. */
function wordsIn(large: string, layout: string): Word[] {
  const said = execFileSync('tesseract', [large, '-', '--psm', layout, 'tsv'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
  });
  return said
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => (fields[11] ?? '').trim() !== '')
    .map((fields) => {
      const [left = 0, top = 0, width = 0, height = 0] = fields.slice(6, 10).map(Number);
      const text = (fields[11] ?? '').trim();
      const [x, y] = [(left + width / 2) / scale, (top + height / 2) / scale];
      return { text, x, y, right: (left + width) / scale };
    });
}

export const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ');

export interface SeenScreen {
  readonly text: string;
  readonly words: readonly Word[];
  /** The file that was read. */
  readonly picture: string;
}

/** Reading costs as much as the emulated PC itself: a screen that was read before (a caret that blinks) is not read again. */
function reader(): (picture: string) => Word[] {
  const read = new Map<string, Word[]>();
  return (picture) => {
    const sum = createHash('sha256').update(readFileSync(picture)).digest('hex');
    const words = read.get(sum) ?? wordsOf(picture);
    read.set(sum, words);
    return words;
  };
}

/** What is waited for: in all that can be read, or `word`: in one word alone. */
export type Wanted = RegExp | { readonly word: RegExp };

function stands(wanted: Wanted, words: readonly Word[]): boolean {
  if (wanted instanceof RegExp) return wanted.test(textOf(words));
  return words.some(({ text }) => wanted.word.test(text));
}

/** Looks every two seconds, or as told, until the words are there; the last picture stays. Throws with what was read instead. */
export async function reads(about: {
  readonly pc: EmulatedPc;
  readonly wanted: Wanted;
  readonly picture: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
}): Promise<SeenScreen> {
  const { pc, wanted, picture } = about;
  const until = performance.now() + about.timeoutMs;
  const read = reader();
  for (;;) {
    await pc.screenshot(picture);
    const words = read(picture);
    const text = textOf(words);
    if (stands(wanted, words)) return { text, words, picture };
    if (performance.now() > until)
      throw new Error(
        `${wanted instanceof RegExp ? wanted : wanted.word} was not on the screen (${picture}): ${text}`,
      );
    await new Promise((resolve) => setTimeout(resolve, about.everyMs ?? 2_000));
  }
}

/** Points at a word that is on the screen and clicks, with the absolute pointer that every emulated PC has. */
export async function clickWord(about: {
  readonly pc: EmulatedPc;
  readonly seen: SeenScreen;
  readonly word: RegExp;
  readonly size: { readonly width: number; readonly height: number };
}): Promise<void> {
  const { pc, seen, word, size } = about;
  const found = seen.words.find(({ text }) => word.test(text));
  if (found === undefined) throw new Error(`${word} is not on the screen: ${seen.text}`);
  // QEMU's absolute axes go from 0 to 32767 (qapi/ui.json, InputMoveEvent).
  const axis = (name: 'x' | 'y', at: number, of: number): object => ({
    type: 'abs',
    data: { axis: name, value: Math.round((at / of) * 32_767) },
  });
  const button = (down: boolean): object => ({ type: 'btn', data: { button: 'left', down } });
  const send = (events: object[]): Promise<unknown> => pc.qmp.execute('input-send-event', { events });
  await send([axis('x', found.x, size.width), axis('y', found.y, size.height)]);
  await send([button(true)]);
  await send([button(false)]);
}

/** Width and height of a picture, in pixels. */
export function sizeOf(picture: string): { width: number; height: number } {
  const said = execFileSync('identify', ['-format', '%w %h', picture], { encoding: 'utf8' });
  const [width = 0, height = 0] = said.split(' ').map(Number);
  return { width, height };
}
