// What the person's hands do on the screens, in a real browser engine with the fake kiosk behind: focus, typed secrets,
// waiting, showing and hiding. What main does with the asks is told in e2e/scenarios.
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { stories, viewOf } from '../../app/views.fixture';
import type { Look } from '../../preload/contract/view';
import { axeFindings, defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { openStage, pictures, type Stage } from './stage';

async function checkPanel({ page }: Stage, name: string): Promise<void> {
  await page.setViewportSize({ width: 1024, height: 768 });
  const defects = [...(await defectsOf(page, { fits: false })), ...(await axeFindings(page))];
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  expect(defects).toEqual([]);
}

const words = 'marigold river lantern seven';
let display: Display;
let stage: Stage;

test.beforeAll(async () => {
  display = await openDisplay();
});
test.afterAll(() => display.stop());
test.beforeEach(async () => {
  stage = await openStage(display, '');
  await stage.show(viewOf(stories.locked));
});
test.afterEach(() => stage.close());

test('the field has the focus, and Enter hands the words over as NFC bytes', async () => {
  const field = stage.page.getByLabel('Passphrase');
  await expect(field).toBeFocused();
  await field.fill('e\u0301tude'); // one letter more than its NFC form has bytes for
  await stage.page.keyboard.press('Enter');
  await expect.poll(stage.asked).toContain('unlock 6 bytes');
});

test('a wrong passphrase keeps the typed words, says so at once and takes no try while waiting', async () => {
  const field = stage.page.getByLabel('Passphrase');
  await stage.page.keyboard.type(words);
  await stage.show(viewOf(stories.opening));
  await expect(field).not.toBeEditable();
  await stage.show(viewOf(stories['locked-wrong']));
  await expect(field).toHaveValue(words);
  await expect(field).toBeFocused();
  await expect(stage.page.getByRole('alert')).toContainText('That passphrase does not fit');
  await expect(stage.page.getByRole('button', { name: 'Try again in' })).toBeVisible();
  await stage.page.keyboard.press('Enter');
  expect((await stage.asked()).filter((ask) => ask.startsWith('unlock'))).toEqual([]);
});

test('no key found keeps the typed words, is said aloud and gives the focus back to the field', async () => {
  const field = stage.page.getByLabel('Passphrase');
  await stage.page.keyboard.type(words);
  await stage.page.getByRole('button', { name: 'Use a key USB' }).click();
  await stage.show(viewOf(stories['locked-looking-for-key']));
  await expect(stage.page.getByRole('button', { name: 'Looking for a key USB' })).toBeVisible();
  await stage.show(viewOf(stories['locked-no-key']));
  await expect(field).toHaveValue(words);
  await expect(field).toBeFocused();
  await expect(stage.page.getByRole('alert')).toContainText('No key USB was found');
});

test('the typed words are gone from the page once the vault is open', async () => {
  await stage.page.keyboard.type(words);
  const input = await stage.page.getByLabel('Passphrase').elementHandle();
  await stage.show(viewOf(stories.opening));
  await stage.show(viewOf(stories.resuming));
  expect(await input?.evaluate((element) => (element as HTMLInputElement).value)).toBe('');
  expect(await stage.page.content()).not.toContain('marigold');
});

test('Ctrl+H shows the words and hides them again; they hide themselves after 20 seconds', async () => {
  const field = stage.page.locator('#passphrase');
  await stage.page.keyboard.type(words);
  await expect(field).toHaveAttribute('type', 'password');
  await stage.page.keyboard.press('Control+h');
  await expect(stage.page.locator('.letters')).toHaveText(words);
  await stage.page.keyboard.press('Control+h');
  await expect(stage.page.locator('.letters')).toHaveCount(0);
  await expect(field).toHaveValue(words);
  await stage.page.clock.install();
  await stage.page.getByRole('button', { name: 'Show' }).click();
  await expect(stage.page.locator('.letters')).toHaveText(words);
  await stage.page.clock.fastForward(20_500);
  await expect(stage.page.locator('.letters')).toHaveCount(0);
});

test('shown words are corrected where they are pressed, by pointer and keys, and the field stays a password field', async () => {
  const field = stage.page.getByLabel('Passphrase');
  const letters = stage.page.locator('.letters');
  await stage.page.keyboard.type('marigold rver lantern');
  await stage.page.getByRole('button', { name: 'Show' }).click();
  await expect(letters).toHaveText('marigold rver lantern');
  // Between the r and the v.
  const at = await letters.evaluate((over) => {
    const [text] = over.childNodes;
    const range = document.createRange();
    range.setStart(text ?? over, 'marigold r'.length);
    const { left, top, height } = range.getBoundingClientRect();
    return { x: left, y: top + height / 2 };
  });
  await stage.page.mouse.click(at.x, at.y);
  await expect(field).toBeFocused();
  await stage.page.keyboard.type('i');
  await expect(letters).toHaveText('marigold river lantern');
  await stage.page.keyboard.press('Shift+Home');
  await expect(letters.locator('mark')).toHaveText('marigold ri');
  await checkPanel(stage, 'shown-words');
  await stage.page.keyboard.press('End');
  await stage.page.keyboard.type(' and many more words than such a field is wide at this size of the screen');
  // Longer than the field: the caret stays in sight.
  const [seen, caret] = await Promise.all([letters.boundingBox(), letters.locator('i').boundingBox()]);
  expect((caret?.x ?? 0) - (seen?.x ?? 0)).toBeGreaterThan(0);
  expect((caret?.x ?? 0) - (seen?.x ?? 0)).toBeLessThanOrEqual((seen?.width ?? 0) + 1);
  await expect(field).toHaveAttribute('type', 'password');
  await stage.page.getByRole('button', { name: 'Hide' }).click();
  await expect(letters).toHaveCount(0);
});

test.describe('motion', () => {
  /** The times, above none, that something took to move or fade on the way through a person's day. */
  const moved = async (motion: Look['motion'], system: 'reduce' | 'no-preference'): Promise<number[]> => {
    // First what the person chose: the screen that stands already begins anew when the system changes its mind.
    await stage.show(viewOf(stories.locked, { look: { motion } }));
    await stage.page.emulateMedia({ reducedMotion: system });
    await stage.page.evaluate(() => {
      const heard: number[] = [];
      Object.assign(window, { heardMotion: heard });
      const hear = (what: 'animationDuration' | 'transitionDuration') => (event: Event) => {
        if (event.target instanceof Element)
          heard.push(Number.parseFloat(getComputedStyle(event.target)[what]));
      };
      document.addEventListener('animationstart', hear('animationDuration'));
      document.addEventListener('transitionrun', hear('transitionDuration'));
    });
    for (const name of ['opening', 'resuming', 'live-controls', 'suspending', 'safe'] as const) {
      await stage.show(viewOf(stories[name], { look: { motion } }));
      await stage.page.locator('button').last().hover();
    }
    const heard = await stage.page.evaluate(() => Reflect.get(window, 'heardMotion'));
    return heard.filter((seconds: number) => seconds > 0);
  };

  test('shows that something else came, where nobody minds it', async () => {
    expect((await moved('system', 'no-preference')).length).toBeGreaterThan(0);
  });

  test('is none where the system wants none', async () => {
    expect(await moved('system', 'reduce')).toEqual([]);
  });

  test('is none where the person chose none', async () => {
    expect(await moved('still', 'no-preference')).toEqual([]);
  });
});

test('another language keeps the typed words', async () => {
  await stage.page.keyboard.type(words);
  await stage.show(viewOf(stories.locked, { look: { language: 'ar' } }));
  await expect(stage.page.locator('#passphrase')).toHaveValue(words);
  await expect(stage.page.locator('html')).toHaveAttribute('dir', 'rtl');
});

test('Caps Lock is said in words', async () => {
  await stage.page.locator('#passphrase').evaluate((element) => {
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true, bubbles: true }));
  });
  await expect(stage.page.getByRole('heading', { name: 'Caps Lock is on' })).toBeVisible();
  await expect(stage.page.getByRole('status')).toHaveText('Caps Lock is on');
});

