// A stranger's first run on the real screen: from nothing to a guest that can be woken, out and back at every step,
// back in with the paper, and what stays of a build that was killed or stopped. The guest is the tiny test guest, which is
// made in no time, or a disk image that takes a while to copy.
import { closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { suspend, unlock } from '../support/acts';
import {
  choosePassphrase,
  heading,
  press,
  readRecoveryKey,
  takeTestGuest,
  titles,
  typeBack,
} from '../support/first-run';
import { type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { isAlive, processes, until, vaultMounts } from '../support/system';

test('from nothing to a guest, and back in with the paper alone', async () => {
  const desk = await setUpDesk();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('setup');
    await choosePassphrase(desk, kiosk, passphrase);
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
    await choosePassphrase(desk, kiosk, passphrase);
    await heading(kiosk, titles.guest);
    // The passphrase is chosen anew, never shown again.
    await press(kiosk, 'Back');
    await heading(kiosk, titles.passphrase);
    await press(kiosk, 'Back');
    await choosePassphrase(desk, kiosk, passphrase);
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
