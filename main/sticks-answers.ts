// What the page that writes a stick may ask. A disk is named by the id that main gave it; its name, as the person typed it,
// is compared here and travels no further.
import type { View } from '../preload/contract/view';
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { RunningGuest } from './perform/parts';
import type { StickDesk } from './perform/stick-desk';
import type { OpenVault } from './vault/vault';

type SticksAnswers = Pick<IpcAnswers, 'showSticks' | 'leaveSticks' | 'askDisk' | 'nameDisk'>;

export interface SticksAnswering {
  readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
  readonly view: () => View;
  readonly sticks: Pick<StickDesk, 'isNamed'>;
}

export function sticksAnswersOf({ send, view, sticks }: SticksAnswering): SticksAnswers {
  return {
    // On a stick nobody but root may write to a disk, and no image lies there (docs/decisions/0053).
    showSticks: () => ({ taken: view().place !== 'stick' && send({ is: 'sticksAsked' }) }),
    leaveSticks: () => ({ taken: send({ is: 'sticksLeft' }) }),
    askDisk: (id) => ({ taken: send({ is: 'diskAsked', id }) }),
    nameDisk: (typed) => {
      const { story } = view();
      if (story.state !== 'sticks' || story.asked === null) return { taken: false, right: false };
      const right = sticks.isNamed(story.asked.id, typed);
      return { taken: send({ is: 'diskNamed', right }), right };
    },
  };
}
