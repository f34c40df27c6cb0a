// Contact sheets of the screens that a person with a strange keyboard, a foreign language or weak sight meets first: the
// unlock screen with its ways to type, the recovery key, the keyslots, the idle lock. Languages (the pseudo-locale among them) x light, dark, strong
// contrast x two sizes, each sheet one PNG in out/pictures/sheets to be opened by a person:
//   npx playwright test -c e2e/pictures/playwright.config.ts sheets
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { pseudo } from '../../app/text/pseudo.fixture';
import { plainLayout, type StoryName, stories, viewOf } from '../../app/views.fixture';
import type { Layout } from '../../preload/contract/keyboard';
import type { Language, Look } from '../../preload/contract/view';
import { axeFindings, defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { openStage, pictures, type Stage } from './stage';

const folder = join(pictures, 'sheets');
const themes: readonly Look['theme'][] = ['light', 'dark', 'contrast'];
const sizes = [
  { width: 1024, height: 768 },
  { width: 3840, height: 2160 },
] as const;

const keyboards: Readonly<Record<Language, Layout>> = {
  en: plainLayout,
  es: { ...plainLayout, layout: 'es', description: 'Spanish', languages: ['spa'] },
  fr: { ...plainLayout, layout: 'fr', description: 'French', languages: ['fra'] },
  ar: { ...plainLayout, layout: 'ara', description: 'Arabic', languages: ['ara'] },
};

/** What is pressed on the screen before its picture. */
interface Shot {
  readonly story: StoryName;
  readonly press?: string;
}

const shots: Readonly<Record<string, Shot>> = {
  locked: { story: 'locked' },
  vaults: { story: 'vaults-with-a-copy' },
  wrong: { story: 'locked-wrong' },
  opening: { story: 'opening' },
  keys: { story: 'locked', press: '.chip >> nth=2' },
  layouts: { story: 'locked', press: '.chip >> nth=0' },
  test: { story: 'locked', press: '.chip >> nth=1' },
  recovery: { story: 'setup-recovery' },
  slots: { story: 'ways' },
  idle: { story: 'idle-locked' },
};

let display: Display;

test.beforeAll(async () => {
  display = await openDisplay();
  mkdirSync(folder, { recursive: true });
});
test.afterAll(() => display.stop());

for (const language of ['en', 'es', 'fr', 'ar', 'pseudo'] as const) {
  for (const size of sizes) {
    test(`${language}, ${size.width}x${size.height}`, async () => {
      test.setTimeout(900_000);
      const stage = await openStage(display, '');
      await stage.page.setViewportSize(size);
      const wrong: string[] = [];
      const made: string[] = [];
      for (const theme of themes) {
        for (const [name, shot] of Object.entries(shots)) {
          await show(stage, { shot, language, theme });
          const fits = shot.press === undefined && language !== 'pseudo';
          const found = [
            ...(await defectsOf(stage.page, { fits })),
            // Names for readers are not drawn, so the pseudo-locale's drawn words differ from them.
            ...(size.width === 1024 && language !== 'pseudo' ? await axeFindings(stage.page) : []),
          ];
          wrong.push(...found.map((each) => `${name} ${theme}: ${each}`));
          const file = join(folder, `part-${name}-${theme}.png`);
          await stage.page.screenshot({ path: file });
          // At once: thirty large ones together are beyond ImageMagick's own limits.
          execFileSync('mogrify', ['-resize', '640x', file]);
          made.push(file);
        }
      }
      await stage.close();
      const sheet = join(folder, `${language}-${size.width}.png`);
      const tile = `${Object.keys(shots).length}x${themes.length}`;
      execFileSync('montage', [...made, '-geometry', '+8+8', '-tile', tile, sheet]);
      for (const file of made) rmSync(file);
      expect(wrong).toEqual([]);
    });
  }
}

async function show(
  { page, show }: Stage,
  about: { readonly shot: Shot; readonly language: Language | 'pseudo'; readonly theme: Look['theme'] },
): Promise<void> {
  const { shot, theme } = about;
  const language = about.language === 'pseudo' ? 'en' : about.language;
  // Another state between, so that a panel or the keyboard of the picture before is gone.
  await show(viewOf(stories.looking, { look: { language, theme } }));
  await show(viewOf(stories[shot.story], { look: { language, theme }, keyboard: keyboards[language] }));
  if (shot.press !== undefined) {
    await page.locator(shot.press).click();
    await page
      .locator(shot.press.endsWith('=2') ? '.floor .key' : 'dialog')
      .first()
      .waitFor();
  }
  if (about.language !== 'pseudo') return;
  // The drawn sentences, not the page's own catalogue: the product has no such language.
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const nodes: Text[] = [];
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      // Names stay: SoulPad, languages, what keys write.
      const isName = node.parentElement?.closest('[lang="en"]:not(html), bdi, .keyboard bdi') !== null;
      if (!isName && /[a-z]{3}/i.test(node.data)) nodes.push(node);
    }
    Object.assign(window, { drawn: nodes });
    return nodes.map((node) => node.data);
  });
  await page.evaluate((long) => {
    const nodes: Text[] = Reflect.get(window, 'drawn');
    for (const [index, node] of nodes.entries()) node.data = long[index] ?? node.data;
  }, texts.map(pseudo));
}
