// A stranger's first run on the real screen: from nothing to a guest that can be woken, out and back at every step,
// and back in with the paper. The guest is the tiny test guest, which is made in no time.
import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { suspend } from '../support/acts';
import { type Desk, type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase } from '../support/starting-points';
import { isAlive, until, vaultMounts } from '../support/system';

const press = (kiosk: Kiosk, name: string | RegExp) =>
  kiosk.page.getByRole('button', { name }).click({ timeout: 90_000 });
const heading = (kiosk: Kiosk, text: string) =>
  expect(kiosk.page.getByRole('heading', { level: 1 })).toHaveText(text, { timeout: 60_000 });

const titles = {
  language: 'Which language do you want to read?',
  passphrase: 'What shall open your desktop?',
  guest: 'Which desktop do you want?',
  recovery: 'Write your recovery key on paper',
  typed: 'Type two groups from your paper',
};

/** Enter goes on; the words are typed on the screen's keyboard. */
async function choosePassphrase(desk: Desk, kiosk: Kiosk): Promise<void> {
  await heading(kiosk, titles.language);
  await press(kiosk, 'Go on');
  await heading(kiosk, titles.passphrase);
  await kiosk.page.getByText('I choose my own').click();
  await press(kiosk, 'Go on');
  await kiosk.page.getByLabel('Your passphrase', { exact: true }).focus();
  desk.type(passphrase);
  await kiosk.page.getByLabel('The same passphrase again').focus();
  desk.type(passphrase);
  await press(kiosk, 'Keep this passphrase');
}

async function takeTestGuest(kiosk: Kiosk): Promise<void> {
  await heading(kiosk, titles.guest);
  await press(kiosk, 'More choices');
  await kiosk.page.locator('fieldset').getByText('A tiny test guest').click();
  await press(kiosk, 'Take the test guest');
}

/** What a person copies onto paper: eight groups. */
async function readRecoveryKey(kiosk: Kiosk): Promise<readonly string[]> {
  await heading(kiosk, titles.recovery);
  const shown = kiosk.page.locator('ol li', { hasText: /\d{6}/ });
  await expect(shown).toHaveCount(8, { timeout: 30_000 });
  return (await shown.allInnerTexts()).map((text) => /\d{6}/.exec(text)?.[0] ?? '');
}

async function typeBack(desk: Desk, kiosk: Kiosk, groups: readonly string[]): Promise<void> {
  await heading(kiosk, titles.typed);
  const fields = kiosk.page.getByLabel(/^Group \d, 6 digits$/);
  for (const field of await fields.all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
    await field.fill('');
    await field.focus();
    desk.type(groups[Number(/\d/.exec(label)?.[0]) - 1] ?? 'no group');
  }
  await press(kiosk, 'Check');
}

test('from nothing to a guest, and back in with the paper alone', async () => {
  const desk = await setUpDesk();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('setup');
    await choosePassphrase(desk, kiosk);
    await takeTestGuest(kiosk);
    const paper = await readRecoveryKey(kiosk);
    await press(kiosk, 'I wrote it down');
    await typeBack(
      desk,
      kiosk,
      paper.map((group) => `${group.slice(1)}${group.slice(0, 1)}`),
    );
    await expect(kiosk.page.getByRole('alert')).toContainText('Those digits are not the ones we showed.');
    expect(readdirSync(desk.home)).toEqual([]);
    await typeBack(desk, kiosk, paper);
    await kiosk.at('live', 120_000);
    await suspend(desk, kiosk);
    expect(vaultMounts(desk.folder)).toEqual([]);

    // The passphrase is forgotten: the paper opens it where the passphrase is asked, and the same guest wakes.
    const again = await startKiosk(desk);
    await again.at('locked');
    desk.type(paper.join('-'));
    desk.press('Return');
    await again.at('live', 120_000);
    await suspend(desk, again);
  } finally {
    await desk.end();
  }
});

test('going back and leaving at every step leaves nothing', async () => {
  const desk = await setUpDesk();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('setup');
    await choosePassphrase(desk, kiosk);
    await heading(kiosk, titles.guest);
    // The passphrase is chosen anew, never shown again.
    await press(kiosk, 'Back');
    await heading(kiosk, titles.passphrase);
    await press(kiosk, 'Back');
    await choosePassphrase(desk, kiosk);
    await takeTestGuest(kiosk);
    const paper = await readRecoveryKey(kiosk);
    await press(kiosk, 'Back');
    await takeAgain(kiosk);
    expect(await readRecoveryKey(kiosk)).toEqual(paper);
    // It ends before it can answer.
    await kiosk.page.evaluate(() => window.kiosk.switchOff()).catch(() => {});
    await until('the kiosk has ended', () => !isAlive(kiosk.pid));
    expect(readdirSync(desk.home)).toEqual([]);
  } finally {
    await desk.end();
  }
});

/** The test guest is still picked. */
async function takeAgain(kiosk: Kiosk): Promise<void> {
  await heading(kiosk, titles.guest);
  await press(kiosk, 'Take the test guest');
}
