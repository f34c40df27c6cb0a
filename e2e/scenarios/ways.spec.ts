// What opens the vault, worked on its screen over a desktop that runs: a recovery key with its PDF, and another passphrase.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { suspend, unlock } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { vaultMounts } from '../support/system';

const statusSchema = z.looseObject({ keyslots: z.array(z.looseObject({ kind: z.string() })) });
const newPassphrase = 'velvet quarry lantern north harbour';

test('a recovery key is shown, saved, typed back and added, and so is a passphrase', async () => {
  test.setTimeout(480_000);
  const desk = await setUpVault();
  try {
    const disk = join(desk.folder, 'disk');
    mkdirSync(disk);
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('live');
    // The dialog is the system's own; where it points is the person's act.
    await kiosk.app.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
    }, disk);
    const button = (name: string) => kiosk.page.getByRole('button', { name, exact: true });
    desk.press('super+Escape');
    await button('Ways in and locking').click();
    await kiosk.at('ways');
    await button('Add a way in').click();
    await kiosk.page.getByText('A recovery key on paper').click();
    await button('Go on').click();
    const cells = kiosk.page.locator('ol.digits b');
    await expect(cells).toHaveCount(8);
    await expect(cells.first()).not.toBeEmpty();
    await expect(kiosk.page.locator('.qr svg path')).toHaveAttribute('d', /^M/);
    desk.photograph(join('out/test-results', 'ways-sheet.png'));
    await button('Save as PDF').click();
    await kiosk.page.getByText('The PDF is saved').waitFor({ timeout: 120_000 });
    const [pdf = ''] = readdirSync(disk);
    expect(readFileSync(join(disk, pdf)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(statSync(join(disk, pdf)).mode & 0o777).toBe(0o600);
    const digits = await cells.allInnerTexts();
    await button('I have it').click();
    for (const field of [0, 1]) {
      const input = kiosk.page.locator(`#group-${field}`);
      const asked = await kiosk.page.locator(`label[for="group-${field}"]`).textContent();
      await input.fill(digits[Number(/\d+/.exec(asked ?? '')?.[0]) - 1] ?? '');
    }
    await kiosk.page.locator('#now').fill(passphrase);
    await button('Add this recovery key').click();
    await kiosk.page.getByText('The new recovery key opens your vault.').waitFor({ timeout: 120_000 });

    await button('Add a way in').click();
    await kiosk.page.getByText('A passphrase', { exact: true }).click();
    await button('Go on').click();
    await kiosk.page.locator('#now').fill(`${passphrase}x`);
    await kiosk.page.locator('#given').fill(newPassphrase);
    await kiosk.page.locator('#again').fill(newPassphrase);
    await button('Add this passphrase').click();
    await kiosk.page.getByText('does not fit').first().waitFor({ timeout: 120_000 });
    desk.photograph(join('out/test-results', 'ways-wrong.png'));
    await kiosk.page.locator('#now').fill(passphrase);
    await button('Add this passphrase').click({ timeout: 60_000 });
    await kiosk.page.getByText('The new passphrase opens your vault.').waitFor({ timeout: 120_000 });
    desk.photograph(join('out/test-results', 'ways-done.png'));
    const facts = await soulpadOk({ args: ['vault', 'status'], env: desk.env }, statusSchema);
    expect(facts.keyslots.map(({ kind }) => kind)).toEqual(['passphrase', 'recovery', 'passphrase']);
    await button('Back').click();
    await suspend(desk, kiosk);
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await soulpadOk({ args: ['vault', 'open'], env: desk.env, passphrase: digits.join(' ') }, z.unknown());
    await soulpadOk({ args: ['vault', 'close'], env: desk.env }, z.unknown());
  } finally {
    await desk.end();
  }
});
