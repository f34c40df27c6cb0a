// What the hands do in the first run and in the choice of a guest, and what these screens look like between two Views: the
// phrase, the strength meter, the recovery key, the details of building. The fake kiosk answers; main's part is told in
// e2e/scenarios.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { stories, viewOf } from '../../app/views.fixture';
import type { Look } from '../../preload/contract/view';
import { axeFindings, defectsOf } from './checks';
import { type Display, openDisplay } from './display';
import { fakeKey, fakePhrase } from './fake-kiosk';
import { openStage, pictures, type Stage } from './stage';

let display: Display;
let stage: Stage;

test.beforeAll(async () => {
  display = await openDisplay();
  await mkdir(pictures, { recursive: true });
});
test.afterAll(() => display.stop());
test.beforeEach(async () => {
  stage = await openStage(display, '');
});
test.afterEach(() => stage.close());

const button = (name: string | RegExp) => stage.page.getByRole('button', { name });
const asked = async (start: string): Promise<string[]> =>
  (await stage.asked()).filter((ask) => ask.startsWith(start));

async function typed(selector: string, text: string): Promise<void> {
  await stage.page.locator(selector).focus();
  await stage.page.keyboard.insertText(text);
}

test('each language is named in itself, applies at once, and Enter goes on', async () => {
  await stage.show(viewOf(stories['setup-language']));
  await expect(stage.page.getByText('Step 1 of 5')).toBeVisible();
  await expect(stage.page.getByRole('radio', { name: 'English' })).toBeFocused();
  await stage.page.getByText('العربية').first().click();
  await expect.poll(() => asked('setLook')).toHaveLength(1);
  await stage.page.getByRole('radio', { name: 'English' }).focus();
  await stage.page.keyboard.press('Enter');
  await expect.poll(() => asked('setupNext')).toHaveLength(1);
  await expect(stage.page.getByRole('button', { name: 'Back', exact: true })).toHaveCount(0);
});

test('a drawn phrase is shown, leaves the page, and is taken only when it is typed back', async () => {
  await stage.show(viewOf(stories['setup-passphrase']));
  await expect(stage.page.getByRole('radio', { name: /Give me a phrase/ })).toBeFocused();
  await stage.page.keyboard.press('Enter');
  await expect(stage.page.getByText('marigold')).toBeVisible();
  await button('Another one').click();
  await expect.poll(() => asked('suggestPhrase')).toHaveLength(2);
  await button('I wrote them down').click();
  await expect(stage.page.locator('#phrase')).toBeFocused();
  expect(await stage.page.content()).not.toContain('marigold');
  await stage.page.keyboard.type('marigold river');
  await expect(button('Not the same words yet')).toBeVisible();
  await button('Back').click();
  await expect(stage.page.getByText('marigold')).toBeVisible();
  expect(await asked('suggestPhrase')).toHaveLength(2);
  // The title has the focus: Enter does what the one button does.
  await stage.page.keyboard.press('Enter');
  await expect(stage.page.locator('#phrase')).toBeFocused();
  await stage.page.keyboard.type(fakePhrase);
  await stage.page.keyboard.press('Enter');
  await expect.poll(() => asked('choosePassphrase')).toEqual([`choosePassphrase ${fakePhrase.length} bytes`]);
});

test('the rules of a passphrase are said in words at their edges', async () => {
  await stage.show(viewOf(stories['setup-passphrase']));
  await stage.page.getByText('I choose my own').click();
  await button('Go on').click();
  await expect(stage.page.locator('#first')).toBeFocused();
  await expect(button('At least 20 characters')).toBeVisible();
  const cases = [
    ['nineteen characters', '1 more character'],
    ['a tab\tin twenty characters', 'no key types'],
    [`half a letter \ud83d and words`, 'half a letter'],
    ['x'.repeat(10_000_000), 'too long'],
    ['é'.repeat(513), 'too long'],
  ] as const;
  for (const [text, said] of cases) {
    await stage.page.locator('#first').fill('');
    const start = Date.now();
    // As a paste does it: one edit of the focused field.
    await stage.page.locator('#first').evaluate((field: HTMLInputElement, words) => {
      field.focus();
      document.execCommand('insertText', false, words);
    }, text);
    await expect(stage.page.locator('.btn.waiting')).toContainText(said);
    expect(Date.now() - start).toBeLessThan(5_000);
  }
});

