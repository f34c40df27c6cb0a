// A field for a few digits of a secret: uncontrolled, read by who holds the ref. Digits of any script are taken; the
// field stays left to right, since that is how the digits were shown.
import type { Ref } from 'react';

interface DigitsFieldParts {
  readonly id: string;
  readonly label: string;
  readonly length: number;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onInput: (event: InputEvent) => void;
}

export function DigitsField({ id, label, length, inputRef, onInput }: DigitsFieldParts) {
  return (
    <div className="digits-field">
      <label htmlFor={id}>{label}</label>
      <div className="field">
        <input
          id={id}
          ref={inputRef}
          className="secret num"
          type="text"
          inputMode="numeric"
          dir="ltr"
          // Room for spaces between the digits.
          maxLength={length * 3}
          onInput={(event) => onInput(event.nativeEvent as InputEvent)}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
        />
      </div>
    </div>
  );
}
