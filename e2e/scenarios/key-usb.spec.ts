// A key USB opens the vault without typing: no key on the keyboard.
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { usualSettings, type VaultSettings } from '../../preload/contract/ways';
import { insideVault, suspend } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

test('of two key USBs the wrong one is named, and the right one opens the vault and wakes the guest', async () => {
  const desk = await setUpVault();
  try {
    const keyUsb = join(desk.runtime, 'stick');
    mkdirSync(keyUsb);
    const args = ['vault', 'add-key-usb', keyUsb];
    await soulpadOk({ args, env: desk.env, passphrase }, z.unknown());
    const pulled = join(desk.runtime, 'pulled');
    renameSync(keyUsb, pulled);
    const another = join(desk.runtime, 'ANOTHER');
    mkdirSync(another);
    writeFileSync(join(another, 'soulpad.key'), randomBytes(64));
    const kiosk = await startKiosk(desk, ['--key', another, '--key', keyUsb]);
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: /Use a key USB/ }).click();
    await expect(kiosk.page.getByText('Tried: ANOTHER.')).toBeVisible({ timeout: 60_000 });
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    renameSync(pulled, keyUsb); // beside the wrong one, which is tried first
    await kiosk.at('live', 120_000);
    const witness = await listenToWitness(desk.serialSocket());
    expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
    witness.close();
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

test('a key USB that is plugged in while the screen asks opens the vault, and pulled it saves and locks', async () => {
  const desk = await setUpVault();
  try {
    const made = join(desk.runtime, 'made');
    mkdirSync(made);
    await soulpadOk({ args: ['keyusb', 'write', made], env: desk.env, passphrase }, z.unknown());
    const chosen: VaultSettings = { ...usualSettings, keyPulled: 'suspend' };
    await insideVault(desk, (guest) =>
      writeFileSync(join(guest, '../../settings.json'), JSON.stringify(chosen)),
    );
    const keyUsb = join(desk.runtime, 'stick');
    const kiosk = await startKiosk(desk, ['--key', keyUsb]);
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    renameSync(made, keyUsb);
    const plugged = performance.now();
    await until('the vault is open', () => vaultMounts(desk.runtime).length === 1, 120_000);
    console.log(`key USB seen to vault open: ${Math.round(performance.now() - plugged)} ms`);
    await kiosk.at('live', 120_000);
    renameSync(keyUsb, made);
    await kiosk.at('safe', 120_000);
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await kiosk.quit();
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
