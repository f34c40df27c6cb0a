// Pictures of every state of every screen, with the checks that a machine can make on them; and the README's pictures,
// which `npm run pictures` makes (docs.spec.ts alone). All of them:
//   npx playwright test -c e2e/pictures/playwright.config.ts
// after `npm run build`. PNGs go to out/pictures/; the point is that a person opens them.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.spec.ts',
  outputDir: '../../out/pictures/.playwright',
  workers: 1,
  timeout: 120_000,
  reporter: 'list',
});
