// Fits the display organ to what the performer needs: each shown viewer has its own promise of an untimely end.
import type { Fault } from '../../preload/contract/fault';
import { ok } from '../../preload/contract/result';
import type { Display } from '../display/display';
import type { Screen } from './parts';

export interface ScreenSeat {
  readonly screen: Screen;
  /** To hand to the display organ as its listener. */
  readonly onViewerDied: (fault: Fault) => void;
}

export function screenOf(about: {
  readonly display: () => Display;
  /** Awaited before a viewer starts. */
  readonly mayShow: () => Promise<void>;
}): ScreenSeat {
  const { display, mayShow } = about;
  let died: (fault: Fault) => void = () => {};
  return {
    onViewerDied: (fault) => died(fault),
    screen: {
      show: async (guest) => {
        const death = new Promise<Fault>((resolve) => {
          died = resolve;
        });
        await mayShow();
        const shown = await display().showGuest(guest);
        return shown.ok ? ok({ died: death, plan: shown.value.plan }) : shown;
      },
      endViewer: () => display().endViewer(),
      raise: () => display().raise(),
      cede: () => display().cede(),
      showBar: (about) => display().showBar(about),
      unpinBar: () => display().unpinBar(),
      hideBar: () => display().hideBar(),
    },
  };
}
