// The scenarios drive the real Electron, openbox, viewer and QEMU; the screens' acts and pictures drive the real pages on
// a fake kiosk. One at a time: a guest in software emulation needs the two cores. No retries: a flaky test is a defect.
import { defineConfig } from '@playwright/test';

/** Of the grid of pictures `npm test` checks each state once a language, and the smallest screen; test:full all. */
const pictures = process.env.SOULPAD_FULL === undefined ? / (1024-(en|es|fr|ar)|800-es):/ : /./;

export default defineConfig({
  outputDir: 'out/test-results',
  timeout: 240_000,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  projects: [
    { name: 'acts', testDir: 'e2e/pictures', testMatch: ['acts.spec.ts', 'set-up.spec.ts'] },
    { name: 'every screen', testDir: 'e2e/pictures', testMatch: 'pictures.spec.ts', grep: pictures },
    { name: 'scenarios', testDir: 'e2e/scenarios' },
  ],
});
