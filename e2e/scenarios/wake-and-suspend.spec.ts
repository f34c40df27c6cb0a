// The whole main job, as a person does it: unlock, use the desktop, suspend, come back. The truth is asked of the
// witness inside the guest (its nonce lives only in RAM), of /proc and of the CLI, not of our screen.
import { expect, test } from '@playwright/test';
import { findStateMap } from '../../main/guest/state-map';
import { suspendByBar, suspendByHotKey } from '../support/acts';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { processes, until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

test('a guest is woken, used, suspended, and goes on from there the next time', async () => {
  const desk = await setUpVault();
  try {
    const first = await startKiosk(desk);
    await first.at('locked');
    expect(vaultMounts(desk.runtime)).toEqual([]);
    desk.type(passphrase);
    desk.press('Return');
    await first.at('live');
    // It starts with text on black, and the bar stays over it to say so.
    await until('the bar over a guest that starts', () => first.barIsShown());
    await expect((await first.bar()).getByText(/^Your desktop is starting/).first()).toBeVisible();
    const witness = await listenToWitness(desk.serialSocket());
    const before = await witness.tick();
    expect(before).toMatchObject({ ram: 'ok', disk: 'ok' });

    // Keys reach the guest, and nothing of ours.
    desk.type('marigold');
    await until('eight keys in the guest', () => witness.keys.length >= 8);
    expect(witness.keys).toEqual(['32', '1e', '13', '17', '22', '18', '26', '20']);
    expect(await first.page.evaluate(() => document.body.textContent)).not.toContain('marigold');
    expect(await first.page.locator('input').count()).toBe(0);

    // The pointer rests at the top edge: the bar comes, one click suspends.
    await suspendByBar(desk, first);
    const last = witness.last();
    witness.close();
    expect(vaultMounts(desk.runtime)).toEqual([]);
    expect(
      processes().filter(({ argv }) => argv.includes(desk.runtime) && argv.includes('qemu-system')),
    ).toEqual([]);
    await first.quit();

    // Another day. A wrong passphrase opens nothing.
    const second = await startKiosk(desk);
    await second.at('locked');
    desk.type('not the passphrase of this vault');
    desk.press('Return');
    await second.page.getByRole('heading', { name: 'That passphrase does not fit' }).waitFor();
    expect(vaultMounts(desk.runtime)).toEqual([]);
    expect(processes().filter(({ argv }) => argv.includes('gocryptfs') && argv.includes(desk.home))).toEqual(
      [],
    );

    // The right one does, after the wait; the typed words stay, so they are replaced.
    await second.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    desk.press('ctrl+a');
    desk.type(passphrase);
    desk.press('Return');
    await second.at('live');
    // The key that brings the controls is told once, and goes by itself.
    await expect((await second.bar()).getByText(/Super\+Escape/).first()).toBeVisible();
    await until('the bar is gone', async () => !(await second.barIsShown()));
    const again = await listenToWitness(desk.serialSocket());
    const after = await again.tick();
    expect(after.nonce).toBe(before.nonce);
    expect(after.n).toBeGreaterThan(last?.n ?? before.n);
    expect(after).toMatchObject({ ram: 'ok', disk: 'ok' });
    again.close();

    // The hot key covers the guest with the control page; suspend from there.
    desk.press('super+Escape');
    await second.page.getByRole('button', { name: /Suspend/ }).waitFor();
    await second.page.getByRole('button', { name: /Back to my desktop/ }).waitFor();
    await second.page.getByRole('button', { name: /Suspend/ }).click();
    await second.at('safe', 120_000);
    await second.quit();
    const timeline = await desk.timeline();
    expect(timeline.generations.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(timeline.generations.every(({ verified }) => verified)).toBe(true);
    // Where its library is built, the lazy engine is everybody's: the first moment has no RAM, the others are its own.
    const engine = findStateMap() === null ? 'full' : 'lazy';
    expect(timeline.generations.slice(1).map((each) => each.engine)).toEqual([engine, engine]);
  } finally {
    await desk.end();
  }
});

test('no viewer is alive while a secret is typed', async () => {
  const desk = await setUpVault();
  const viewers = (): number =>
    processes().filter(({ argv }) => argv.includes('remote-viewer') && argv.includes(desk.runtime)).length;
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    expect(viewers()).toBe(0);
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('live');
    expect(viewers()).toBe(1);
    await suspendByHotKey(desk, kiosk);
    expect(viewers()).toBe(0);
    await kiosk.page.getByRole('button', { name: /Wake my desktop again|Unlock again/ }).click();
    await kiosk.at('locked');
    expect(viewers()).toBe(0);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});

test('a guest that switches itself off leads to a clear screen and a closed vault', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('live');
    // It hears its power button once it has booted.
    const witness = await listenToWitness(desk.serialSocket());
    await witness.tick();
    witness.close();
    desk.press('super+Escape');
    await kiosk.page.getByRole('button', { name: /Shut the guest down/ }).click();
    await kiosk.at('safe', 60_000);
    await expect(kiosk.page.getByText('Your desktop shut itself down')).toBeVisible();
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});
