// The first run as a person does it, with the screen's own keyboard and pointer, photographed step by step. The drawn phrase and the
// recovery key are read off the screen, as a person reads them to write them down; they are of a vault that is thrown
// away with the desk.
import { expect } from '@playwright/test';
import type { Desk, Kiosk } from '../support/kiosk';
import { until } from '../support/system';
import type { Album } from './album';

/** Longer than a screen's change (900 ms). */
const settledMs = 1_200;

export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, settledMs)); // what moves on the screen is what is waited for
}

/** Until the guest is being built. Answers with the phrase and which guest set-up gave. */
export async function firstRun(stage: {
  readonly desk: Desk;
  readonly kiosk: Kiosk;
  readonly album: Album;
}): Promise<{ readonly phrase: string; readonly guest: 'desktop' | 'witness' }> {
  const { desk, kiosk, album } = stage;
  const { page } = kiosk;
  const heading = (name: string) => page.getByRole('heading', { level: 1, name });
  const photograph = async (name: string, caption: string): Promise<void> => {
    await settle();
    album.take(name, caption);
  };

  await heading('Which language do you want to read?').waitFor();
  await photograph('language', 'The first screen: which language');
  desk.press('Return');

  await heading('What shall open your desktop?').waitFor();
  await photograph('passphrase', 'What shall open it');
  desk.press('Return');
  await page.getByRole('button', { name: 'I wrote them down' }).waitFor();
  const phrase = (await page.locator('ol.shown.phrase b').allInnerTexts()).join(' ');
  await photograph('phrase', 'A phrase, to be written on paper');
  await kiosk.pressButton('I wrote them down');
  await heading('Type your phrase once').waitFor();
  desk.type(phrase);
  await page.getByRole('button', { name: 'Keep this passphrase' }).waitFor();
  await photograph('phrase-typed', 'The phrase is typed back once');
  desk.press('Return');

  await heading('Which desktop do you want?').waitFor();
  // What a desktop would download is asked of the package sources first.
  await page
    .locator('label.guest')
    .first()
    .waitFor({ timeout: 5 * 60_000 });
  const guest = await choose(kiosk);
  await photograph('guest', 'Which desktop');
  await kiosk.pressButton(guest === 'desktop' ? 'Take this desktop' : 'Take the test guest');

  await page.getByRole('button', { name: 'I wrote it down' }).waitFor();
  const groups = await page.locator('ol.shown.digits b').allInnerTexts();
  await photograph('recovery', 'The recovery key, for another paper');
  await kiosk.pressButton('I wrote it down');
  await heading('Type two groups from your paper').waitFor();
  for (const label of await page.locator('.digits-row label').allInnerTexts()) {
    const digits = groups[Number(/\d+/.exec(label)?.[0]) - 1];
    expect(digits, label).toMatch(/^\d{6}$/);
    desk.type(digits ?? '');
  }
  await page.getByRole('button', { name: 'Check' }).waitFor();
  await photograph('recovery-typed', 'Two of its groups are typed back');
  desk.press('Return');
  return { phrase, guest };
}

/** The desktop where it can be had, else the test guest, which is asked for by SOULPAD_TOUR_GUEST=witness. */
async function choose(kiosk: Kiosk): Promise<'desktop' | 'witness'> {
  const desktop = kiosk.page.locator('label.guest', { hasText: 'Small Debian desktop' });
  const possible = (await desktop.isVisible()) && (await desktop.locator('.cannot').count()) === 0;
  if (possible && process.env.SOULPAD_TOUR_GUEST !== 'witness') return 'desktop';
  await chooseWitness(kiosk);
  return 'witness';
}

async function chooseWitness({ page }: Kiosk): Promise<void> {
  const witness = page.locator('label.guest', { hasText: 'A tiny test guest' });
  const more = page.getByRole('button', { name: 'More choices' });
  await until('the test guest is offered', async () => {
    if (await witness.isVisible()) return true;
    if (await more.isVisible()) await more.click();
    return false;
  });
  await witness.click();
}
