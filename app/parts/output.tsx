// What a script says while it works, for helpers: closed until asked for, of one height, never read aloud by itself.
// Who holds the ref writes the lines; the pane stays where the person scrolled it.
import type { Ref, SyntheticEvent } from 'react';

interface OutputParts {
  readonly label: string;
  /** What the pane is, for a screen reader. */
  readonly name: string;
  readonly linesRef: Ref<HTMLTextAreaElement>;
  readonly onToggle: () => void;
}

export function Output({ label, name, linesRef, onToggle }: OutputParts) {
  const toggled = ({ currentTarget }: SyntheticEvent<HTMLDetailsElement>): void => {
    onToggle();
    if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
  };
  return (
    <details className="helper" onToggle={toggled}>
      <summary>{label}</summary>
      <textarea className="output" dir="ltr" readOnly aria-label={name} ref={linesRef} spellCheck={false} />
    </details>
  );
}
