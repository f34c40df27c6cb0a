// A guest that the viewer asks for another size may miss the news while it wakes up: its agent says it again.
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestScreen } from '../../preload/contract/screen';
import type { RunningGuest } from './parts';

/** In this time a guest follows by itself; one without an agent, or too busy to answer, is let be after so many tries. */
const againMs = 4_000;
const mostTries = 10;
/** A viewer that is slow to come up may undo it once: what was told first is told again. */
const enough = 3;

/** Ends when the guest was told often enough, never answers, or is no longer shown as it was. */
export async function tellSize(about: {
  readonly guest: Pick<RunningGuest, 'fitScreen'>;
  readonly follows: NonNullable<GuestScreen['follows']>;
  readonly size: { readonly width: number; readonly height: number };
  readonly isShown: () => boolean;
}): Promise<void> {
  let told = 0;
  for (let tries = 1; tries <= mostTries && told < enough; tries++) {
    if (tries > 1 || about.follows === 'viewer') await delay(againMs);
    if (!about.isShown()) return;
    if ((await about.guest.fitScreen(about.size)).ok) told++;
  }
}
