// Unit and integration tests: files named *.test.ts(x) beside what they test. End-to-end scenarios are
// Playwright's (playwright.config.ts). The cache lies in out/, the one folder that set-up makes writable.
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: 'out/.vite',
  test: {
    // Whole PCs that start the stick have a run of their own: npm run test:stick.
    exclude: [...configDefaults.exclude, 'e2e/stick/**'],
    include: ['{app,main,preload,native-scripts,e2e}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: integration tests start real QEMU and gocryptfs processes.
    maxWorkers: 2,
  },
});
