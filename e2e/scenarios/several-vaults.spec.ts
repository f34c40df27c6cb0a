// Two vaults in one home, each with its desktop: the screen asks which, by keyboard and by pointer, each opens with its own
// passphrase only, and the one used last is proposed. A copy that carries the same mark is named and not opened.
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { suspendByHotKey } from '../support/acts';
import { soulpadOk } from '../support/cli';
import { startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

const workPassphrase = 'velvet quarry harbour eleven';
const vaultSchema = z.looseObject({ uuid: z.string(), mountPoint: z.string().nullable() });

test('each of two vaults is chosen by its name and opens with its own passphrase; a copy is opened by none', async () => {
  test.setTimeout(480_000);
  const desk = await setUpVault();
  try {
    const { env } = desk;
    const atWork = ['--vault', 'Work'];
    const secret = { env, passphrase: workPassphrase };
    await soulpadOk({ args: ['vault', 'create', ...atWork], ...secret }, z.unknown());
    await soulpadOk({ args: ['vault', 'open', ...atWork], ...secret }, z.unknown());
    const add = ['guest', 'add', '--witness', '--name', 'Witness', ...atWork];
    await soulpadOk({ args: add, env }, z.unknown());
    await soulpadOk({ args: ['vault', 'close', ...atWork], env }, z.unknown());
    const work = await soulpadOk({ args: ['vault', 'status', ...atWork], env }, vaultSchema);
    const own = await soulpadOk({ args: ['vault', 'status'], env }, vaultSchema);
    const copy = join(desk.home, 'vaults', 'Old one');
    cpSync(join(desk.home, 'vault'), join(copy, 'vault'), { recursive: true });

    const kiosk = await startKiosk(desk);
    await kiosk.at('vaults');
    const { page } = kiosk;
    const card = (name: string) => page.locator('label.guest', { hasText: name });
    const goOn = page.getByRole('button', { name: 'Go on', exact: true });
    await expect(card('Work')).toContainText(`Mark ${work.uuid.slice(0, 4)} ${work.uuid.slice(4, 8)}`);
    for (const twin of ['Your first vault', 'Old one']) {
      await expect(card(twin)).toContainText('One of them is a copy, so neither is opened.');
      await card(twin).click();
      await expect(goOn).toHaveCount(0);
    }
    desk.photograph(join('out/test-results', 'vaults-with-a-copy.png'));
    rmSync(copy, { recursive: true });
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect(card('Old one')).toHaveCount(0);
    expect(vaultMounts(desk.runtime)).toEqual([]);

    // By keyboard alone: the second of the two.
    await expect(page.getByRole('radio', { name: /^Your first vault/ })).toBeFocused();
    desk.press('Down');
    await expect(page.getByRole('radio', { name: /^Work/ })).toBeChecked();
    desk.photograph(join('out/test-results', 'vaults.png'));
    desk.press('Return');
    await kiosk.at('locked');
    await expect(page.getByText('Vault: Work, mark')).toBeVisible();
    desk.type(passphrase); // of the other one
    desk.press('Return');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('That passphrase does not fit');
    expect(vaultMounts(desk.runtime)).toEqual([]);
    await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    desk.press('ctrl+a');
    desk.type(workPassphrase);
    desk.press('Return');
    await kiosk.at('live');
    expect(vaultMounts(desk.runtime)).toEqual([await mountPointOf(atWork)]);
    const first = await witnessNonce();
    await suspendByHotKey(desk, kiosk);

    // The one used last is proposed; the other one by pointer alone, and it is remembered from there.
    await kiosk.pressButton('Wake my desktop again');
    await kiosk.at('locked');
    await expect(kiosk.page.getByText('Vault: Work, mark')).toBeVisible();
    expect(existsSync(join(desk.home, 'preferences.json'))).toBe(false); // nobody said "remember"
    await kiosk.page.getByRole('button', { name: 'Language: English' }).click();
    await kiosk.page.getByText('Remember language, look, keyboard and last vault').click();
    await kiosk.page.getByRole('button', { name: 'Close this page' }).click();
    await kiosk.pressButton('Another vault');
    await kiosk.at('vaults');
    await kiosk.pressButton('Go on');
    await kiosk.at('locked');
    await expect(kiosk.page.getByText('Vault: Your first vault, mark')).toBeVisible();
    await expect(kiosk.page.locator('#passphrase')).toBeFocused();
    desk.type(passphrase);
    await kiosk.pressButton('Unlock');
    await kiosk.at('live');
    expect(vaultMounts(desk.runtime)).toEqual([await mountPointOf([])]);
    expect(await witnessNonce()).not.toBe(first);
    await suspendByHotKey(desk, kiosk);
    const kept = readFileSync(join(desk.home, 'preferences.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ vault: own.uuid });
    await kiosk.quit();
    expect(vaultMounts(desk.runtime)).toEqual([]);

    const later = await startKiosk(desk);
    await later.at('locked');
    await expect(later.page.getByText('Vault: Your first vault, mark')).toBeVisible();
    await later.quit();

    async function mountPointOf(which: readonly string[]): Promise<string | null> {
      return (await soulpadOk({ args: ['vault', 'status', ...which], env }, vaultSchema)).mountPoint;
    }
    async function witnessNonce(): Promise<string> {
      const socket = await until('a witness', () => {
        const found = desk.serialSocket();
        return existsSync(found) ? found : null;
      });
      const witness = await listenToWitness(socket);
      const { nonce, ram, disk } = await witness.tick();
      expect({ ram, disk }).toEqual({ ram: 'ok', disk: 'ok' });
      witness.close();
      return nonce;
    }
  } finally {
    await desk.end();
  }
});
