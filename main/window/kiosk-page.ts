// One page of the kiosk's window, in a renderer process of its own. The window may have two of them for a moment: the one
// that is seen, and a fresh one behind it that takes its place. A page in which a secret was typed or shown ends with its
// process, since strings in a renderer cannot be wiped; it must never be kept or loaded anew for later.
import { setTimeout as wait } from 'node:timers/promises';
import { type WebContents, WebContentsView } from 'electron';
import { statOf } from '../process/proc';
import { type Gone, reviveRenderer } from './gone';

export interface KioskPage {
  readonly view: WebContentsView;
  readonly contents: WebContents;
  /** Its document and its scripts are there. Fulfils also when it dies first: `onGone` was told, and it is loaded anew. */
  readonly loaded: Promise<void>;
  /** It has drawn the present state, on a window that is shown. */
  painted(): Promise<void>;
  /** Fulfils when no process has its memory any more. */
  end(): Promise<void>;
}

/** A page that draws nothing for so long is shown as it is. */
const paintsWithinMs = 5_000;
/** A renderer whose page is closed ends in some 50 ms; then it is killed. */
const endsWithinMs = 1_000;

export function openKioskPage(about: {
  readonly webPreferences: Electron.WebPreferences;
  readonly url: string;
  readonly background: string;
  readonly onGone: (gone: Gone) => void;
}): KioskPage {
  const view = new WebContentsView({ webPreferences: about.webPreferences });
  view.setBackgroundColor(about.background);
  const contents = view.webContents;
  const loaded = new Promise<void>((resolve) => {
    contents.once('did-finish-load', () => resolve());
    contents.once('destroyed', () => resolve());
  });
  const load = (): void => void contents.loadURL(about.url).catch(() => {}); // replaced by a newer load
  const leave = reviveRenderer({ contents, name: 'kiosk', load, onGone: about.onGone });
  load();
  return {
    view,
    contents,
    loaded,
    painted: async () => {
      await loaded;
      await Promise.race([paints(contents), wait(paintsWithinMs)]);
    },
    end: async () => {
      leave();
      const pid = contents.isDestroyed() ? 0 : contents.getOSProcessId();
      contents.close();
      await gone(pid);
    },
  };
}

/** The second frame after the state's screen stands in the document: the first one is then on the screen. */
async function paints(contents: WebContents): Promise<void> {
  const script = `new Promise((drawn) => {
    const look = () => document.documentElement.dataset.story === undefined
      ? requestAnimationFrame(look)
      : requestAnimationFrame(() => requestAnimationFrame(() => drawn(null)));
    look();
  })`;
  await contents.executeJavaScript(script).catch(() => {}); // it died: `onGone` was told
}

async function gone(pid: number): Promise<void> {
  if (pid === 0) return;
  const first = await statOf(pid);
  const lives = async (): Promise<boolean> => {
    const now = await statOf(pid);
    return now !== null && now.state !== 'Z' && now.start === first?.start;
  };
  for (let deadline = performance.now() + endsWithinMs; await lives(); await wait(10)) {
    if (performance.now() < deadline) continue;
    process.kill(pid, 'SIGKILL');
    deadline = Number.POSITIVE_INFINITY;
  }
}
