import { expect, it } from 'vitest';
import { barHeight } from './bar-height';

it.each([
  [{ width: 1024, height: 768 }, 1, 78],
  [{ width: 1920, height: 1080 }, 1, 109],
  [{ width: 3840, height: 2160 }, 1, 219],
  [{ width: 640, height: 480 }, 1, 72],
  [{ width: 1024, height: 768 }, 1.5, 117],
])('is 4.5 rem on %j at zoom %d', (screen, zoom, height) => {
  expect(barHeight(screen, zoom)).toBe(height);
});
