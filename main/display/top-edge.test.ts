import { expect, it } from 'vitest';
import { type EdgeLook, edgeStart, followEdge } from './top-edge';

/** Looks at [milliseconds, row] pairs and says at which ones it acted. */
function acts(
  barHeight: number | null,
  looks: readonly (readonly [number, number])[],
  pinned = false,
): [number, string][] {
  let state = edgeStart;
  const acted: [number, string][] = [];
  for (const [at, row] of looks) {
    const look: EdgeLook = { at, row, barHeight, pinned };
    const next = followEdge(state, look);
    state = next.state;
    if (next.act !== null) acted.push([at, next.act]);
  }
  return acted;
}

it('shows the bar when the pointer has rested 400 ms on the first row', () => {
  expect(
    acts(null, [
      [0, 0],
      [100, 0],
      [300, 0],
      [400, 0],
    ]),
  ).toEqual([[400, 'show']]);
});

it('does not show it when the pointer only brushes the edge', () => {
  expect(
    acts(null, [
      [0, 0],
      [300, 0],
      [350, 5],
      [400, 0],
      [700, 0],
    ]),
  ).toEqual([]);
});

it('hides it when the pointer has been below it for a while, not on it', () => {
  expect(
    acts(80, [
      [0, 40],
      [2_000, 40],
      [2_100, 300],
      [3_000, 300],
      [3_600, 300],
    ]),
  ).toEqual([[3_600, 'hide']]);
});

it('leaves a pinned one alone, wherever the pointer is', () => {
  const below = [0, 1_000, 2_000, 2_100].map((at): [number, number] => [at, 300]);
  expect(acts(80, below, true)).toEqual([]);
  expect(acts(80, below)).toEqual([[2_000, 'hide']]);
});
