// Every state of every screen in a real Electron window with a fake kiosk behind it: at the sizes, themes, languages and
// zooms that people have. Each picture is checked by machine (checks.ts, axe-core) and written to out/pictures/ to be looked at.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { now, type StoryName, stories, viewOf } from '../../app/views.fixture';
import { channels } from '../../preload/contract/channels';
import type { Language, Look, View } from '../../preload/contract/view';
import { defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { installFake } from './fake-kiosk';

const root = join(import.meta.dirname, '../..');
const out = join(root, 'out/pictures');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const small = { width: 1024, height: 768 };
const usual = { width: 1920, height: 1080 };
const large = { width: 3840, height: 2160 };
const tiny = { width: 800, height: 600 };

const all = Object.keys(stories) as StoryName[];
const some: StoryName[] = ['locked-wrong', 'resuming', 'live-controls', 'safe', 'fault-damaged', 'setup'];
const languages: Language[] = ['en', 'es', 'ar'];

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
  })),
  { title: '1024-es-zoom125', names: some, size: small, look: { language: 'es', zoom: 1.25 } },
  { title: '800-es', names: some, size: tiny, look: { language: 'es' } },
];

let display: Display;
let electron: ElectronApplication;
let page: Page;

async function start(hash: string): Promise<void> {
  electron = await _electron.launch({
    executablePath: join(root, 'out/electron/electron'),
    args: [
      join(import.meta.dirname, 'window'),
      '--disable-gpu',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    env: { ...process.env, DISPLAY: display.name, SOULPAD_PAGE: hash } as Record<string, string>,
  });
  page = await electron.firstWindow();
  page.on('console', (message) => {
    if (message.type() === 'error') throw new Error(message.text());
  });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.clock.setFixedTime(now);
  await installFake(page, Object.keys(channels), viewOf(stories.starting));
  await page.reload();
}

/** Shows a View and waits until it is drawn with its fonts. */
async function show(view: View): Promise<void> {
  await page.evaluate(async (next) => {
    window.fakeKiosk.show(next);
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  }, view);
}

/** What axe-core calls serious or critical. Its rules of thumb for layout regions do not fit a kiosk's single page. */
async function axeFindings(): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: runner } = window as unknown as {
      axe: {
        run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await runner.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  display = await openDisplay();
  await mkdir(out, { recursive: true });
});

test.afterAll(async () => {
  await display.stop();
});

test.describe('the screens', () => {
  test.beforeAll(() => start(''));
  test.afterAll(() => electron.close());
  for (const { title, names, size, look, place } of series) {
    test(`${title}: every state stays inside the screen and can be read and hit`, async () => {
      await page.setViewportSize(size);
      const wrong: string[] = [];
      for (const name of names) {
        const view = viewOf(stories[name], {
          look,
          ...(place === undefined ? {} : { place }),
          testBuild: place === 'desk',
          hazards: place === 'desk' ? ['noSandbox', 'softwareEmulation'] : [],
        });
        await show(view);
        const fits = (look.zoom ?? 1) === 1 && size !== tiny;
        const defects = await defectsOf(page, { fits });
        if (size === small) defects.push(...(await axeFindings()));
        wrong.push(...defects.map((defect) => `${name}: ${defect}`));
        await page.screenshot({ path: join(out, `${name}-${title}.png`) });
      }
      expect(wrong).toEqual([]);
    });
  }
});
