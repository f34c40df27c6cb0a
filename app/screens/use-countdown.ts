// Counts the seconds of a wait down on screen. Main decides when a try is taken again; this only shows it.
import { useEffect, useState } from 'react';

/** Whole seconds left, never under 1: the wait ends when main says so, with the next View. */
export function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(Math.ceil(seconds));
  useEffect(() => {
    const end = performance.now() + seconds * 1000;
    const tell = (): void => setLeft(Math.max(1, Math.ceil((end - performance.now()) / 1000)));
    tell();
    const timer = setInterval(tell, 200);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}
