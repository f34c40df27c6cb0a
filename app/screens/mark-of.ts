// Where the disc is and how much of it burns, from the story alone. Pure.
import type { Story, Work } from '../../preload/contract/view';
import type { MarkState } from '../parts/mark';

const below = -1;
const onTheLine = 0.83;

export const asleep: MarkState = { look: 'asleep', rise: below, ember: 0 };

const awake: MarkState = { look: 'awake', rise: onTheLine, ember: 1 };

/** Done share of the work: the fraction where it is known, else the share of finished stages. */
export function shareOf(work: Work): number {
  if (work.fraction !== null) return work.fraction;
  const done = work.stages.filter((stage) => stage.state === 'done').length;
  return work.stages.length === 0 ? 0 : done / work.stages.length;
}

/** The guest runs already and only its picture is to come: after a look at a fault, a cancel, a new start of SoulPad. */
export function onlyShows(work: Work): boolean {
  return work.stages.length === 1 && work.stages[0]?.id === 'show';
}

/** Held still where it stopped: what still stands says how high that is. */
const heldAt = {
  nothingOpened: below,
  oldGeneration: -0.3,
  guestRuns: onTheLine,
  newGeneration: below,
} as const;

export function markOf(story: Story): MarkState {
  switch (story.state) {
    case 'checking':
    case 'resuming': {
      if (onlyShows(story.work)) return awake;
      const share = shareOf(story.work);
      return { look: 'waking', rise: below + (onTheLine - below) * share, ember: share };
    }
    // The page of a sky by day: the disc is at home until a moment is chosen.
    case 'timeline':
      return asleep;
    case 'live':
      return awake;
    case 'ways':
      return story.awake ? awake : asleep;
    case 'idleLocked':
      return story.paused ? { look: 'held', rise: onTheLine, ember: 1 } : awake;
    case 'suspending':
      // Only the vault closes: no desktop was awake that could sink.
      if (!story.work.stages.some((stage) => stage.id === 'fsync')) return asleep;
      return {
        look: 'leaving',
        rise: onTheLine - (onTheLine - below) * shareOf(story.work),
        ember: 1,
      };
    case 'safe':
    case 'poweringOff':
      return { look: 'home', rise: below, ember: 1 };
    case 'unfit':
    case 'afterCrash':
      return { look: 'held', rise: heldAt.oldGeneration, ember: 1 };
    case 'fault':
      return { look: 'held', rise: heldAt[story.safe], ember: 1 };
    default:
      return asleep;
  }
}
