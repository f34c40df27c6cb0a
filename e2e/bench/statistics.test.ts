import { expect, test } from 'vitest';
import { deviation, mean, median, spreadOf } from './statistics';

test('mean and deviation are those of a sample', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  expect(mean(values)).toBe(5);
  expect(deviation(values)).toBeCloseTo(2.13809, 5); // sqrt(32 / 7)
});

test('one value deviates by nothing, no value has no mean', () => {
  expect(deviation([3])).toBe(0);
  expect(mean([])).toBeNaN();
  expect(deviation([])).toBeNaN();
});

test('the spread is the range over the median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(spreadOf([3, 1, 2])).toBe(1);
});
