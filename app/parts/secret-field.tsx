// A field for a secret with its label and the button that shows and hides it.
import type { KeyboardEvent, RefObject } from 'react';
import { Icon } from './icon';
import { SecretEntry } from './secret-entry';

export interface SecretFieldParts {
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
  /** A screen reader speaks, and this sentence says that it does not read the shown words. */
  readonly shownUnread?: string | undefined;
  /** The id of a sentence that a screen reader says with the label. */
  readonly describedBy?: string | undefined;
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
        <SecretEntry
          id={props.id}
          shown={props.shown}
          inputRef={props.inputRef}
          readOnly={props.readOnly ?? false}
          maxLength={props.maxLength ?? 1024}
          onInput={props.onInput}
          onKeyDown={onKeyDown}
          describedBy={props.describedBy}
        />
        <button type="button" className="toggle" onClick={props.onToggle} aria-pressed={props.shown}>
          <Icon name={props.shown ? 'eyeOff' : 'eye'} />
          {props.toggle}
        </button>
      </div>
      {props.shown && props.shownUnread !== undefined ? (
        <p className="small unread">{props.shownUnread}</p>
      ) : null}
    </div>
  );
}
