// The place where a secret is shown once: a numbered grid whose cells stay empty in React. Who holds the ref writes the
// words into the `<b>` of each cell and takes them away again, so that they are in no state, no props and no View.
import type { Ref } from 'react';

interface ShownSecretParts {
  readonly kind: 'phrase' | 'digits';
  readonly label: string;
  readonly count: number;
  /** A cell's number, from 1, in the language's digits. */
  readonly number: (place: number) => string;
  readonly listRef: Ref<HTMLOListElement>;
}

export function ShownSecret({ kind, label, count, number, listRef }: ShownSecretParts) {
  return (
    // Words and digits run left to right in every language.
    <ol className={`shown ${kind}`} dir="ltr" aria-label={label} ref={listRef}>
      {Array.from({ length: count }, (_, index) => index + 1).map((place) => (
        <li key={place}>
          <span className="small num" aria-hidden="true">
            {number(place)}
          </span>
          <b lang={kind === 'phrase' ? 'en' : undefined} />
        </li>
      ))}
    </ol>
  );
}
