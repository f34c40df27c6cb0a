// A stranger's first run on the real screen: from nothing to a guest that can be woken, out and back at every step,
// back in with the paper, and what stays of a build that was killed or stopped. The guest is the tiny test guest, which is
// made in no time, or a disk image that takes a while to copy.
import { closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { suspend, unlock } from '../support/acts';
import { type Desk, type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { isAlive, processes, until, vaultMounts } from '../support/system';

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

/** The system's file dialog, answered: what a person would have to press there is not ours. */
async function chooseFile(kiosk: Kiosk, kind: 'A disk image I have' | 'An installer (ISO)', file: string) {
  await heading(kiosk, titles.guest);
  await kiosk.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, file);
  await kiosk.page.locator('fieldset').getByText(kind).click();
  await press(kiosk, 'Choose the file');
}

/** Not sparse, and large enough that its copy can be caught. */
function writeImage(file: string): void {
  const piece = Buffer.alloc(8 << 20, 'soulpad');
  const image = openSync(file, 'wx');
  for (let count = 0; count < 128; count++) writeSync(image, piece);
  closeSync(image);
}

test('a killed build leaves nothing, set-up goes on at the guest, and a stopped build leaves nothing either', async () => {
  const desk = await setUpVault({ guests: 0 });
  const image = join(desk.folder, 'old laptop.img');
  writeImage(image);
  const noDisc = join(desk.folder, 'holiday.iso');
  writeFileSync(noDisc, 'photographs');
  const copying = () =>
    processes().filter(({ argv }) => argv.includes('.new-') && argv.includes(desk.runtime)).length;
  const halfMade = () =>
    vaultMounts(desk.folder).flatMap((mount) =>
      readdirSync(join(mount, 'guests')).filter((name) => name.startsWith('.new-')),
    );
  const beginBuilding = async (kiosk: Kiosk): Promise<void> => {
    await chooseFile(kiosk, 'A disk image I have', image);
    await expect(kiosk.page.getByText('old laptop.img')).toBeVisible();
    await press(kiosk, 'Go on');
    await until('the image is being copied', () => copying() > 0 && halfMade().length > 0);
  };
  try {
    const killed = await startKiosk(desk);
    await unlock(desk, killed);
    await beginBuilding(killed);
    process.kill(killed.pid, 'SIGKILL');
    await until('nothing copies any more', () => copying() === 0);
    await until('the vault is closed', () => vaultMounts(desk.folder).length === 0, 60_000);

    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await chooseFile(kiosk, 'An installer (ISO)', noDisc);
    await expect(kiosk.page.getByRole('alert')).toContainText('No desktop can be made of this file.');
    expect(halfMade()).toEqual([]);
    await beginBuilding(kiosk);
    await press(kiosk, 'Stop building');
    await press(kiosk, 'Stop and remove it');
    await heading(kiosk, titles.guest);
    expect({ copying: copying(), halfMade: halfMade() }).toEqual({ copying: 0, halfMade: [] });
    expect(existsSync(image)).toBe(true);
    await takeTestGuest(kiosk);
    await kiosk.at('live', 120_000);
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});
