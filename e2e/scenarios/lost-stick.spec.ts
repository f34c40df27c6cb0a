// The disaster test by screen: the vault is destroyed, and a new one is made from the repository and the paper alone. The
// person types where the backup is and the digits; the guest goes on where it was suspended, with its own nonce and count.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { newRecoveryKey } from '../../main/vault/recovery/recovery-key';
import { suspend, unlock } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { givePassphrase, heading, press } from '../support/first-run';
import { type Desk, type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { until } from '../support/system';
import { listenToWitness, type Tick } from '../support/witness';

const newPassphrase = 'harbour violet engine dozen';

test('a lost stick is made whole again from its backup and the paper, and the guest goes on', async () => {
  test.setTimeout(600_000);
  const desk = await setUpVault();
  try {
    const before = await wakeOnce(desk);
    const paper = newRecoveryKey().toString('latin1');
    const disk = join(desk.folder, 'disk');
    await backUpTo(desk, disk, paper);
    rmSync(desk.home, { recursive: true });
    mkdirSync(desk.home);

    const kiosk = await startKiosk(desk);
    await kiosk.at('setup');
    await press(kiosk, 'Bring back a backup');
    await sayWhere(desk, kiosk, 'somewhere');
    await expect(kiosk.page.getByRole('alert')).toContainText('That is no address of a backup.');
    await sayWhere(desk, kiosk, disk);
    await typePaper(desk, kiosk, newRecoveryKey().toString('latin1'));
    await expect(kiosk.page.getByRole('alert')).toContainText('This key does not open the backup.');
    expect(readdirSync(desk.home)).toEqual([]);
    await typePaper(desk, kiosk, paper);
    await heading(kiosk, 'Which moment shall come back?');
    // The picture of the moment was drawn: an empty frame is 16 dots wide.
    const picture = kiosk.page.locator('fieldset label', { hasText: 'newest' }).locator('canvas');
    await expect
      .poll(() => picture.evaluate((canvas: HTMLCanvasElement) => canvas.width), { timeout: 60_000 })
      .toBeGreaterThan(16);
    await press(kiosk, 'Bring this back');
    await givePassphrase(desk, kiosk, newPassphrase);
    await kiosk.at('live', 240_000);
    const witness = await listenToWitness(desk.serialSocket());
    const after = await witness.tick();
    witness.close();
    expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    expect(after.n).toBeGreaterThan(before.n);
    await suspend(desk, kiosk);

    // The same paper opens the new vault, and its backups go on where they were.
    const { env } = desk;
    await soulpadOk({ args: ['vault', 'open'], env, passphrase: paper }, z.unknown());
    const status = z.looseObject({ repositories: z.array(z.looseObject({ name: z.string() })) });
    const { repositories } = await soulpadOk({ args: ['backup', 'status'], env }, status);
    expect(repositories.map(({ name }) => name)).toEqual(['backup']);
    const moments = z.looseObject({ moments: z.array(z.unknown()) });
    await soulpadOk({ args: ['backup', 'run'], env }, z.unknown());
    const { moments: stored } = await soulpadOk(
      { args: ['backup', 'list', '--repository', 'backup'], env },
      moments,
    );
    expect(stored.length).toBeGreaterThan(1);
    await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  } finally {
    await desk.end();
  }
});

/** Woken and suspended once; the last that the witness said. */
async function wakeOnce(desk: VaultDesk): Promise<Tick> {
  const kiosk = await startKiosk(desk);
  await unlock(desk, kiosk);
  await kiosk.at('live', 120_000);
  const witness = await listenToWitness(desk.serialSocket());
  const tick = await witness.tick();
  witness.close();
  await suspend(desk, kiosk);
  return tick;
}

async function backUpTo(desk: Desk, repository: string, recovery: string): Promise<void> {
  const { env } = desk;
  await soulpadOk({ args: ['vault', 'open'], env, passphrase }, z.unknown());
  await soulpadOk({ args: ['backup', 'init', '--repository', repository], env, recovery }, z.unknown());
  await soulpadOk({ args: ['backup', 'run'], env }, z.unknown());
  await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
  await until('the vault is closed', () => existsSync(repository));
}

async function sayWhere(desk: Desk, kiosk: Kiosk, where: string): Promise<void> {
  await heading(kiosk, 'Where is your backup?');
  const field = kiosk.page.getByLabel('Or the address of a server');
  await field.fill('');
  await field.focus();
  desk.type(where);
  await press(kiosk, 'Go on');
}

async function typePaper(desk: Desk, kiosk: Kiosk, digits: string): Promise<void> {
  await heading(kiosk, 'Type the recovery key from your paper');
  const field = kiosk.page.getByLabel('8 groups of 6 digits');
  await field.fill('');
  await field.focus();
  desk.type(digits);
  await press(kiosk, 'Open the backup');
}
