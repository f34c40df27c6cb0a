// The steps of a first run, by the keys and buttons of the screen, with the tiny test guest and a passphrase of one's own.
import { expect } from '@playwright/test';
import type { Desk, Kiosk } from './kiosk';

export const press = (kiosk: Kiosk, name: string | RegExp) =>
  kiosk.page.getByRole('button', { name }).click({ timeout: 90_000 });
export const heading = (kiosk: Kiosk, text: string) =>
  expect(kiosk.page.getByRole('heading', { level: 1 })).toHaveText(text, { timeout: 60_000 });

export const titles = {
  language: 'Which language do you want to read?',
  passphrase: 'What shall open your desktop?',
  guest: 'Which desktop do you want?',
  recovery: 'Write your recovery key on paper',
  typed: 'Type two groups from your paper',
};

/** Enter goes on; the words are typed on the screen's keyboard. */
export async function choosePassphrase(desk: Desk, kiosk: Kiosk, passphrase: string): Promise<void> {
  await heading(kiosk, titles.language);
  await press(kiosk, 'Go on');
  await givePassphrase(desk, kiosk, passphrase);
}

/** From its step on. */
export async function givePassphrase(desk: Desk, kiosk: Kiosk, passphrase: string): Promise<void> {
  await heading(kiosk, titles.passphrase);
  await kiosk.page.getByText('I choose my own').click();
  await press(kiosk, 'Go on');
  await kiosk.page.getByLabel('Your passphrase', { exact: true }).focus();
  desk.type(passphrase);
  await kiosk.page.getByLabel('The same passphrase again').focus();
  desk.type(passphrase);
  await press(kiosk, 'Keep this passphrase');
}

export async function takeTestGuest(kiosk: Kiosk): Promise<void> {
  await heading(kiosk, titles.guest);
  await press(kiosk, 'More choices');
  await kiosk.page.locator('fieldset').getByText('A tiny test guest').click();
  await press(kiosk, 'Take the test guest');
}

/** What a person copies onto paper: eight groups. */
export async function readRecoveryKey(kiosk: Kiosk): Promise<readonly string[]> {
  await heading(kiosk, titles.recovery);
  const shown = kiosk.page.locator('ol li', { hasText: /\d{6}/ });
  await expect(shown).toHaveCount(8, { timeout: 30_000 });
  return (await shown.allInnerTexts()).map((text) => /\d{6}/.exec(text)?.[0] ?? '');
}

export async function typeBack(desk: Desk, kiosk: Kiosk, groups: readonly string[]): Promise<void> {
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
