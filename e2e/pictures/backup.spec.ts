// The backup part of the control page in each of its states, at the sizes, themes and languages that people have; checked
// and drawn as pictures.spec.ts does. The one for the README's tour goes to docs/pictures on request (docs.spec.ts).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { backupControls, stories, viewOf } from '../../app/views.fixture';
import type { Look } from '../../preload/contract/view';
import { axeFindings, defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { openStage, pictures, type Stage } from './stage';

const small = { width: 1024, height: 768 };
const series: readonly { title: string; size: { width: number; height: number }; look: Partial<Look> }[] = [
  ...(['en', 'es', 'fr', 'ar'] as const).map((language) => ({
    title: `1024-${language}`,
    size: small,
    look: { language },
  })),
  { title: '1024-en-dark', size: small, look: { theme: 'dark' } },
  { title: '1024-ar-dark', size: small, look: { language: 'ar', theme: 'dark' } },
  { title: '3840-en', size: { width: 3840, height: 2160 }, look: {} },
  { title: '3840-en-dark', size: { width: 3840, height: 2160 }, look: { theme: 'dark' } },
];

let display: Display;
let stage: Stage;

test.beforeAll(async () => {
  display = await openDisplay();
  await mkdir(pictures, { recursive: true });
  stage = await openStage(display, '');
});

test.afterAll(async () => {
  await stage.close();
  await display.stop();
});

for (const { title, size, look } of series) {
  test(`backup, ${title}: every state stays inside the screen and can be read and hit`, async () => {
    await stage.page.setViewportSize(size);
    const wrong: string[] = [];
    for (const [name, controls] of Object.entries(backupControls)) {
      await stage.show(viewOf(stories['live-backup'], { look, controls }));
      const defects = await defectsOf(stage.page, { fits: true });
      if (size === small) defects.push(...(await axeFindings(stage.page)));
      wrong.push(...defects.map((defect) => `${name}: ${defect}`));
      await stage.page.screenshot({ path: join(pictures, `${name}-${title}.png`) });
    }
    expect(wrong).toEqual([]);
  });
}
