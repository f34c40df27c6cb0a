// Unit and integration tests: files named *.test.ts(x) beside what they test. End-to-end scenarios are
// Playwright's (playwright.config.ts). The cache lies in out/, the one folder that set-up makes writable.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: 'out/.vite',
  test: {
    include: ['{app,main,preload,native-scripts,e2e}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: integration tests start real QEMU and gocryptfs processes.
    maxWorkers: 2,
  },
});
