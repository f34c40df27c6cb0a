// A fake window.kiosk with the real one's interface, for pictures and for looking at screens alone. It says that it is one:
// on the console and in `asked`, where every act it was asked for is written down (a secret only by its length).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { KeyRows, Layout } from '../../preload/contract/keyboard';
import type { View } from '../../preload/contract/view';

/** What the fake shows where main would draw by chance. */
export const fakePhrase = 'marigold river lantern seven orbit velvet quarry';
export const fakeKey = '104830220715330462440176550891661001770220880330';

interface Fake {
  asked: string[];
  show: (view: View) => void;
  /** As the building script would say it. */
  say: (text: string) => void;
}

declare global {
  interface Window {
    fakeKiosk: Fake;
  }
}

/** Before the page's own script runs, on every load. The channel names come from the contract. */
export async function installFake(
  page: Page,
  channels: readonly string[],
  about: {
    readonly view: View;
    readonly layouts: readonly Layout[];
    readonly rows: Readonly<Record<string, KeyRows>>;
  },
): Promise<void> {
  const picture = [...readFileSync(join(import.meta.dirname, '../../docs/pictures/live.png'))];
  await page.addInitScript(
    ({ names, firstView, layouts, rows, png, phrase, key }) => {
      console.info('fake kiosk: no main, no vault, no guest is behind this page');
      let current = firstView;
      const listeners = new Set<(view: View) => void>();
      const asked: string[] = [];
      const answers: Record<string, () => unknown> = {
        getView: () => current,
        suggestPhrase: () => ({ taken: true, phrase: new TextEncoder().encode(phrase) }),
        showRecoveryKey: () => ({ taken: true, key: new TextEncoder().encode(key) }),
        confirmRecoveryKey: () => ({ taken: true, right: false }),
        listLayouts: () => ({ layouts }),
        getKeys: () => ({ rows: rows[current.keyboard?.layout ?? ''] ?? [] }),
        guestPicture: () => ({ png: new Uint8Array(png) }),
        momentPicture: () => ({ png: new Uint8Array(png) }),
      };
      const acts = names.map((name) => [
        name,
        async (request: unknown) => {
          asked.push(request instanceof Uint8Array ? `${name} ${request.byteLength} bytes` : name);
          return { ok: true, value: answers[name]?.() ?? { taken: true } };
        },
      ]);
      const onView = (listener: (view: View) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      const hearers = new Set<(output: { text: string }) => void>();
      const onBuildOutput = (hearer: (output: { text: string }) => void) => {
        hearers.add(hearer);
        return () => hearers.delete(hearer);
      };
      Object.assign(window, {
        kiosk: { ...Object.fromEntries(acts), onView, onBuildOutput },
        fakeKiosk: {
          asked,
          say: (text: string) => {
            for (const hearer of hearers) hearer({ text });
          },
          show: (next: View) => {
            current = next;
            for (const listener of listeners) listener(next);
          },
        },
      });
    },
    {
      names: [...channels],
      firstView: about.view,
      layouts: about.layouts,
      rows: about.rows,
      png: picture,
      phrase: fakePhrase,
      key: fakeKey,
    },
  );
}
