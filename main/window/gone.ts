// A renderer that died or hangs is loaded anew; the guest, the vault and the flow know nothing of it. Rate-limited: a page
// that dies at every start stays dead, and the caller hears of it. A page that only loads slowly must not be taken for one
// that hangs: on an old PC it would be begun again and again.
import type { WebContents } from 'electron';
import { restartLimit } from '../process/restart-limit';

export interface Gone {
  readonly window: string;
  /** Chromium's word: 'crashed', 'killed', 'oom', 'unresponsive', ... */
  readonly reason: string;
  readonly reloaded: boolean;
}

/** To Chromium a page hangs after seconds; while it is being loaded from a slow stick, only after this long. */
const loadsWithinMs = 180_000;

/** The returned function lets it die: what happens from then on is what was asked for. */
export function reviveRenderer(about: {
  readonly contents: WebContents;
  readonly name: string;
  readonly load: () => void;
  readonly onGone: (gone: Gone) => void;
}): () => void {
  const { contents, name, load, onGone } = about;
  const limit = restartLimit({ most: 5, withinMs: 60_000 });
  const onDeath = (_event: unknown, { reason }: { reason: string }): void => {
    const reloaded = !contents.isDestroyed() && reason !== 'clean-exit' && limit.take();
    onGone({ window: name, reason, reloaded });
    // Not from inside Chromium's own notice of the death.
    if (reloaded) setImmediate(() => contents.isDestroyed() || load());
  };
  let loading: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (contents.isDestroyed()) return;
    onGone({ window: name, reason: 'unresponsive', reloaded: false });
    // Ends in 'render-process-gone' above, which loads it anew.
    contents.forcefullyCrashRenderer();
  };
  const onHang = (): void => {
    clearTimeout(loading);
    if (contents.isLoadingMainFrame()) loading = setTimeout(end, loadsWithinMs);
    else end();
  };
  const onAnswer = (): void => clearTimeout(loading);
  contents.on('render-process-gone', onDeath);
  contents.on('unresponsive', onHang);
  contents.on('responsive', onAnswer);
  return () => {
    clearTimeout(loading);
    contents.off('render-process-gone', onDeath);
    contents.off('unresponsive', onHang);
    contents.off('responsive', onAnswer);
  };
}
