// Writes into an input element as a keyboard does: at the caret, over what is selected, within the field's length. The
// text goes from the press into the element and nowhere else, since the field may be a secret's.

/** '' changes nothing. */
export function writeInto(field: HTMLInputElement, text: string): void {
  if (text === '' || field.readOnly || field.disabled) return;
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  const longest = field.maxLength < 0 ? Number.POSITIVE_INFINITY : field.maxLength;
  if (field.value.length - (end - start) + text.length > longest) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** The letter before the caret with all its marks, or what is selected. */
export function deleteIn(field: HTMLInputElement): void {
  if (field.readOnly || field.disabled) return;
  const end = field.selectionEnd ?? field.value.length;
  const start = field.selectionStart ?? end;
  const from = start === end ? start - lastLetterUnits(field.value.slice(0, end)) : start;
  if (from === end) return;
  field.setRangeText('', from, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** UTF-16 units. */
export function lastLetterUnits(text: string): number {
  let last = 0;
  // The end is enough: a letter with its marks is short.
  for (const { segment } of letters.segment(text.slice(-32))) last = segment.length;
  return last;
}