test('a passphrase of one’s own is typed twice, or once in plain sight, and the meter advises', async () => {
  await stage.show(viewOf(stories['setup-passphrase']));
  await stage.page.getByText('I choose my own').click();
  await button('Go on').click();
  await typed('#first', 'aaaaaaaaaaaaaaaaaaaaaaaaa');
  await expect(stage.page.getByText('Very easy to guess').first()).toBeVisible({ timeout: 15_000 });
  await expect(stage.page.getByText('One letter many times is easy to guess.')).toBeVisible();
  await stage.page.locator('#first').fill('quince harbour seventeen lamps');
  await expect(stage.page.getByText('Very hard to guess').first()).toBeVisible();
  await expect(button('The two are not the same yet')).toBeVisible();
  await typed('#second', 'quince harbour seventeen lamps');
  await expect(button('Keep this passphrase')).toBeVisible();
  await button('Show').first().click();
  await expect(stage.page.locator('#second')).toHaveCount(0);
  await button('Keep this passphrase').click();
  await expect.poll(() => asked('choosePassphrase')).toEqual(['choosePassphrase 30 bytes']);
  // Drawn over the field, and not left in the page.
  await expect(stage.page.locator('.letters')).toHaveText('quince harbour seventeen lamps');
  await button('Hide').first().click();
  expect((await stage.page.content()).replace(/<input[^>]*>/g, '')).not.toContain('quince');
});

test('the small desktop is the default and one press takes it; a file is asked for by main', async () => {
  await stage.show(viewOf(stories['setup-guest-asking']));
  await stage.show(viewOf(stories['setup-guest']));
  await expect(stage.page.getByRole('radio', { name: /Small Debian desktop/ })).toBeFocused();
  await stage.page.keyboard.press('Enter');
  await expect.poll(async () => (await stage.asked()).slice(-2)).toEqual(['pickGuest', 'setupNext']);
  await stage.page.locator('fieldset').getByText('A disk image I have').click();
  await button('Choose the file').click();
  await expect.poll(() => asked('pickGuest')).toHaveLength(2);
  await stage.show(viewOf(stories['setup-guest-picked']));
  await expect(stage.page.getByText(/the-pc-of-the-district-office.*disk 42/)).toBeVisible();
  await button('Go on').click();
  await expect.poll(() => asked('setupNext')).toHaveLength(2);
  await button('More choices').click();
  await expect(stage.page.getByRole('radio', { name: 'A tiny test guest' })).toBeVisible();
});

test('disk and memory can be chosen, and only where there is a choice', async () => {
  await stage.show(viewOf(stories['setup-guest']));
  await button('Disk and memory').click();
  await expect(stage.page.getByRole('radio', { name: /^Usual disk 8.6 GB, memory 2 GB/ })).toBeChecked();
  await stage.page.locator('dialog').getByText('Large').click();
  await expect.poll(() => asked('chooseGuestSize')).toHaveLength(1);
  await button('Take this size').click();
  await expect(stage.page.locator('dialog')).toHaveCount(0);
  expect(await asked('setupNext')).toEqual([]);
  await button('More choices').click();
  await stage.page.locator('fieldset').getByText('A tiny test guest').click();
  await expect(button('Disk and memory')).toHaveCount(0);
});

test('what is not possible here can be chosen to hear why, and is not taken', async () => {
  await stage.show(viewOf(stories['setup-guest-lacking']));
  await stage.page.locator('fieldset').getByText('Small Debian desktop').click();
  await expect(
    stage.page.getByRole('radio', { name: /Needs 6 GB of free disk. There is 1.4 GB/ }),
  ).toBeChecked();
  await button('Not possible here').press('Enter');
  expect(await asked('pickGuest')).toEqual([]);
});

