// The scenarios in e2e/scenarios drive the real Electron, openbox, viewer and QEMU. One at a time: each has a guest in
// software emulation, and two cores. No retries: a flaky test is a defect.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e/scenarios',
  outputDir: 'out/test-results',
  timeout: 240_000,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
});
