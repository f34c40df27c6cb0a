// `npm run test:stick`: whole emulated PCs that start the built stick. One at a time: each needs both cores.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: 'out/.vite',
  test: {
    include: ['e2e/stick/**/*.test.ts'],
    testTimeout: 60 * 60_000,
    hookTimeout: 60 * 60_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
