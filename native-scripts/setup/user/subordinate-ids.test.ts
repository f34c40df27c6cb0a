// Ranges of ids as subuid(5) writes them: nobody's is given out twice.
import { expect, test } from 'vitest';
import { freeRange, hasRange } from './subordinate-ids.mjs';

const text = 'anna:100000:65536\nben:165536:65536\nsmall:300000:10\n';

test('a range counts when it is the name and large enough for a Debian system', () => {
  expect(hasRange(text, 'ben')).toBe(true);
  expect(hasRange(text, 'small')).toBe(false);
  expect(hasRange(text, 'nobody')).toBe(false);
  expect(hasRange('', 'ben')).toBe(false);
});

test('a new range lies behind everybody else’s', () => {
  expect(freeRange('')).toBe('165536-231071');
  expect(freeRange(text)).toBe('300010-365545');
});
