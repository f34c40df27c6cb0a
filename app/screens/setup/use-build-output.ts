// The last lines of the building script's own output, written into the pane by a ref: hundreds of lines a second must not
// draw the whole screen again. The pane follows the end; whoever scrolls up to read keeps the place until back at the end.
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { onBuildOutput } from '../../ask';

const mostLines = 200;
/** Of one line; a script may forget to end one. */
const mostLetters = 2000;

/** Adds what came to the lines there are; the last one may still be unfinished. Pure. */
export function withOutput(lines: readonly string[], text: string): string[] {
  const [first = '', ...rest] = text.split(/\r?\n/);
  const all = [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...rest];
  return all.slice(-mostLines).map((line) => line.slice(-mostLetters));
}

export function useBuildOutput(nothingYet: string): {
  readonly lines: RefObject<HTMLTextAreaElement | null>;
  readonly draw: () => void;
} {
  const lines = useRef<HTMLTextAreaElement>(null);
  const heard = useRef<string[]>([]);
  const draw = useCallback(() => {
    const pane = lines.current;
    if (pane === null) return;
    pane.placeholder = nothingYet;
    const atEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 8;
    if (!atEnd && pane.value !== '') return;
    pane.value = heard.current.join('\n');
    pane.scrollTop = pane.scrollHeight;
  }, [nothingYet]);
  useEffect(() => {
    let frame = 0;
    const stop = onBuildOutput(({ text }) => {
      heard.current = withOutput(heard.current, text);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [draw]);
  return { lines, draw };
}
