// While the guest runs and everything of its memory was read in: a RAM chain that has grown long is merged in the
// background, for the generation that is saved next. It must never make the guest or a suspend wait: it works a quarter
// of the time, is ended at once when it is told, and what it leaves unfinished the next session begins anew.
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../files/log';
import type { Touched } from '../guest/engine';
import { groundOf, type LiveGuest } from './session';

/** Rests so many times as long as it worked. */
const restsTimes = 3;
const longestRestMs = 2_000;

export interface RamMerging {
  /** Ends it; fulfils when nothing is written any more. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

/** Begins at once. Never fails: what became of it is in the log. */
export function mergeRamWhileIdle(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly touched: Touched | null;
}): RamMerging {
  const { live, log } = about;
  const gone = new AbortController();
  const { signal } = gone;
  const rest = async (tookMs: number): Promise<void> => {
    await delay(Math.min(longestRestMs, tookMs * restsTimes), undefined, { signal }).catch(() => {});
  };
  const work = async (): Promise<void> => {
    const merged = await live.subject.engines.saves.mergeRam?.({
      ...{ ground: groundOf(live), touched: about.touched, signal, rest },
    });
    if (merged === undefined || signal.aborted) return;
    if (!merged.ok) log.fault(merged.fault);
    else if (merged.value !== null) log.say(`merged: ${merged.value}`);
  };
  const done = work();
  return {
    stop: () => {
      gone.abort();
      return done;
    },
    done,
  };
}
