// Draws what is typed into a password field over it, in plain letters. The field itself stays a password field: of any
// other one the browser tells its text to main, for input methods (Blink's TextInputState), and to the accessibility
// tree; there it could not be wiped. Must never leave a word in the page once it is told to stop.

/** Draws `field` into `over` until the returned function is called; a press on a drawn letter puts the caret there. */
export function drawWords(field: HTMLInputElement, over: HTMLElement): () => void {
  const draw = (): void => {
    const { value, selectionStart, selectionEnd, selectionDirection } = field;
    const start = selectionStart ?? value.length;
    const end = selectionEnd ?? start;
    const caret = document.createElement('i');
    const selected = document.createElement('mark');
    selected.textContent = value.slice(start, end);
    const middle = selectionDirection === 'backward' ? [caret, selected] : [selected, caret];
    over.replaceChildren(value.slice(0, start), ...middle, value.slice(end));
    // Where the words are longer than the field, the caret stays in sight.
    const [box, at] = [over.getBoundingClientRect(), caret.getBoundingClientRect()];
    if (at.right > box.right) over.scrollLeft += at.right - box.right;
    if (at.left < box.left) over.scrollLeft -= box.left - at.left;
  };
  const place = (event: PointerEvent): void => {
    event.preventDefault(); // the words are no text to select
    field.focus();
    const letter = document.caretRangeFromPoint(event.clientX, event.clientY);
    if (letter === null || !over.contains(letter.startContainer)) return;
    const before = document.createRange();
    before.setStart(over, 0);
    before.setEnd(letter.startContainer, letter.startOffset);
    const units = before.toString().length;
    field.setSelectionRange(event.shiftKey ? field.selectionStart : units, units);
    draw();
  };
  draw();
  field.addEventListener('input', draw);
  document.addEventListener('selectionchange', draw);
  over.addEventListener('pointerdown', place);
  return () => {
    field.removeEventListener('input', draw);
    document.removeEventListener('selectionchange', draw);
    over.removeEventListener('pointerdown', place);
    over.replaceChildren();
  };
}
