// How long the next try waits after wrong ones, wherever a secret is asked.

/** Seconds until the next try after so many wrong ones: it grows, it never locks out. */
export function waitAfter(wrongTries: number): number {
  const waits = [0, 1, 2, 4, 8, 15, 30];
  return waits[wrongTries] ?? 60;
}
