// Asks the worker how hard the typed words are to guess, off the typing path: a quarter of a second after the last key,
// one question at a time, the first letters only. The words are read from their input element each time and kept nowhere.
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Language } from '../../../preload/contract/view';
import type { Strength } from '../../strength/advice';

const restMs = 250;
/** As in estimate.ts, which must not come into the page's own bundle. */
const mostLookedAt = 128;

/** `look` after every change of the field. Null while nothing is known, also where no worker can run. */
export function useStrength(
  input: RefObject<HTMLInputElement | null>,
  language: Language,
): {
  readonly strength: Strength | null;
  readonly look: () => void;
} {
  const [strength, setStrength] = useState<Strength | null>(null);
  const look = useRef<() => void>(() => undefined);
  useEffect(() => {
    const worker = new Worker(`strength.js#${language}`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waiting = false;
    let changed = false;
    const send = (): void => {
      const typed = input.current?.value.slice(0, mostLookedAt) ?? '';
      changed = waiting;
      if (waiting) return;
      waiting = typed !== '';
      if (waiting) worker.postMessage(typed);
      else setStrength(null);
    };
    worker.addEventListener('message', ({ data }: MessageEvent<Strength>) => {
      waiting = false;
      if (changed) send();
      else setStrength(data);
    });
    look.current = () => {
      clearTimeout(timer);
      timer = setTimeout(send, restMs);
    };
    return () => {
      clearTimeout(timer);
      look.current = () => undefined;
      worker.terminate();
    };
  }, [input, language]);
  return { strength, look: () => look.current() };
}
