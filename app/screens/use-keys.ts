// Two small watches beside a secret field: whether Caps Lock is on, and a look at the typed words that ends by itself.
import { useCallback, useEffect, useState } from 'react';

const shownForMs = 20_000;

/** Known from the first key or click on; X tells a page about Caps Lock only with an event. */
export function useCapsLock(): boolean {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const look = (event: KeyboardEvent | MouseEvent): void => setOn(event.getModifierState('CapsLock'));
    const events = ['keydown', 'keyup', 'mousedown'] as const;
    for (const name of events) window.addEventListener(name, look, true);
    return () => {
      for (const name of events) window.removeEventListener(name, look, true);
    };
  }, []);
  return on;
}

/** Show or Hide; shown words hide themselves after 20 s. */
export function useShown(): { shown: boolean; toggle: () => void } {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(false), shownForMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return { shown, toggle: useCallback(() => setShown((was) => !was), []) };
}
