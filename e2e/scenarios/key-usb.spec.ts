// A key USB opens the vault without typing: one press, no key on the keyboard.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { suspend } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

test('the key file on a key USB opens the vault and wakes the guest', async () => {
  const desk = await setUpVault();
  try {
    const keyUsb = join(desk.runtime, 'stick');
    mkdirSync(keyUsb);
    const args = ['vault', 'add-key-usb', keyUsb];
    await soulpadOk({ args, env: desk.env, passphrase }, z.unknown());
    const kiosk = await startKiosk(desk, ['--key', keyUsb]);
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: /Use a key USB/ }).click();
    await kiosk.at('live');
    const witness = await listenToWitness(desk.serialSocket());
    expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
    witness.close();
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

test('without a key USB the screen says so and nothing opens', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: /Use a key USB/ }).click();
    await expect(kiosk.page.getByRole('alert')).not.toBeEmpty();
    await kiosk.at('locked');
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});
