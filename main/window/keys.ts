// Which keys the page may have. Everything that a browser would take for itself (reload, zoom, print, find, tools,
// close, history) is swallowed before the page or Chromium sees it; what types, edits and reveals text passes.

export interface KeyPress {
  readonly key: string;
  readonly control: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  /** Electron's list: `altgr` among them means that the key types a character of the third level. */
  readonly modifiers: readonly string[];
}

const editing = new Set([
  'a',
  'c',
  'v',
  'x',
  'z',
  'y',
  'backspace',
  'delete',
  'arrowleft',
  'arrowright',
  'arrowup',
  'arrowdown',
  'home',
  'end',
  'control',
  'shift',
  // Shows and hides what is typed (app/parts/secret-field.tsx); to a browser it would be the history.
  'h',
]);

export function isSwallowed(press: KeyPress): boolean {
  const key = press.key.toLowerCase();
  if (
    /^f\d{1,2}$/.test(key) ||
    key.startsWith('browser') ||
    key.startsWith('launch') ||
    key === 'printscreen'
  )
    return true;
  if (key === 'altgraph' || press.modifiers.some((name) => name.toLowerCase() === 'altgr')) return false;
  if (press.meta || press.alt) return key !== 'meta' && key !== 'alt' && key !== 'shift';
  return press.control && !editing.has(key);
}