test('the recovery key is spoken digit by digit, leaves the page, and two groups are typed back', async () => {
  await stage.show(viewOf(stories['setup-recovery'], { look: { language: 'ar' } }));
  const group = stage.page.getByRole('img', { name: '1 0 4 8 3 0' });
  await expect(group).toBeVisible();
  await expect(stage.page.locator('.shown')).toHaveCSS('direction', 'ltr');
  await stage.show(viewOf(stories['setup-recovery']));
  await expect(stage.page.getByRole('img', { name: 'Group 1: 1 0 4 8 3 0' })).toBeVisible();
  await stage.page.keyboard.press('Enter');
  await expect(stage.page.getByLabel('Group 3, 6 digits')).toBeFocused();
  expect(await stage.page.content()).not.toContain(fakeKey.slice(0, 6));
  await stage.page.keyboard.type('٧١٥٣٣٠');
  await expect(stage.page.getByLabel('Group 7, 6 digits')).toBeFocused();
  // Who comes back to correct a digit is not sent on again.
  await stage.page.getByLabel('Group 3, 6 digits').focus();
  await stage.page.keyboard.press('End');
  await stage.page.keyboard.press('Backspace');
  await stage.page.keyboard.type('٠');
  await expect(stage.page.getByLabel('Group 3, 6 digits')).toBeFocused();
  await stage.page.getByLabel('Group 7, 6 digits').focus();
  await stage.page.keyboard.type('77022');
  await expect(button('1 more digit')).toBeVisible();
  await stage.page.keyboard.type('0');
  await stage.page.keyboard.press('Enter');
  await expect.poll(() => asked('confirmRecoveryKey')).toEqual(['confirmRecoveryKey 12 bytes']);
  await expect(stage.page.getByRole('alert')).toContainText('not the ones we showed');
  await button('Back').click();
  await expect(stage.page.getByText(fakeKey.slice(0, 6))).toBeVisible();
});

test('building shows its own words on request, follows the end, and stays where it was scrolled to', async () => {
  await stage.show(viewOf(stories['setup-building']));
  const pane = stage.page.locator('.output');
  await stage.page.evaluate(() => {
    for (let line = 0; line < 300; line += 1) window.fakeKiosk.say(`unpacking package ${line} ...\n`);
  });
  await expect(pane).toBeHidden();
  await stage.page.getByText('Details').click();
  await expect(pane).toHaveValue(/package 299/);
  expect((await pane.inputValue()).split('\n')).toHaveLength(200);
  await pane.evaluate((element) => element.scrollTo(0, 40));
  await stage.page.evaluate(() => window.fakeKiosk.say('one more line\n'));
  await stage.page.waitForFunction(() => new Promise((drawn) => requestAnimationFrame(() => drawn(true))));
  expect(await pane.evaluate((element) => element.scrollTop)).toBe(40);
  expect(await pane.inputValue()).not.toContain('one more line');
});

test('stopping and leaving while building ask once, and the harmless answer has the focus', async () => {
  await stage.show(viewOf(stories['setup-building']));
  await button('Stop building').click();
  await expect(button('Go on building')).toBeFocused();
  await stage.page.keyboard.press('Enter');
  expect(await asked('cancel')).toEqual([]);
  await button('Stop building').click();
  await button('Stop and remove it').click();
  await expect.poll(() => asked('cancel')).toHaveLength(1);
  await button('Switch off').click();
  await button('Leave and remove it').click();
  await expect.poll(() => asked('switchOff')).toHaveLength(1);
  await stage.show(viewOf(stories['setup-building-late']));
  await expect(button('Stop building')).toHaveCount(0);
});

test('the guest used last is first; keys alone and the pointer alone wake another', async () => {
  await stage.show(viewOf(stories.choosing));
  await expect(stage.page.getByRole('radio').first()).toHaveAccessibleName(
    /My Debian Asleep since today 14:20/,
  );
  await expect(stage.page.getByRole('radio').first()).toBeFocused();
  await stage.page.keyboard.press('ArrowDown');
  await stage.page.keyboard.press('Enter');
  await stage.page.getByText('My Debian').first().click();
  await button('Wake My Debian').click();
  await expect.poll(() => asked('chooseGuest')).toHaveLength(2);
  await expect(stage.page.locator('canvas').first()).toHaveAttribute('width', '480');
  await stage.show(viewOf(stories['choosing-many']));
  await expect(stage.page.getByRole('radio')).toHaveCount(3);
  await expect(stage.page.getByRole('radio').first()).toHaveAccessibleName(/Radio Is awake now/);
  await button('Show 2 older desktops').click();
  await expect(stage.page.getByRole('radio')).toHaveCount(5);
});

