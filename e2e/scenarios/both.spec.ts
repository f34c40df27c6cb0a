// Passphrase and key USB together, made on the screen over a running desktop. Once the passphrase alone is removed, neither of
// the two opens the vault without the other: asked on the real screen, and of the mounts each time.
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { suspend, unlock } from '../support/acts';
import { soulpad, soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

const statusSchema = z.looseObject({ keyslots: z.array(z.looseObject({ kind: z.string() })) });
const together = 'copper meadow lighthouse thirty';

test('passphrase and key USB together open the vault, and neither of them does alone', async () => {
  test.setTimeout(480_000);
  const desk = await setUpVault();
  try {
    const keyUsb = join(desk.folder, 'KEYS');
    mkdirSync(keyUsb);
    const first = await startKiosk(desk, ['--key', keyUsb]);
    await unlock(desk, first);
    await first.at('live');
    // The dialog is the system's own; where it points is the person's act.
    await first.app.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [folder] });
    }, keyUsb);
    desk.press('super+Escape');
    const press = (name: string) =>
      first.page.getByRole('button', { name, exact: true }).click({ timeout: 60_000 });
    const said = (words: string) => first.page.getByText(words).first().waitFor({ timeout: 120_000 });
    await press('Ways in and locking');
    await first.at('ways');
    await press('Add a way in');
    await first.page.getByText('Passphrase and key USB together').click();
    await press('Go on');
    await press('Choose the key USB');
    await said('The key goes to KEYS');
    await first.page.locator('#now').fill(passphrase);
    await first.page.locator('#given').fill(together);
    await first.page.locator('#again').fill(together);
    await press('Write the key and add both');
    await said('Passphrase and key USB together open your vault.');
    expect(readdirSync(keyUsb)).toEqual(['soulpad.key']);
    expect(statSync(join(keyUsb, 'soulpad.key')).size).toBe(64);
    await said('One of them alone still opens it.');
    await press('Remove this way in'); // the first of the list: the passphrase alone
    await first.page.locator('#now').fill(together);
    await press('Remove it');
    await said('That way in is gone.');
    await said('Passphrase and key USB are both needed.');
    desk.photograph(join('out/test-results', 'both-needed.png'));
    const facts = await soulpadOk({ args: ['vault', 'status'], env: desk.env }, statusSchema);
    expect(facts.keyslots.map(({ kind }) => kind)).toEqual(['both']);
    await press('Back');
    await suspend(desk, first);
    expect(vaultMounts(desk.runtime)).toEqual([]);

    const kiosk = await startKiosk(desk, ['--key', keyUsb]);
    await kiosk.at('locked');
    const { page } = kiosk;
    const title = page.getByRole('heading', { level: 1 });
    const ready = () => page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    /** Over what was typed before. */
    const type = async (words: string): Promise<void> => {
      await ready();
      await page.locator('#passphrase').focus();
      desk.press('ctrl+a');
      desk.type(words);
      desk.press('Return');
    };
    // The key USB alone; its own coming asks nothing, since no keyslot is for it alone.
    await page.getByRole('button', { name: 'Use a key USB' }).click();
    await expect(title).toHaveText('That key does not fit this vault.', { timeout: 60_000 });
    expect(vaultMounts(desk.runtime)).toEqual([]);
    // The passphrase that was removed, with the key USB.
    await type(passphrase);
    await expect(title).toHaveText('That passphrase does not fit. Try again.', { timeout: 60_000 });
    expect(vaultMounts(desk.runtime)).toEqual([]);
    // The passphrase of the two, without the key USB.
    const pulled = join(desk.folder, 'pocket');
    renameSync(keyUsb, pulled);
    await type(together);
    await expect(page.getByRole('alert')).toContainText('No key USB was found.', { timeout: 60_000 });
    expect(vaultMounts(desk.runtime)).toEqual([]);
    renameSync(pulled, keyUsb);
    await type(together);
    await kiosk.at('live');
    expect(vaultMounts(desk.runtime)).toHaveLength(1);
    const witness = await listenToWitness(desk.serialSocket());
    expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
    witness.close();
    await suspend(desk, kiosk);

    // The command line has the same vault, and the same answers.
    const asked = { env: desk.env, passphrase: together };
    const alone = await soulpad({ args: ['vault', 'open'], ...asked });
    expect(alone.envelope.ok).toBe(false);
    const both = ['vault', 'open', '--both', '--key', keyUsb];
    await soulpadOk({ args: both, ...asked }, z.unknown());
    await until('it is open', () => vaultMounts(desk.runtime).length === 1);
    await soulpadOk({ args: ['vault', 'close'], env: desk.env }, z.unknown());
  } finally {
    await desk.end();
  }
});
