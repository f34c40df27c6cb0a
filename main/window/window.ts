// The two windows of the app: the kiosk over the whole screen, and the bar over the guest, which takes buttons only and
// never the keyboard. Both are sandboxed, see only soulpad://app/ and talk through the bridge alone.
// Order: hardenApp, app ready, display prepared, servePages, then windows.
import { BrowserWindow, type Session, screen, session, type WebContents } from 'electron';
import { barHeight } from './bar-height';
import { type Gone, reviveRenderer } from './gone';
import { appOrigin, appScheme, pageFile, pageHeaders, readPageFiles } from './page-files';

export type { Gone } from './gone';
export { hardenApp } from './harden';
export { appOrigin } from './page-files';

/** In memory only: nothing of a page's session is ever written. */
const sessionName = 'soulpad';

/** Once, when Electron is ready. `folder`: the built page (out/app). Throws when it is not built. */
export function servePages(folder: string): void {
  const files = readPageFiles(folder);
  ownSession().protocol.handle(appScheme, ({ method, url }) => {
    const file = pageFile(files, { method, url });
    if (file === null) return new Response('', { status: 404, headers: pageHeaders });
    return new Response(file.bytes, { headers: { ...pageHeaders, 'content-type': file.type } });
  });
}

function ownSession(): Session {
  return session.fromPartition(sessionName);
}

interface Opening {
  /** The built bridge (out/preload/bridge.cjs). */
  readonly preload: string;
  readonly onGone: (gone: Gone) => void;
}

function webPreferences(preload: string): Electron.WebPreferences {
  return {
    preload,
    session: ownSession(),
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
    enableWebSQL: false,
    disableDialogs: true,
    autoplayPolicy: 'user-gesture-required',
  };
}

export interface KioskWindow {
  readonly contents: WebContents;
  /** Fulfils when the first picture is on the screen. */
  readonly shown: Promise<void>;
  /** Over everything, with the keyboard. */
  raise(): void;
  /** Away, so that the window below has the screen and the keyboard. */
  cede(): void;
  end(): void;
}

/** Its page loads at once; it is put on the screen when `mayShow` fulfils: only a managed screen gives it its size. */
export function openKioskWindow(about: Opening & { readonly mayShow: Promise<unknown> }): KioskWindow {
  const window = new BrowserWindow({
    title: 'SoulPad',
    show: false,
    kiosk: true,
    frame: false,
    backgroundColor: '#1E1A2B',
    webPreferences: webPreferences(about.preload),
  });
  const load = (): void => void window.loadURL(`${appOrigin}/index.html`).catch(ignoreAborted);
  keepOpen(window);
  reviveRenderer({ window, name: 'kiosk', load, onGone: about.onGone });
  const ready = new Promise<void>((resolve) => {
    window.once('ready-to-show', () => resolve());
  });
  const shown = Promise.all([ready, about.mayShow]).then(() => {
    window.show();
    window.focus();
  });
  load();
  return {
    contents: window.webContents,
    shown,
    raise: () => {
      window.show();
      window.setKiosk(true);
      window.moveTop();
      window.focus();
    },
    cede: () => window.hide(),
    end: () => window.destroy(),
  };
}

export interface BarWindow {
  /** Null until `prepare`. */
  contents(): WebContents | null;
  /** Loads its page, hidden, so that it comes at once when it is called: as soon as a guest is to be shown. */
  prepare(): void;
  /** At the top edge of the display that the pointer is on. The keyboard stays where it is. */
  show(pointer: { readonly x: number; readonly y: number }): void;
  hide(): void;
  /** Pixels while it is shown, else null. */
  height(): number | null;
  end(): void;
}

/** Costs nothing before `prepare`: its page has a process of its own, which the locked screen has no use for. */
export function openBarWindow(
  about: Opening & {
    /** The person's zoom at this moment. */
    readonly zoom: () => number;
  },
): BarWindow {
  let window: BrowserWindow | null = null;
  const prepare = (): BrowserWindow => {
    window ??= makeBar(about);
    return window;
  };
  return {
    contents: () => window?.webContents ?? null,
    prepare: () => void prepare(),
    show: (pointer) => {
      const bar = prepare();
      const { x, y, width, height } = screen.getDisplayNearestPoint(pointer).bounds;
      bar.setBounds({ x, y, width, height: barHeight({ width, height }, about.zoom()) });
      bar.showInactive();
      bar.moveTop();
    },
    hide: () => window?.hide(),
    height: () => (window?.isVisible() ? window.getBounds().height : null),
    end: () => window?.destroy(),
  };
}

function makeBar(about: Opening): BrowserWindow {
  const window = new BrowserWindow({
    title: 'SoulPad bar',
    show: false,
    frame: false,
    focusable: false,
    resizable: false,
    movable: false,
    skipTaskbar: true,
    type: 'toolbar',
    webPreferences: webPreferences(about.preload),
  });
  window.setAlwaysOnTop(true, 'screen-saver');
  const load = (): void => void window.loadURL(`${appOrigin}/index.html#bar`).catch(ignoreAborted);
  keepOpen(window);
  reviveRenderer({ window, name: 'bar', load, onGone: about.onGone });
  load();
  return window;
}

/** Neither the page nor the window manager closes a window of ours. */
function keepOpen(window: BrowserWindow): void {
  window.on('close', (event) => event.preventDefault());
  window.on('page-title-updated', (event) => event.preventDefault());
}

/** A load that a newer load replaced; a page that is missing is a bug that readPageFiles has already thrown. */
function ignoreAborted(): void {}