const looks: readonly { title: string; look: Partial<Look>; size: { width: number; height: number } }[] = [
  { title: '1024-en', look: {}, size: { width: 1024, height: 768 } },
  { title: '1024-es', look: { language: 'es' }, size: { width: 1024, height: 768 } },
  { title: '1024-ar-dark', look: { language: 'ar', theme: 'dark' }, size: { width: 1024, height: 768 } },
  { title: '1024-en-contrast', look: { theme: 'contrast' }, size: { width: 1024, height: 768 } },
  { title: '1024-es-zoom150', look: { language: 'es', zoom: 1.5 }, size: { width: 1024, height: 768 } },
  { title: '3840-en-dark', look: { theme: 'dark' }, size: { width: 3840, height: 2160 } },
];

for (const { title, look, size } of looks) {
  test(`${title}: what stands between two Views stays inside the screen and can be read and hit`, async () => {
    const { page } = stage;
    await page.setViewportSize(size);
    const wrong: string[] = [];
    const take = async (name: string, fits = true): Promise<void> => {
      const found = await defectsOf(page, { fits: fits && look.zoom === undefined });
      if (size.width === 1024) found.push(...(await axeFindings(page)));
      wrong.push(...found.map((defect) => `${name}: ${defect}`));
      await page.screenshot({ path: join(pictures, `${name}-${title}.png`) });
    };
    const on = () => page.locator('.acts .btn').first().click();
    await stage.show(viewOf(stories['setup-passphrase'], { look }));
    await page.locator('.what summary').click();
    await take('setup-what', false);
    await on();
    await page.getByText('marigold').waitFor();
    await take('setup-phrase');
    await on();
    await page.keyboard.type('marigold river');
    await take('setup-phrase-typed');
    await page.locator('.acts .second').click();
    await page.locator('.acts .second').click();
    await page.locator('.guest').nth(1).click();
    await on();
    await take('setup-own-empty');
    await page.keyboard.type('abcdefgh abcdefgh abcdefgh');
    await page.locator('.strength .small:not(:empty)').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('abcdefgh');
    await take('setup-own');
    await page.locator('#first').fill('quince harbour seventeen lamps');
    await page.locator('.toggle').first().click();
    await page.locator('.strength .full').nth(3).waitFor();
    await take('setup-own-shown');
    await stage.show(viewOf(stories['setup-recovery'], { look }));
    await page.getByText(fakeKey.slice(0, 6)).waitFor();
    await take('setup-recovery-shown');
    await on();
    await take('setup-recovery-typing');
    await page.keyboard.type('111111222222');
    await on();
    await page.getByRole('alert').waitFor();
    await take('setup-recovery-wrong');
    await stage.show(viewOf(stories['setup-building'], { look }));
    await page.evaluate(() => {
      for (let line = 0; line < 60; line += 1) window.fakeKiosk.say(`Unpacking xfce4-panel (${line}) ...\n`);
    });
    await page.locator('.helper summary').click();
    await take('setup-building-details', false);
    await page.locator('.acts .second').click();
    await take('setup-building-asking', false);
    await page.keyboard.press('Escape');
    await stage.show(viewOf(stories['setup-guest-picked'], { look }));
    await page.locator('.others .quiet').last().click();
    await page.locator('dialog .choice').first().waitFor();
    await take('setup-guest-size', false);
    await page.keyboard.press('Escape');
    await stage.show(viewOf(stories['setup-guest'], { look }));
    await page.locator('.acts .quiet').click();
    // The fourth card comes on request and may ask for a scroll.
    await take('setup-guest-more', false);
    expect(wrong).toEqual([]);
  });
}
