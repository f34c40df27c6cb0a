// `npm run tour`: the whole story, once, unattended. Building a desktop in software emulation takes long.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: '*.spec.ts',
  outputDir: '../../out/tour/.playwright',
  workers: 1,
  timeout: 90 * 60_000,
  reporter: 'list',
});
