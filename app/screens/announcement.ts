// What a screen reader hears of long work: the stage when it changes, the time
// left at 75, 50 and 25 % of the whole and every 15 seconds; never each percent. Pure: the clock is an argument.
import type { Work } from '../../preload/contract/view';

export interface Heard {
  readonly stage: string | null;
  /** Quarters of the work that were passed. */
  readonly quarter: number;
  readonly atMs: number;
}

export const heardNothing: Heard = { stage: null, quarter: 0, atMs: 0 };

const everyMs = 15_000;

/** Which of the two is due now, and what will then have been heard. */
export function due(heard: Heard, work: Work, nowMs: number): { say: 'stage' | 'left' | null; heard: Heard } {
  const stage = work.stages.find((each) => each.state === 'now')?.id ?? null;
  const quarter = Math.floor((work.fraction ?? 0) * 4);
  const now = { stage, quarter: Math.max(quarter, heard.quarter), atMs: nowMs };
  if (stage !== null && stage !== heard.stage) return { say: 'stage', heard: now };
  if (work.secondsLeft !== null && (quarter > heard.quarter || nowMs - heard.atMs >= everyMs)) {
    return { say: 'left', heard: now };
  }
  return { say: null, heard };
}
