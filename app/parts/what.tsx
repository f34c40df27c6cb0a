// "What is this?": one to three plain sentences, closed until asked for. Opened, it comes into sight, and nothing above
// it moves.
import type { ReactNode, SyntheticEvent } from 'react';
import { Icon } from './icon';

interface WhatParts {
  readonly label: string;
  readonly children: ReactNode;
}

function comeIntoSight({ currentTarget }: SyntheticEvent<HTMLDetailsElement>): void {
  if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
}

export function What({ label, children }: WhatParts) {
  return (
    <details className="what" onToggle={comeIntoSight}>
      <summary>
        <Icon name="help" />
        <span className="words">{label}</span>
      </summary>
      <div className="answer">{children}</div>
    </details>
  );
}