test('on a fault the first exit has the focus; on other screens the title has it', async () => {
  await stage.show(viewOf(stories['fault-damaged']));
  await expect(stage.page.getByRole('button', { name: 'Close the vault' })).toBeFocused();
  await expect(stage.page.getByRole('alert')).toContainText('did not pass the check');
  await stage.show(viewOf(stories.safe));
  await expect(stage.page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('going back asks first, says that nothing is deleted, and the harmless answer has the focus', async () => {
  const { page } = stage;
  await stage.show(viewOf(stories.timeline));
  await expect(page.getByRole('radio', { name: /Today 14:20/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /Today 09:05/ })).toBeChecked();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Go back to today 09:05?' });
  await expect(dialog.getByRole('button', { name: 'Stay here' })).toBeFocused();
  await expect(dialog).toContainText('today 14:20 stays here');
  await checkPanel(stage, 'timeline-go-back');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(await stage.asked()).not.toContain('wakeMoment');
  await page.getByRole('radio', { name: /Today 09:05/ }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(stage.asked).toContain('wakeMoment');
});

test('the moment that wakes next wakes at once', async () => {
  await stage.show(viewOf(stories.timeline));
  await stage.page.keyboard.press('Enter');
  await expect.poll(stage.asked).toContain('wakeMoment');
});

for (const language of ['en', 'es', 'fr', 'ar'] as const) {
  test(`making room tells what goes before it takes anything, ${language}`, async () => {
    const { page } = stage;
    await stage.show(viewOf(stories.timeline, { look: { language } }));
    await page.locator('.acts .btn.second').first().click();
    await expect(page.getByRole('dialog').locator('.btn').first()).toBeFocused();
    await expect(page.getByRole('dialog')).toContainText(/340|٣٤٠/);
    await checkPanel(stage, `timeline-make-room-${language}`);
    expect(await stage.asked()).not.toContain('makeRoom');
    await page.getByRole('dialog').locator('.btn').last().click();
    await expect.poll(stage.asked).toContain('makeRoom');
  });
}

test('long work is said by its stages', async () => {
  await stage.show(viewOf(stories.resuming));
  await expect(stage.page.getByRole('status')).toHaveText('Bringing back your programs');
});
