// Prints the recovery sheet: a page of our own in a hidden window and a process of its own, which ends as soon as the PDF
// is there. It may ask for the key and the words, and nothing else.
import { setTimeout as wait } from 'node:timers/promises';
import { BrowserWindow, type WebContents } from 'electron';
import { appOrigin } from './page-files';
import { webPreferences } from './window';

export interface SheetPrinter {
  /** The page while it is printed. */
  contents(): readonly WebContents[];
  /** A PDF of one A4 page, which the caller wipes; null when the page drew nothing in time. */
  print(): Promise<Uint8Array | null>;
}

const drawsWithinMs = 10_000;

export function sheetPrinter(about: { readonly preload: string }): SheetPrinter {
  let printed: BrowserWindow | null = null;
  const print = async (): Promise<Uint8Array | null> => {
    const window = new BrowserWindow({ show: false, webPreferences: webPreferences(about.preload) });
    printed = window;
    try {
      await window.loadURL(`${appOrigin}/index.html#sheet`);
      if (!(await isDrawn(window.webContents))) return null;
      return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true });
    } finally {
      printed = null;
      window.destroy();
    }
  };
  return {
    contents: () => (printed === null || printed.isDestroyed() ? [] : [printed.webContents]),
    print: () => print().catch(() => null),
  };
}

async function isDrawn(contents: WebContents): Promise<boolean> {
  for (const deadline = performance.now() + drawsWithinMs; performance.now() < deadline; await wait(50)) {
    const drawn: unknown = await contents.executeJavaScript('document.documentElement.dataset.sheet ?? null');
    if (drawn !== null) return drawn === 'drawn';
  }
  return false;
}
