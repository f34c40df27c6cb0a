// Is the screen that woke the one that was suspended? Pure. A clock may have moved on and a cursor blinked, so a small
// part may differ; a black or empty screen is no sign of life whatever it is compared with.
import type { Screen } from './png';

/** Share of dots that must be as they were. */
export const leastLikeness = 0.9;
/** A colour part that differs by less is the same to the eye. */
const sameWithin = 24;
/** A screen on which fewer dots differ from its commonest colour shows nothing. */
const leastDrawn = 0.001;

/** 0 to 1; 0 where the sizes differ. */
export function likenessOf(a: Screen, b: Screen): number {
  if (a.width !== b.width || a.height !== b.height) return 0;
  let same = 0;
  for (let at = 0; at < a.dots.length; at += 3) {
    const differs = [0, 1, 2].some(
      (part) => Math.abs((a.dots[at + part] ?? 0) - (b.dots[at + part] ?? 0)) >= sameWithin,
    );
    if (!differs) same += 1;
  }
  return same / (a.dots.length / 3);
}

/** All of one colour, or black but for a few dots. */
export function showsNothing({ dots }: Screen): boolean {
  const counts = new Map<number, number>();
  for (let at = 0; at < dots.length; at += 3) {
    const colour = ((dots[at] ?? 0) << 16) | ((dots[at + 1] ?? 0) << 8) | (dots[at + 2] ?? 0);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const commonest = Math.max(...counts.values());
  const all = dots.length / 3;
  return all - commonest < all * leastDrawn;
}
