// Small watches over the keys: whether Caps Lock is on, a look at the typed words that ends by itself, and Enter where
// nothing else takes it.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SecretFieldParts } from '../parts/secret-field';
import type { Words } from './use-words';

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
export function useShown(t: Words['t']): {
  readonly shown: boolean;
  /** For every secret field of the page: they are shown and hidden together. */
  readonly showing: Pick<SecretFieldParts, 'shown' | 'toggle' | 'onToggle'>;
} {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(false), shownForMs);
    return () => clearTimeout(timer);
  }, [shown]);
  const onToggle = useCallback(() => setShown((was) => !was), []);
  return { shown, showing: { shown, toggle: t(shown ? 'locked.hide' : 'locked.show'), onToggle } };
}

/** What takes Enter itself, or shall never be passed over: a panel asks first. */
const takesEnter = 'a, button, input, select, summary, textarea, dialog';

/** Enter with the focus on nothing to press, such as the title of a page that is only read. A held key is no press. */
export function useEnter(onEnter: () => void): void {
  const latest = useRef(onEnter);
  useEffect(() => {
    latest.current = onEnter;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || event.repeat || event.isComposing || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.target instanceof Element && event.target.closest(takesEnter) !== null) return;
      latest.current();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
