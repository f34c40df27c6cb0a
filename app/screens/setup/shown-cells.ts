// Writes a shown secret into the cells that parts/shown-secret.tsx draws empty, and takes it away again. The one place
// where a secret is put into the page.

interface Shown {
  /** One a cell; cells without one are hidden. */
  readonly texts: readonly string[];
  /** What a screen reader says for a cell, where it must not read the text as it is. */
  readonly spoken: ((text: string, place: number) => string) | null;
}

/** Null: nothing is shown any more. */
export function drawSecret(list: HTMLOListElement, shown: Shown | null): void {
  for (const [index, item] of [...list.children].entries()) {
    const cell = item.querySelector('b');
    if (cell === null) continue;
    const text = shown?.texts[index] ?? '';
    cell.textContent = text;
    if (text !== '' && shown?.spoken) {
      cell.setAttribute('role', 'img');
      cell.setAttribute('aria-label', shown.spoken(text, index + 1));
    } else {
      cell.removeAttribute('role');
      cell.removeAttribute('aria-label');
    }
  }
}
