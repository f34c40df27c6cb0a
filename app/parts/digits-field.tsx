// A field for a few digits of a secret, which are read while they are typed. Digits of any script are taken; the field
// stays left to right, since that is how the digits were shown.
import type { RefObject } from 'react';
import { SecretEntry } from './secret-entry';

interface DigitsFieldParts {
  readonly id: string;
  readonly label: string;
  readonly length: number;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onInput: (event: InputEvent) => void;
}

export function DigitsField({ id, label, length, inputRef, onInput }: DigitsFieldParts) {
  return (
    <div className="digits-field">
      <label htmlFor={id}>{label}</label>
      <div className="field">
        {/* Room for spaces between the digits. */}
        <SecretEntry id={id} shown digits inputRef={inputRef} maxLength={length * 3} onInput={onInput} />
      </div>
    </div>
  );
}
