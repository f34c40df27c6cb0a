// The display organ's outside: who has the screen, the guest or our own windows. It decides nothing: the flow says raise,
// cede, show, hide; this hands back the hot key, the top edge and the viewer's death.
// Order that nobody may change: our window is over the screen before a viewer ends, and a viewer is gone, not just
// hidden, before `endViewer` returns.
import { screen } from 'electron';
import { type ControlSettings, controlsAtFirst } from '../../preload/contract/controls';
import type { Fault } from '../../preload/contract/fault';
import { ok, type Result } from '../../preload/contract/result';
import type { BarWindow, KioskWindow } from '../window/window';
import { watchHotKey } from './hot-key';
import { matcherOn, type Wanted } from './match/matcher';
import { isSameBox, type Plan } from './match/plan';
import { monitorNumber } from './match/screens';
import { watchScreens } from './match/watch';
import { edgeStart, edgeTimes, followEdge } from './top-edge';
import { openViewer, type Viewer } from './viewer';
import { startWindowManager } from './window-manager';
import { openPointer, type Point, type XPointer } from './x-pointer';
import type { XAddress } from './x-windows';

export type { Plan, Remembered } from './match/plan';

export interface Display {
  /**
   * Brings guest and screens together and the viewer up; fulfils when it covers its place, and `cede` then takes our
   * window away. Faults as openViewer's, and the matcher's.
   */
  showGuest(guest: Shown): Promise<Result<{ readonly seconds: number; readonly plan: Plan }>>;
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
  /** Somebody may look at the bar or the control page. */
  controlsAreSeen(): boolean;
  /** The hot key, and whether a bar that comes stays. */
  setControls(settings: Pick<ControlSettings, 'hotKey' | 'barPinned'>): void;
  /** Lets go of everything, in reverse. The windows are the caller's. */
  end(): Promise<void>;
}

export interface DisplayListeners {
  readonly onHotKey: () => void;
  /** The pointer rests at the top edge while the guest has the screen. */
  readonly onTopEdge: () => void;
  /** The viewer ended by itself: the guest goes on, nobody sees it. */
  readonly onViewerDied: (fault: Fault) => void;
  /** A monitor was plugged in or out, or the screen became another one: what is shown does not match any more. */
  readonly onScreensChanged: () => void;
  /** The display lacks something that the story can go on without: hot key refused, window manager gone for good. */
  readonly onLack: (fault: Fault) => void;
}

/** A guest that is to be shown. */
export interface Shown extends Wanted {
  readonly spiceSocket: string;
}

/** Without a guest the screens are as they were found. */
const ours: Wanted = { guest: { follows: true, size: null }, remembered: [], trying: null };

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
  /** The screens are ours alone: their modes may be set. */
  readonly maySetModes: boolean;
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

  const matcher = matcherOn({ x: about.x, maySetModes: about.maySetModes });
  let matched: Wanted | null = null;

  let settings: Pick<ControlSettings, 'hotKey' | 'barPinned'> = controlsAtFirst;
  let hotKey = watchHotKey(settings.hotKey, listeners.onHotKey);
  if (!hotKey.ok) listeners.onLack(hotKey.fault);
  /** While no guest is shown, our own window follows at once. */
  const screensChanged = async (): Promise<void> => {
    if (opening !== null || !(await matcher.isStale(matched ?? ours))) return;
    if (viewer !== null) return listeners.onScreensChanged();
    const plan = await matcher.match(matched ?? ours);
    if (plan.ok) void kiosk.fill(plan.value.place, plan.value.picture);
  };
  const screens = watchScreens(about.x, {
    onChanged: () => void screensChanged(),
    onGone: listeners.onLack,
  });
  if (!screens.ok) listeners.onLack(screens.fault);
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

  const show = async (order: {
    readonly spiceSocket: string;
    readonly wanted: Wanted;
    readonly abort: AbortSignal;
  }): Promise<Result<{ readonly seconds: number; readonly plan: Plan }>> => {
    const plan = await matcher.match(order.wanted);
    if (!plan.ok) return plan;
    const { place, window, picture, guestZoom } = plan.value;
    const monitor = await monitorNumber(about.x, plan.value.output);
    const backdrop = await kiosk.fill(place, picture);
    const opened = await openViewer({
      ...{ x: about.x, folder: about.folder, spiceSocket: order.spiceSocket, signal: order.abort },
      ...{ place, window: isSameBox(window, place) ? place : window, zoom: guestZoom ?? 1 },
      backdrop: backdrop === null ? null : { jpeg: backdrop, at: picture },
      monitor,
      onDied: (fault) => {
        viewer = null;
        listeners.onViewerDied(fault);
      },
    });
    if (!opened.ok) return opened;
    viewer = opened.value;
    return ok({ seconds: opened.value.shownSeconds, plan: plan.value });
  };

  return {
    showGuest: async ({ spiceSocket, ...wanted }) => {
      await endViewer();
      const abort = new AbortController();
      matched = wanted;
      const work = show({ spiceSocket, wanted, abort: abort.signal });
      opening = { abort, done: work };
      const shown = await work;
      opening = null;
      // What changed while it came up was not answered.
      void screensChanged();
      return shown;
    },
    endViewer,
    raise,
    cede: () => {
      kiosk.cede();
      stopWatching();
      edge = setInterval(() => void look(), edgeTimes.everyMs);
    },
    showBar: (how) => {
      pinned = how.pinned || settings.barPinned;
      bar.show(lastPoint);
    },
    unpinBar: () => {
      pinned = settings.barPinned;
      if (pointer === null && !pinned) hideBar();
    },
    hideBar,
    controlsAreSeen: () => bar.height() !== null || kiosk.isSeen(),
    setControls: (now) => {
      if (now.hotKey !== settings.hotKey) {
        if (hotKey.ok) hotKey.value();
        hotKey = watchHotKey(now.hotKey, listeners.onHotKey);
        if (!hotKey.ok) listeners.onLack(hotKey.fault);
      }
      settings = now;
      if (now.barPinned && bar.height() !== null) pinned = true;
    },
    end: async () => {
      stopWatching();
      hideBar();
      if (hotKey.ok) hotKey.value();
      if (screens.ok) await screens.value();
      await connected;
      pointer?.close();
      await endViewer();
    },
  };
}
