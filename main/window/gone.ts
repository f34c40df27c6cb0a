// A renderer that died or hangs is loaded anew; the guest, the vault and the flow know nothing of it. Rate-limited: a page
// that dies at every start stays dead, and the caller hears of it.
import type { BrowserWindow } from 'electron';
import { restartLimit } from '../process/restart-limit';

export interface Gone {
  readonly window: string;
  /** Chromium's word: 'crashed', 'killed', 'oom', 'unresponsive', ... */
  readonly reason: string;
  readonly reloaded: boolean;
}

export function reviveRenderer(about: {
  readonly window: BrowserWindow;
  readonly name: string;
  readonly load: () => void;
  readonly onGone: (gone: Gone) => void;
}): void {
  const { window, name, load, onGone } = about;
  const limit = restartLimit({ most: 5, withinMs: 60_000 });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    const reloaded = !window.isDestroyed() && reason !== 'clean-exit' && limit.take();
    onGone({ window: name, reason, reloaded });
    // Not from inside Chromium's own notice of the death.
    if (reloaded) setImmediate(() => window.isDestroyed() || load());
  });
  window.on('unresponsive', () => {
    onGone({ window: name, reason: 'unresponsive', reloaded: false });
    // Ends in 'render-process-gone' above, which loads it anew.
    window.webContents.forcefullyCrashRenderer();
  });
}
