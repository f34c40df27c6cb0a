// Seconds left, from what was done so far. It says nothing until it has seen enough to be right more often than not.

const enoughMs = 500;

/** `startMs` and `nowMs` on one monotonic clock. Null while too little was seen to tell. */
export function rateOf(
  startMs: number,
): (seen: { readonly done: number; readonly total: number; readonly nowMs: number }) => number | null {
  return ({ done, total, nowMs }) => {
    const tookMs = nowMs - startMs;
    if (tookMs < enoughMs || done <= 0) return null;
    return Math.max(0, ((total - done) / done) * (tookMs / 1000));
  };
}
