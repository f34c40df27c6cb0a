// The whole unlock with one kind of hand: by keyboard alone, in a layout of one's own, and by pointer alone, on the keyboard
// on the screen. Keys and pointer go through X; the layout stays on this side: the guest gets key codes.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { pointAndClick, suspend } from '../support/acts';
import { watchMainLoop } from '../support/event-loop';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { until } from '../support/system';
import { listenToWitness } from '../support/witness';

/** XKB's AD01: Q's place on a US board, KEY_Q (0x10) to a guest. */
const qPlace = { xKeycode: '24', scanCode: 0x10 };

test('by keyboard alone: another layout, tested in the plain field, then the passphrase', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    const { page } = kiosk;
    await kiosk.at('locked');
    await expect(page.locator('#passphrase')).toBeFocused();
    desk.press('Tab', 'Tab'); // Show, then the layout
    await expect(page.getByRole('button', { name: 'Keyboard: English (US)' })).toBeFocused();
    desk.press('Return');
    await expect(page.getByRole('searchbox')).toBeFocused();
    desk.type('bepo, latin');
    await expect(page.getByRole('radio')).toHaveCount(1);
    desk.press('Tab', 'space');
    await expect(page.getByRole('radio', { name: 'Français (BEPO, Latin-9 only)' })).toBeChecked();
    desk.press('Tab');
    await expect(page.getByLabel('Try your keys here')).toBeFocused();
    desk.press(qPlace.xKeycode);
    await expect(page.getByLabel('Try your keys here')).toHaveValue('b'); // BÉPO's, not Q
    desk.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^Keyboard: Français/ })).toBeFocused();
    expect(existsSync(join(desk.home, 'preferences.json'))).toBe(false); // nobody said "remember"
    desk.press('shift+Tab', 'shift+Tab');
    await expect(page.locator('#passphrase')).toBeFocused();
    desk.type(passphrase);
    const loop = await watchMainLoop(kiosk);
    desk.press('Return');
    await kiosk.at('live');
    console.log(
      `main's event loop stood still for at most ${(await loop.longest()).toFixed(0)} ms while unlocking`,
    );

    const witness = await listenToWitness(desk.serialSocket());
    await witness.tick();
    desk.press(qPlace.xKeycode);
    await until('the guest says which key it got', () => witness.keys.length > 0);
    expect(witness.keys.map((code) => Number.parseInt(code, 16))).toContain(qPlace.scanCode);
    witness.close();
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

test('by pointer alone: language, what is remembered, and the keyboard on the screen', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    const { page } = kiosk;
    await kiosk.at('locked');
    await pointAndClick(desk, page.getByRole('button', { name: 'Language: English' }));
    await pointAndClick(desk, page.locator('.choice', { hasText: 'Français' }));
    await pointAndClick(desk, page.locator('.choice', { hasText: 'Retenir la langue' }));
    const file = join(desk.home, 'preferences.json');
    await until('the choice is written', () => existsSync(file));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ look: { language: 'fr' }, layout: null });
    await pointAndClick(desk, page.getByRole('button', { name: 'Fermer cette page' }));
    await pointAndClick(desk, page.getByRole('button', { name: 'Clavier à l’écran' }));
    const letters = page.locator('.keyboard .key');
    for (const letter of passphrase) {
      const key =
        letter === ' '
          ? letters.filter({ hasText: 'Espace' })
          : letters.filter({ hasText: new RegExp(`^${letter}$`) });
      await pointAndClick(desk, key);
    }
    await expect(page.locator('#passphrase')).toBeFocused();
    await pointAndClick(desk, page.getByRole('button', { name: 'Ouvrir', exact: true }));
    await kiosk.at('live');
    expect(readFileSync(file, 'utf8')).not.toContain(passphrase.split(' ')[0]);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});
