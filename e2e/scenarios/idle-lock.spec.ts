// Nobody is there: the desktop locks, its viewer is gone while the passphrase is typed, and it comes back as it was.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { VaultSettings } from '../../preload/contract/ways';
import { insideVault, suspend, unlock } from '../support/acts';
import { type Desk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { processes, until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

const soon: VaultSettings = { idleSeconds: 5, idleAct: 'lock', keyPulled: 'nothing' };

function viewers(desk: Desk): number {
  return processes().filter(
    ({ argv }) => argv.includes('remote-viewer --kiosk') && argv.includes(desk.runtime),
  ).length;
}

test('a desktop that nobody touches locks, and is back as it was after the passphrase', async () => {
  const desk = await setUpVault();
  try {
    await insideVault(desk, (guest) =>
      writeFileSync(join(guest, '../../settings.json'), JSON.stringify(soon)),
    );
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('live');
    expect(viewers(desk)).toBe(1);
    const witness = await listenToWitness(desk.serialSocket());

    await kiosk.at('idleLocked');
    expect(viewers(desk)).toBe(0);
    desk.type(`${passphrase}x`);
    desk.press('Return');
    await kiosk.page.getByRole('heading', { name: 'That passphrase does not fit' }).waitFor();
    expect(viewers(desk)).toBe(0);
    await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    // Behind the lock it went on: `lock` stops nothing.
    await witness.tick();
    desk.press('ctrl+a');
    desk.type(passphrase);
    const [vault] = vaultMounts(desk.runtime);
    const paused: VaultSettings = { ...soon, idleAct: 'pause' };
    writeFileSync(join(vault ?? '', 'settings.json'), JSON.stringify(paused));
    desk.press('Return');
    await kiosk.at('resuming');
    const proved = performance.now();
    await kiosk.at('live');
    const back = performance.now() - proved;
    test
      .info()
      .annotations.push({ type: 'ms from the right passphrase to the desktop', description: `${back}` });
    console.log(`the desktop was back ${Math.round(back)} ms after the passphrase was right`);
    await until('a viewer', () => viewers(desk) === 1);
    expect(witness.missed()).toBe(0);

    await kiosk.at('idleLocked');
    await kiosk.page.getByText('Your programs stand still').first().waitFor();
    await until('the witness stands still', async () => {
      const before = witness.last()?.n;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return witness.last()?.n === before;
    });
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('live');
    expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
    expect(witness.missed()).toBe(0);
    witness.close();
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});
