// A fake window.kiosk with the real one's interface, for pictures and for looking at screens alone. It says that it is one:
// on the console and in `asked`, where every act it was asked for is written down (a secret only by its length).
import type { Page } from '@playwright/test';
import type { View } from '../../preload/contract/view';

interface Fake {
  asked: string[];
  show: (view: View) => void;
}

declare global {
  interface Window {
    fakeKiosk: Fake;
  }
}

/** Before the page's own script runs, on every load. The channel names come from the contract. */
export async function installFake(page: Page, channels: readonly string[], view: View): Promise<void> {
  await page.addInitScript(
    ({ names, firstView }) => {
      console.info('fake kiosk: no main, no vault, no guest is behind this page');
      let current = firstView;
      const listeners = new Set<(view: View) => void>();
      const asked: string[] = [];
      const acts = names.map((name) => [
        name,
        async (request: unknown) => {
          asked.push(request instanceof Uint8Array ? `${name} ${request.byteLength} bytes` : name);
          return { ok: true, value: name === 'getView' ? current : { taken: true } };
        },
      ]);
      const onView = (listener: (view: View) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      Object.assign(window, {
        kiosk: { ...Object.fromEntries(acts), onView },
        fakeKiosk: {
          asked,
          show: (next: View) => {
            current = next;
            for (const listener of listeners) listener(next);
          },
        },
      });
    },
    { names: [...channels], firstView: view },
  );
}
