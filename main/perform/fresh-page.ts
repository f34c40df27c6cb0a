// Secrets end with their process: strings of a page cannot be wiped, so the page in which a secret was typed or shown is
// replaced by a fresh one, in a new process, as soon as the story goes on. The person sees the same picture all the while.
// Until the old process is gone no viewer may come up: what a guest feeds never lives beside a secret.

import type { State } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';

type KioskState = State<OpenVault, RunningGuest>;

export interface FreshPage {
  /** After every step of the story. */
  follow(state: KioskState): void;
  /** Fulfils when no process is left that saw a secret which the story has left behind. */
  readonly settled: () => Promise<void>;
}

/** True while the page may hold a secret: typed, shown, or about to be typed again. */
export function mayHoldSecret(state: KioskState): boolean {
  switch (state.at) {
    case 'locked':
    case 'opening':
    case 'idleLocked':
    case 'ways':
      return true;
    case 'setup':
      return state.on.step !== 'building';
    default:
      return false;
  }
}

/** `renew` fulfils when the old page's process is gone. */
export function freshPage(renew: () => Promise<void>): FreshPage {
  let seen = false;
  let work: Promise<void> = Promise.resolve();
  return {
    follow: (state) => {
      const may = mayHoldSecret(state);
      if (seen && !may) work = work.then(renew);
      seen = may;
    },
    settled: () => work,
  };
}
