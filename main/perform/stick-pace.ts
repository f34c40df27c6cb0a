// How fast a stick is written and how long it still takes, from its reports. Few enough come out of it for a screen: the
// first of each stage, the last, and ten a second between.
import type { Progress } from '../../preload/contract/progress';

const everySeconds = 0.1;
/** Before that a rate says more of the cache than of the disk. */
const enoughSeconds = 1;
/** Reading back, as a share of the time of writing: what most sticks need at most. Until it begins nobody can know. */
const readBackShare = 0.5;

export interface Paced {
  readonly progress: Progress;
  /** Since this stage began; null until it can be told. */
  readonly bytesPerSecond: number | null;
}

/** Null: nothing new to show. `now`: monotonic seconds. */
export function stickPace(): (progress: Progress, now: number) => Paced | null {
  let began: { readonly stage: Progress['stage']; readonly at: number; readonly done: number } | null = null;
  let toldAt = 0;
  return (progress, now) => {
    const { stage, done, total } = progress;
    const first = began?.stage !== stage;
    if (began === null || first) began = { stage, at: now, done };
    if (!first && done !== total && now - toldAt < everySeconds) return null;
    toldAt = now;
    const took = now - began.at;
    const bytesPerSecond =
      progress.unit === 'bytes' && took >= enoughSeconds && done > began.done
        ? (done - began.done) / took
        : null;
    return { bytesPerSecond, progress: { ...progress, secondsLeft: leftOf(progress, took) } };
  };
}

/** Of the whole: while it is written, reading it back is still to come. */
function leftOf({ stage, secondsLeft }: Progress, took: number): number | null {
  if (stage !== 'copy' || secondsLeft === null) return secondsLeft;
  return secondsLeft + readBackShare * (took + secondsLeft);
}
