// The two windows of the app: the kiosk over the whole screen, and the bar over the guest, which takes buttons only and
// never the keyboard. Both are sandboxed, see only soulpad://app/ and talk through the bridge alone.
// Order: hardenApp, app ready, display prepared, servePages, then windows.
import { setTimeout as wait } from 'node:timers/promises';
import { BaseWindow, BrowserWindow, type Session, screen, session, type WebContents } from 'electron';
import { barHeight } from './bar-height';
import { type Gone, reviveRenderer } from './gone';
import { type KioskPage, openKioskPage } from './kiosk-page';
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

export function webPreferences(preload: string): Electron.WebPreferences {
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
  /** What a dialog is modal to. */
  readonly window: BaseWindow;
  /** The pages of this moment: one, or two while a fresh one takes the other's place. */
  contents(): readonly WebContents[];
  /** Fulfils when the first picture is on the screen. */
  readonly shown: Promise<void>;
  /**
   * Puts a fresh page, in a new process, in the place of the one that is there: first behind it, until it has drawn the
   * same picture. Fulfils when the old process is gone. One at a time: a second call waits for the first.
   */
  renew(): Promise<void>;
  /** Over everything, with the keyboard. */
  raise(): void;
  isSeen(): boolean;
  /** Away, so that the window below has the screen and the keyboard. */
  cede(): void;
  /**
   * Covers `place` of the X screen, and fulfils with what is drawn in `part` of it as JPEG once it does: what a window that
   * is put over it can begin with. Null: it is not seen, or could not be drawn in a second.
   */
  fill(place: Electron.Rectangle, part: Electron.Rectangle): Promise<Uint8Array | null>;
  end(): void;
}

const background = '#1E1A2B';

/** Its page loads at once; it is put on the screen when `mayShow` fulfils: only a managed screen gives it its size. */
export function openKioskWindow(about: Opening & { readonly mayShow: Promise<unknown> }): KioskWindow {
  const window = new BaseWindow({
    title: 'SoulPad',
    show: false,
    kiosk: true,
    frame: false,
    backgroundColor: background,
  });
  const openPage = (): KioskPage =>
    openKioskPage({
      ...{ webPreferences: webPreferences(about.preload), url: `${appOrigin}/index.html`, background },
      onGone: about.onGone,
    });
  let pages: readonly KioskPage[] = [openPage()];
  const place = (): void => {
    const { width, height } = window.contentView.getBounds();
    for (const { view } of pages) view.setBounds({ x: 0, y: 0, width, height });
  };
  const putUnder = ({ view }: KioskPage): void => {
    window.contentView.addChildView(view, 0);
    place();
  };
  const focusPage = (): void => pages[0]?.contents.focus();
  for (const page of pages) putUnder(page);
  keepOpen(window);
  // The window manager resizes it when the screen changes, also while it is hidden.
  window.contentView.on('bounds-changed', place);
  window.on('resize', place);
  window.on('focus', focusPage);
  const [first] = pages;
  const shown = Promise.all([first?.loaded, about.mayShow]).then(async () => {
    window.show();
    place();
    window.focus();
    await first?.painted();
  });
  /** Only once nothing is typed any more: a page that loads takes the keyboard. */
  const exchange = async (): Promise<void> => {
    const before = pages;
    const fresh = openPage();
    pages = [...before, fresh];
    putUnder(fresh);
    if (window.isVisible()) await fresh.painted();
    else await fresh.loaded;
    pages = [fresh];
    for (const { view } of before) window.contentView.removeChildView(view);
    if (window.isFocused()) focusPage();
    await Promise.all(before.map((page) => page.end()));
  };
  let renewing: Promise<void> = Promise.resolve();
  return {
    window,
    contents: () => pages.map((page) => page.contents),
    shown,
    renew: () => {
      renewing = renewing.then(exchange);
      return renewing;
    },
    raise: () => {
      window.show();
      window.setKiosk(true);
      window.moveTop();
      place();
      window.focus();
      focusPage();
    },
    isSeen: () => window.isVisible(),
    cede: () => window.hide(),
    fill: (place, part) => fill({ window, page: () => pages.at(-1)?.contents ?? null, place, part }),
    end: () => {
      const last = pages;
      pages = [];
      window.destroy();
      for (const page of last) page.contents.close();
    },
  };
}

const fillsWithinMs = 1_000;

async function fill(about: {
  readonly window: BaseWindow;
  readonly page: () => WebContents | null;
  readonly place: Electron.Rectangle;
  readonly part: Electron.Rectangle;
}): Promise<Uint8Array | null> {
  const { window, place, part } = about;
  const isThere = (): boolean => {
    const { x, y, width, height } = window.getBounds();
    return x === place.x && y === place.y && width === place.width && height === place.height;
  };
  if (!window.isVisible()) return null;
  const deadline = performance.now() + fillsWithinMs;
  if (!isThere()) {
    // Full screen is of one monitor: it leaves that to come to another one.
    window.setKiosk(false);
    window.setBounds(place);
    window.setKiosk(true);
  }
  while (!isThere()) {
    if (performance.now() > deadline) return null;
    await wait(30);
  }
  const drawn = await Promise.race([about.page()?.capturePage(), wait(deadline - performance.now())]);
  if (drawn === undefined || drawn.isEmpty()) return null;
  const { width, height } = part;
  return drawn.crop({ x: part.x - place.x, y: part.y - place.y, width, height }).toJPEG(backdropQuality);
}

/** Nobody can tell it from the page, and it is drawn in a few milliseconds. */
const backdropQuality = 92;

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
  window.on('page-title-updated', (event) => event.preventDefault());
  reviveRenderer({ contents: window.webContents, name: 'bar', load, onGone: about.onGone });
  load();
  return window;
}

/** Neither the page nor the window manager closes a window of ours. */
function keepOpen(window: BaseWindow): void {
  window.on('close', (event) => event.preventDefault());
}

/** A load that a newer load replaced; a page that is missing is a bug that readPageFiles has already thrown. */
function ignoreAborted(): void {}
