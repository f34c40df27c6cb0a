// Says whether something that died may be started again: at most so often in a time. Without it a program that dies at
// start would be started for ever.

export interface RestartLimit {
  /** Counts this restart. False: too many; leave it dead and say so. */
  take(): boolean;
}

export function restartLimit(about: {
  readonly most: number;
  readonly withinMs: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}): RestartLimit {
  const now = about.now ?? (() => performance.now());
  let taken: readonly number[] = [];
  return {
    take: () => {
      const at = now();
      taken = taken.filter((before) => at - before < about.withinMs);
      if (taken.length >= about.most) return false;
      taken = [...taken, at];
      return true;
    },
  };
}
