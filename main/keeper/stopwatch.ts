// Measures stages in seconds, to the millisecond.

/** Seconds since `began` (performance.now()). */
export function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}

/** Runs `work` and tells how long it took. */
export async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly seconds: number }> {
  const began = performance.now();
  const value = await work();
  return { value, seconds: secondsSince(began) };
}
