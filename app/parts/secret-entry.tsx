// The input element of a secret, with its words drawn over it where they are to be read. The typed words live in the input
// element alone: uncontrolled, never in React state, read once by who holds the ref. The browser must not help: no
// spelling, no completion, no capitals.
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { drawWords } from './drawn-words';

interface SecretEntryParts {
  readonly id: string;
  readonly shown: boolean;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly readOnly?: boolean;
  /** UTF-16 units; the browser cuts what is pasted. */
  readonly maxLength: number;
  /** A row of digits: left to right in every language, and nothing but digits asked of a keyboard on the screen. */
  readonly digits?: boolean;
  readonly onInput?: ((event: InputEvent) => void) | undefined;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly describedBy?: string | undefined;
}

export function SecretEntry({ shown, inputRef, digits = false, ...props }: SecretEntryParts) {
  const over = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const [field, words] = [inputRef.current, over.current];
    return shown && field !== null && words !== null ? drawWords(field, words) : undefined;
  }, [shown, inputRef]);
  return (
    <span className={digits ? 'entry num' : 'entry'}>
      <input
        id={props.id}
        ref={inputRef}
        className="secret"
        type="password"
        inputMode={digits ? 'numeric' : undefined}
        dir={digits ? 'ltr' : undefined}
        maxLength={props.maxLength}
        readOnly={props.readOnly ?? false}
        onInput={(event) => props.onInput?.(event.nativeEvent as InputEvent)}
        onKeyDown={props.onKeyDown}
        aria-describedby={props.describedBy}
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      {shown ? (
        <span ref={over} className="letters" dir={digits ? 'ltr' : 'auto'} aria-hidden="true" />
      ) : null}
    </span>
  );
}
