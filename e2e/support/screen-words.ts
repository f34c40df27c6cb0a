// What a person could read on an emulated PC's screen: tesseract over a screendump, twice as large so that it reads the
// kiosk's letters. Nothing is asked of our own programs. Tests only.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import type { EmulatedPc } from './emulated-pc';

/** The words of a picture, in reading order, blanks made one. */
export function wordsOf(picture: string): string {
  const large = `${picture}.large.png`;
  try {
    execFileSync('convert', [picture, '-colorspace', 'Gray', '-resize', '200%', large]);
    const said = execFileSync('tesseract', [large, '-', '--psm', '11'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    });
    return said.replace(/\s+/g, ' ');
  } finally {
    rmSync(large, { force: true });
  }
}

export interface SeenScreen {
  readonly words: string;
  readonly picture: string;
}

/** Looks every few seconds until the words are there; keeps the last picture. Throws with what was read instead. */
export async function reads(about: {
  readonly pc: EmulatedPc;
  readonly wanted: RegExp;
  readonly picture: string;
  readonly timeoutMs: number;
}): Promise<SeenScreen> {
  const { pc, wanted, picture } = about;
  const until = performance.now() + about.timeoutMs;
  let words = '';
  for (;;) {
    await pc.screenshot(picture);
    if (existsSync(picture)) words = wordsOf(picture);
    if (wanted.test(words)) return { words, picture };
    if (performance.now() > until) throw new Error(`${wanted} was not on the screen (${picture}): ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
