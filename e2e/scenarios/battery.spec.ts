// The battery of this PC runs empty and nobody does anything: the desktop is saved and the vault closed, it wakes as it was,
// and who wakes it on the empty battery is told, not sent back.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { suspend, unlock } from '../support/acts';
import { startKiosk } from '../support/kiosk';
import { setUpVault } from '../support/starting-points';
import { until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

test('an almost empty battery puts the desktop to sleep, and it wakes as it was', async () => {
  const desk = await setUpVault();
  const supplies = join(desk.folder, 'batteries');
  const battery = (status: 'Discharging' | 'Charging', percent: number): void => {
    const said = { type: 'Battery', capacity: percent, status };
    mkdirSync(join(supplies, 'BAT0'), { recursive: true });
    for (const [file, value] of Object.entries(said)) {
      writeFileSync(join(supplies, 'new'), `${value}\n`);
      renameSync(join(supplies, 'new'), join(supplies, 'BAT0', file));
    }
  };
  try {
    battery('Discharging', 50);
    const kiosk = await startKiosk(desk, [`--batteries=${supplies}`]);
    await unlock(desk, kiosk);
    await kiosk.at('live');
    const witness = await listenToWitness(desk.serialSocket());
    const before = await witness.tick();

    battery('Discharging', 5);
    await kiosk.at('suspending');
    const why = kiosk.page.getByText('The battery is almost empty, so your desktop goes to sleep now.');
    await why.first().waitFor();
    expect(await kiosk.page.getByRole('button', { name: 'Cancel and keep working' }).count()).toBe(0);
    await kiosk.at('safe', 120_000);
    await kiosk.page.getByText(/went to sleep by itself/).waitFor();
    const last = witness.last();
    witness.close();
    expect(vaultMounts(desk.runtime)).toEqual([]);

    await kiosk.pressButton('Wake my desktop again');
    await unlock(desk, kiosk);
    await kiosk.at('live');
    const bar = await kiosk.bar();
    await until('the bar that tells of the battery', () => kiosk.barIsShown());
    await bar
      .getByText(/^The battery is almost empty. Plug this PC in/)
      .first()
      .waitFor();
    const again = await listenToWitness(desk.serialSocket());
    const after = await again.tick();
    expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    expect(after.n).toBeGreaterThan(last?.n ?? before.n);
    again.close();
    expect(await kiosk.story()).toBe('live');

    battery('Charging', 5);
    await expect(bar.getByText(/^The battery is almost empty/)).toHaveCount(0, { timeout: 30_000 });
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});
