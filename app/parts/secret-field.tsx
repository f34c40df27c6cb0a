// A field for a secret. The typed words live in the input element alone: uncontrolled, never in React state, read once
// by who holds the ref. The browser must not help: no spelling, no completion, no capitals.
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { Icon } from './icon';

interface SecretFieldParts {
  readonly id: string;
  readonly label: string;
  readonly shown: boolean;
  readonly toggle: string;
  readonly onToggle: () => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly readOnly?: boolean;
  /** UTF-16 units; the browser cuts what is pasted. */
  readonly maxLength?: number;
  readonly onInput?: () => void;
  /**
   * A screen reader speaks, and this is the sentence beside the shown words: the field then stays a password field,
   * whose letters no reader gets, and the words are drawn below it, hidden from the accessibility tree.
   */
  readonly shownBeside?: string | undefined;
}

export function SecretField(props: SecretFieldParts) {
  const { inputRef } = props;
  const isBeside = props.shown && props.shownBeside !== undefined;
  const beside = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const [from, to] = [inputRef.current, beside.current];
    if (!isBeside || from === null || to === null) return;
    const draw = (): void => {
      to.textContent = from.value;
    };
    draw();
    from.addEventListener('input', draw);
    return () => {
      from.removeEventListener('input', draw);
      to.textContent = '';
    };
  }, [isBeside, inputRef]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.ctrlKey || event.key.toLowerCase() !== 'h') return;
    event.preventDefault();
    props.onToggle();
  };
  return (
    <div>
      <label htmlFor={props.id}>{props.label}</label>
      <div className="field">
        <input
          id={props.id}
          ref={inputRef}
          className="secret"
          type={props.shown && !isBeside ? 'text' : 'password'}
          // Bullets follow the page's direction, shown text its own.
          dir={props.shown && !isBeside ? 'auto' : undefined}
          maxLength={props.maxLength ?? 1024}
          readOnly={props.readOnly ?? false}
          onInput={props.onInput}
          onKeyDown={onKeyDown}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <button type="button" className="toggle" onClick={props.onToggle} aria-pressed={props.shown}>
          <Icon name={props.shown ? 'eyeOff' : 'eye'} />
          {props.toggle}
        </button>
      </div>
      {isBeside ? (
        <>
          <p ref={beside} className="mirror" dir="auto" aria-hidden="true" />
          <p className="small">{props.shownBeside}</p>
        </>
      ) : null}
    </div>
  );
}
