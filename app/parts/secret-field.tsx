// A field for a secret. The typed words live in the input element alone: uncontrolled, never in React state, read once
// by who holds the ref. The browser must not help: no spelling, no completion, no capitals.
import type { KeyboardEvent, Ref } from 'react';
import { Icon } from './icon';

interface SecretFieldParts {
  readonly id: string;
  readonly label: string;
  readonly shown: boolean;
  readonly toggle: string;
  readonly onToggle: () => void;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly readOnly?: boolean;
  /** UTF-16 units; the browser cuts what is pasted. */
  readonly maxLength?: number;
  readonly onInput?: () => void;
}

export function SecretField(props: SecretFieldParts) {
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
          ref={props.inputRef}
          className="secret"
          type={props.shown ? 'text' : 'password'}
          // Bullets follow the page's direction, shown text its own.
          dir={props.shown ? 'auto' : undefined}
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
    </div>
  );
}
