// The place where a secret is shown once: a numbered grid whose cells stay empty in React. Who holds the ref writes the
// words into the `<b>` of each cell and takes them away again, so that they are in no state, no props and no View.
import type { Ref } from 'react';

interface ShownSecretParts {
  readonly kind: 'phrase' | 'digits';
  readonly label: string;
  /** The number shown before each cell, in the language's digits. */
  readonly numbers: readonly string[];
  readonly listRef: Ref<HTMLOListElement>;
}

export function ShownSecret({ kind, label, numbers, listRef }: ShownSecretParts) {
  return (
    // Words and digits run left to right in every language.
    <ol className={`shown ${kind}`} dir="ltr" aria-label={label} ref={listRef}>
      {numbers.map((number) => (
        <li key={number}>
          <span className="small num" aria-hidden="true">
            {number}
          </span>
          <b role="img" lang={kind === 'phrase' ? 'en' : undefined} />
        </li>
      ))}
    </ol>
  );
}
