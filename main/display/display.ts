// The display organ's outside: who has the screen, the guest or our own windows. It decides nothing: the flow says raise,
// cede, show, hide; this hands back the hot key, the top edge and the viewer's death.
// Order that nobody may change: our window is over the screen before a viewer ends, and a viewer is gone, not just
// hidden, before `endViewer` returns.
import { screen } from 'electron';
import type { Fault } from '../../preload/contract/fault';
import { ok, type Result } from '../../preload/contract/result';
import type { BarWindow, KioskWindow } from '../window/window';
import { watchHotKey } from './hot-key';
import { edgeStart, edgeTimes, followEdge } from './top-edge';
import { openViewer, type Viewer } from './viewer';
import { startWindowManager } from './window-manager';
import { openPointer, type Point, type XPointer } from './x-pointer';
import type { XAddress } from './x-windows';

export interface Display {
  /** Fulfils when the viewer covers the screen; `cede` then takes our window away. Faults as openViewer's. */
  showGuest(spiceSocket: string): Promise<Result<{ readonly seconds: number }>>;
  /** Returns when no viewer is alive, also while one is starting: `showGuest` then fails with `cancelled`. */
  endViewer(): Promise<void>;
  /** Our window over everything, with the keyboard. */
  raise(): void;
  /** The guest's window has the screen and the keyboard. */
  cede(): void;
  /** `pinned`: until `unpinBar` it stays although the pointer is elsewhere. */
  showBar(about: { readonly pinned: boolean }): void;
  /** From now on it goes when the pointer leaves it, at once where nobody can tell where the pointer is. */
  unpinBar(): void;
  hideBar(): void;
  /** Lets go of everything, in reverse. The windows are the caller's. */
  end(): Promise<void>;
}

export interface DisplayListeners {
  readonly onHotKey: () => void;
  /** The pointer rests at the top edge while the guest has the screen. */
  readonly onTopEdge: () => void;
  /** The viewer ended by itself: the guest goes on, nobody sees it. */
  readonly onViewerDied: (fault: Fault) => void;
  /** The display lacks something that the story can go on without: hot key refused, window manager gone for good. */
  readonly onLack: (fault: Fault) => void;
}

/** The X server we run on. Electron itself got it from the same environment. */
export function ownX(environment: NodeJS.ProcessEnv): XAddress {
  return { display: environment.DISPLAY ?? ':0', authority: environment.XAUTHORITY ?? null };
}

/** First of all: the window manager, before any window is made. Faults as startWindowManager's. */
export async function prepareDisplay(about: {
  readonly x: XAddress;
  /** Ours, 0700, in the runtime root. */
  readonly folder: string;
  readonly onLack: (fault: Fault) => void;
}): Promise<Result<{ end(): Promise<void> }>> {
  return startWindowManager({ x: about.x, folder: about.folder, onGaveUp: about.onLack });
}

/** Electron must be ready, the display prepared, both windows made. */
export function openDisplay(about: {
  readonly x: XAddress;
  readonly folder: string;
  readonly kiosk: KioskWindow;
  readonly bar: BarWindow;
  readonly listeners: DisplayListeners;
}): Display {
  const { kiosk, bar, listeners } = about;
  let viewer: Viewer | null = null;
  let opening: { readonly abort: AbortController; readonly done: Promise<unknown> } | null = null;
  let edge: NodeJS.Timeout | null = null;
  let edgeState = edgeStart;
  let pinned = false;
  let pointer: XPointer | null = null;
  let lastPoint: Point = { x: 0, y: 0 };

  const hotKey = watchHotKey(listeners.onHotKey);
  if (!hotKey.ok) listeners.onLack(hotKey.fault);
  const connected = openPointer(about.x).then((opened) => {
    if (opened.ok) pointer = opened.value;
    else listeners.onLack(opened.fault);
  });

  const hideBar = (): void => {
    bar.hide();
    pinned = false;
    edgeState = edgeStart;
  };
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return; // the X server is slow: one question at a time
    looking = true;
    const at = await pointer?.look();
    looking = false;
    if (at === null || at === undefined || edge === null) return;
    lastPoint = at;
    const row = at.y - screen.getDisplayNearestPoint(at).bounds.y;
    const next = followEdge(edgeState, { at: performance.now(), row, barHeight: bar.height(), pinned });
    edgeState = next.state;
    if (next.act === 'show') listeners.onTopEdge();
    if (next.act === 'hide') hideBar();
  };
  const stopWatching = (): void => {
    if (edge !== null) clearInterval(edge);
    edge = null;
    edgeState = edgeStart;
  };
  const raise = (): void => {
    stopWatching();
    hideBar();
    kiosk.raise();
  };
  const endViewer = async (): Promise<void> => {
    opening?.abort.abort();
    await opening?.done;
    const ending = viewer;
    viewer = null;
    await ending?.end();
  };

  return {
    showGuest: async (spiceSocket) => {
      await endViewer();
      const abort = new AbortController();
      const onDied = (fault: Fault): void => {
        viewer = null;
        listeners.onViewerDied(fault);
      };
      const { x, folder } = about;
      const work = openViewer({ x, folder, spiceSocket, onDied, signal: abort.signal });
      opening = { abort, done: work };
      const opened = await work;
      opening = null;
      if (!opened.ok) return opened;
      viewer = opened.value;
      return ok({ seconds: opened.value.shownSeconds });
    },
    endViewer,
    raise,
    cede: () => {
      kiosk.cede();
      stopWatching();
      edge = setInterval(() => void look(), edgeTimes.everyMs);
    },
    showBar: (how) => {
      ({ pinned } = how);
      bar.show(lastPoint);
    },
    unpinBar: () => {
      pinned = false;
      if (pointer === null) hideBar();
    },
    hideBar,
    end: async () => {
      stopWatching();
      hideBar();
      if (hotKey.ok) hotKey.value();
      await connected;
      pointer?.close();
      await endViewer();
    },
  };
}
