// A person goes back to an older moment and forward again. The witness's counter says which moment really woke, its nonce
// that it is the same memory; the CLI says that nothing was thrown away.
import { expect, test } from '@playwright/test';
import { unlock } from '../support/acts';
import { type Desk, type Kiosk, startKiosk } from '../support/kiosk';
import { setUpVault, type VaultDesk } from '../support/starting-points';
import { listenToWitness, type Tick } from '../support/witness';

test('two suspends are two moments: back to the older one, and forward again', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    const first = await tickOnceAwake(desk, kiosk);
    await toMoments(desk, kiosk);
    // The guest before it was ever suspended is there too.
    await expect(kiosk.page.getByRole('radio')).toHaveCount(2);

    // The present one has the focus and wakes at once.
    desk.press('Return');
    const second = await tickOnceAwake(desk, kiosk, (tick) => tick.n > first.n + 5);
    expect(second.nonce).toBe(first.nonce);
    await toMoments(desk, kiosk);
    await expect(kiosk.page.getByRole('radio')).toHaveCount(3);
    await expect(kiosk.page.locator('.guest').first()).toContainText('wakes next');

    // Cancel once while it asks: nothing happens.
    desk.press('Down', 'Return');
    const dialog = kiosk.page.getByRole('dialog');
    await expect(dialog).toContainText('Going back deletes nothing');
    desk.press('Escape');
    await expect(dialog).toHaveCount(0);
    await kiosk.page.getByRole('button', { name: /^Go back to/ }).click();
    desk.press('Tab', 'Return');
    const back = await tickOnceAwake(desk, kiosk);
    expect(back.nonce).toBe(first.nonce);
    expect(back.n).toBeLessThan(second.n);
    expect(back).toMatchObject({ ram: 'ok', disk: 'ok' });

    // A third moment is saved from there; the second one is still in the list, and it is woken.
    await toMoments(desk, kiosk);
    await expect(kiosk.page.getByRole('radio')).toHaveCount(4);
    await kiosk.page.locator('.guest').nth(1).click();
    await kiosk.page.getByRole('button', { name: /^Go back to/ }).click();
    desk.press('Tab', 'Return');
    const forward = await tickOnceAwake(desk, kiosk);
    expect(forward.nonce).toBe(first.nonce);
    expect(forward.n).toBeGreaterThan(second.n);
    expect(forward).toMatchObject({ ram: 'ok', disk: 'ok' });

    await toMoments(desk, kiosk);
    await kiosk.page.getByRole('button', { name: 'Close', exact: true }).click();
    await kiosk.at('safe', 60_000);
    await kiosk.quit();
    const timeline = await desk.timeline();
    expect(timeline.generations.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
    expect(timeline.generations.every(({ verified }) => verified)).toBe(true);
    expect(timeline.current).toBe(4);
  } finally {
    await desk.end();
  }
});

test('a suspend is cancelled on the screen while it saves, and the guest goes on', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    const before = await tickOnceAwake(desk, kiosk);
    desk.press('super+Escape');
    await kiosk.page.evaluate(() => {
      // As soon as the button is there: the witness is saved in less time than a person needs.
      new MutationObserver(() => {
        const buttons = [...document.querySelectorAll('button')];
        const cancel = buttons.find((each) => each.textContent.includes('Cancel and keep working'));
        if (cancel !== undefined) document.documentElement.dataset.cancelled = 'yes';
        cancel?.click();
      }).observe(document.body, { childList: true, subtree: true });
    });
    await kiosk.page.getByRole('button', { name: /Suspend/ }).click();
    await kiosk.page.waitForSelector('[data-cancelled="yes"]', { state: 'attached', timeout: 60_000 });
    const after = await tickOnceAwake(desk, kiosk, (tick) => tick.n > before.n);
    expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});

async function tickOnceAwake(desk: VaultDesk, kiosk: Kiosk, wanted?: (tick: Tick) => boolean): Promise<Tick> {
  await kiosk.at('live', 120_000);
  const witness = await listenToWitness(desk.serialSocket());
  const tick = await witness.tick(wanted);
  witness.close();
  return tick;
}

/** From the desktop: it is saved, and its moments are shown. */
async function toMoments(desk: Desk, kiosk: Kiosk): Promise<void> {
  desk.press('super+Escape');
  await kiosk.page.getByRole('button', { name: /Saved moments/ }).click();
  await kiosk.at('timeline', 120_000);
  await kiosk.page.getByRole('heading', { name: 'Which moment do you want back?' }).waitFor();
}
