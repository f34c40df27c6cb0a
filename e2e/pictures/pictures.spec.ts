// Every state of every screen in a real Electron window with a fake kiosk behind it: at the sizes, themes, languages and
// zooms that people have. Each picture is checked by machine (checks.ts, axe-core) and written to out/pictures/ to be looked at.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type StoryName, stories, viewOf } from '../../app/views.fixture';
import type { Language, Look, View } from '../../preload/contract/view';
import { axeFindings, defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { openStage, pictures, type Stage } from './stage';

const small = { width: 1024, height: 768 };
const usual = { width: 1920, height: 1080 };
const large = { width: 3840, height: 2160 };
const tiny = { width: 800, height: 600 };

const all = Object.keys(stories) as StoryName[];
const some: StoryName[] = [
  'locked-wrong',
  'resuming',
  'live-controls',
  'live-display',
  'safe',
  'suspending-battery',
  'safe-battery',
  'fault-damaged',
  'setup-guest',
];
const barStories = [
  ...([
    'live',
    'live-battery',
    'live-low',
    'live-starting',
    'live-shutting-down',
    'live-hint',
    'live-trial',
  ] as const),
];
const languages: Language[] = ['en', 'es', 'fr', 'ar'];

interface Series {
  readonly title: string;
  readonly names: readonly StoryName[];
  readonly size: { width: number; height: number };
  readonly look: Partial<Look>;
  readonly place?: View['place'];
}

const series: Series[] = [
  ...languages.map((language) => ({
    title: `1024-${language}`,
    names: all,
    size: small,
    look: { language },
  })),
  ...languages.map((language) => ({
    title: `1024-${language}-desk`,
    names: all,
    size: small,
    look: { language },
    place: 'desk' as const,
  })),
  { title: '1024-en-dark', names: all, size: small, look: { theme: 'dark' } },
  { title: '1024-en-contrast', names: all, size: small, look: { theme: 'contrast' } },
  { title: '1024-ar-dark', names: all, size: small, look: { language: 'ar', theme: 'dark' } },
  { title: '1920-en', names: all, size: usual, look: {} },
  { title: '1920-en-dark', names: all, size: usual, look: { theme: 'dark' } },
  { title: '1920-ar', names: all, size: usual, look: { language: 'ar' } },
  { title: '1920-ar-dark', names: all, size: usual, look: { language: 'ar', theme: 'dark' } },
  { title: '3840-en', names: some, size: large, look: {} },
  ...languages.map((language) => ({
    title: `1024-${language}-zoom150`,
    names: all,
    size: small,
    look: { language, zoom: 1.5 } as const,
    ...(language === 'es' ? { place: 'desk' as const } : {}),
  })),
  { title: '1024-es-zoom125', names: some, size: small, look: { language: 'es', zoom: 1.25 } },
  { title: '800-es', names: some, size: tiny, look: { language: 'es' } },
];

let display: Display;
let stage: Stage;

test.beforeAll(async () => {
  display = await openDisplay();
  await mkdir(pictures, { recursive: true });
});

test.afterAll(async () => {
  await display.stop();
});

test.describe('the screens', () => {
  test.beforeAll(async () => {
    stage = await openStage(display, '');
  });
  test.afterAll(() => stage.close());

  for (const { title, names, size, look, place } of series) {
    test(`${title}: every state stays inside the screen and can be read and hit`, async () => {
      await stage.page.setViewportSize(size);
      const wrong: string[] = [];
      for (const name of names) {
        const atDesk = place === 'desk';
        await stage.show(
          viewOf(stories[name], {
            look,
            place: place ?? 'stick',
            testBuild: atDesk,
            hazards: atDesk ? ['noSandbox', 'softwareEmulation'] : [],
          }),
        );
        const fits = (look.zoom ?? 1) === 1 && size !== tiny;
        const defects = await defectsOf(stage.page, { fits });
        if (size === small) defects.push(...(await axeFindings(stage.page)));
        wrong.push(...defects.map((defect) => `${name}: ${defect}`));
        await stage.page.screenshot({ path: join(pictures, `${name}-${title}.png`) });
      }
      expect(wrong).toEqual([]);
    });
  }

  for (const zoom of [1, 1.5] as const) {
    for (const language of languages) {
      test(`the tools open their pages, ${language}, zoom ${zoom}`, async () => {
        await stage.page.setViewportSize(small);
        await stage.show(viewOf(stories.locked, { look: { language, zoom }, testBuild: true }));
        for (const tool of ['language', 'easier', 'help'] as const) {
          // Reading aloud is the second one: a press acts at once, without a page.
          await stage.page.locator('.tool').nth({ language: 0, easier: 2, help: 3 }[tool]).click();
          await expect(stage.page.locator('dialog')).toBeVisible();
          const defects = [
            ...(await defectsOf(stage.page, { fits: false })),
            ...(await axeFindings(stage.page)),
          ];
          await stage.page.screenshot({ path: join(pictures, `tool-${tool}-${language}-${zoom}.png`) });
          expect(defects).toEqual([]);
          await stage.page.keyboard.press('Escape');
          await expect(stage.page.locator('dialog')).toHaveCount(0);
        }
      });
    }
  }
});

test.describe('the bar', () => {
  test.beforeAll(async () => {
    stage = await openStage(display, 'bar');
  });
  test.afterAll(() => stage.close());

  for (const screen of [small, usual]) {
    for (const language of languages) {
      for (const zoom of [1, 1.25, 1.5] as const) {
        test(`the bar fits ${screen.width} px, ${language}, zoom ${zoom}`, async () => {
          const rem = Math.max(16, Math.min(0.0225 * screen.height, 0.017 * screen.width)) * zoom;
          await stage.page.setViewportSize({ width: screen.width, height: Math.round(4.5 * rem) });
          const wrong: string[] = [];
          for (const name of barStories) {
            for (const theme of ['light', 'dark', 'contrast'] as const) {
              await stage.show(viewOf(stories[name], { look: { language, zoom, theme } }));
              wrong.push(
                ...(await defectsOf(stage.page, { fits: true })),
                ...(await axeFindings(stage.page)),
              );
              const file = `bar-${name}-${screen.width}-${language}-${theme}-${zoom}.png`;
              await stage.page.screenshot({ path: join(pictures, file) });
            }
          }
          expect(wrong).toEqual([]);
        });
      }
    }
  }
});
