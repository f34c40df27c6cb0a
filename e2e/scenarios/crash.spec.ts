// Electron draws, it is not life support: whatever of ours is killed, the guest counts on and is shown again.
import { expect, test } from '@playwright/test';
import { suspendByHotKey, unlock } from '../support/acts';
import { type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { isAlive, processes, until, vaultMounts } from '../support/system';
import { listenToWitness, type Tick } from '../support/witness';

async function wake(desk: VaultDesk): Promise<Kiosk> {
  const kiosk = await startKiosk(desk);
  await kiosk.at('locked');
  desk.type(passphrase);
  desk.press('Return');
  await kiosk.at('live');
  return kiosk;
}

async function tickOf(desk: VaultDesk): Promise<Tick> {
  const witness = await listenToWitness(desk.serialSocket());
  const tick = await witness.tick();
  witness.close();
  return tick;
}

function pidOf(desk: VaultDesk, word: string): number {
  const found = processes().find(({ argv }) => argv.includes(word) && argv.includes(desk.runtime));
  if (found === undefined) throw new Error(`no ${word} of this desk is running`);
  return found.pid;
}

test('kill -9 of main: the next start shows the same QEMU, the counter never stopped, suspend works', async () => {
  const desk = await setUpVault();
  try {
    const first = await wake(desk);
    const qemu = pidOf(desk, 'qemu-system');
    const witness = await listenToWitness(desk.serialSocket());
    const before = await witness.tick();
    process.kill(first.pid, 'SIGKILL');
    await until('main is gone', () => !isAlive(first.pid));
    const meanwhile = await witness.tick((tick) => tick.n > before.n + 1);
    expect(meanwhile.nonce).toBe(before.nonce);

    const second = await startKiosk(desk);
    await second.at('live');
    expect(pidOf(desk, 'qemu-system')).toBe(qemu);
    const after = await witness.tick();
    expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    expect(witness.missed()).toBe(0);
    witness.close();
    await suspendByHotKey(desk, second);
    await second.quit();
  } finally {
    await desk.end();
  }
});

test('kill -9 of the renderer: the page comes back by itself, the guest counts on', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await wake(desk);
    const qemu = pidOf(desk, 'qemu-system');
    const witness = await listenToWitness(desk.serialSocket());
    const before = await witness.tick();
    const renderer = await kiosk.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => contents.getOSProcessId()),
    );
    for (const pid of new Set(renderer)) process.kill(pid, 'SIGKILL');
    await until('the renderers are gone', () => renderer.every((pid) => !isAlive(pid)));
    await witness.tick((tick) => tick.n > before.n + 1);
    expect(pidOf(desk, 'qemu-system')).toBe(qemu);
    expect(witness.missed()).toBe(0);
    witness.close();
    // A fresh page, on the hot key, knows the story: suspend from it.
    desk.press('super+Escape');
    await until('a new page that draws the story', async () => (await kiosk.story()) === 'live');
    await kiosk.pressButton('Suspend');
    await until('the last screen', async () => (await kiosk.story()) === 'safe', 120_000);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});

test('kill -9 of the keeper: the same QEMU goes on under a new one, suspend works', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await wake(desk);
    const qemu = pidOf(desk, 'qemu-system');
    const keeper = pidOf(desk, 'keeper.cjs');
    process.kill(keeper, 'SIGKILL');
    await until('a new keeper', () => {
      const found = processes().find(
        ({ argv }) => argv.includes('keeper.cjs') && argv.includes(desk.runtime),
      );
      return found !== undefined && found.pid !== keeper;
    });
    expect(pidOf(desk, 'qemu-system')).toBe(qemu);
    await suspendByHotKey(desk, kiosk);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});

test('kill -9 of QEMU: a clear screen, then the choice after a crash, and the moment suspended before wakes', async () => {
  const desk = await setUpVault();
  try {
    const first = await wake(desk);
    const before = await tickOf(desk);
    await suspendByHotKey(desk, first);
    await first.page.getByRole('button', { name: /Wake my desktop again|Unlock again/ }).click();
    await unlock(desk, first);
    await first.at('live');
    process.kill(pidOf(desk, 'qemu-system'), 'SIGKILL');
    await first.at('fault');
    await first.page.getByRole('button', { name: /Wake it again/ }).click();
    await first.at('afterCrash');
    await first.page.getByRole('button', { name: /Exactly as it was/ }).click();
    await first.at('live');
    expect(await tickOf(desk)).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    await suspendByHotKey(desk, first);
    await first.quit();
    expect(vaultMounts(desk.runtime)).toEqual([]);
  } finally {
    await desk.end();
  }
});

test('kill -9 of main with nothing running leaves no mount behind', async () => {
  const desk = await setUpVault({ guests: 2 });
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('choosing');
    expect(vaultMounts(desk.runtime)).toHaveLength(1);
    process.kill(kiosk.pid, 'SIGKILL');
    await until('the vault is closed', () => vaultMounts(desk.runtime).length === 0);
  } finally {
    await desk.end();
  }
});

test('a second kiosk on the same vault is told who has it', async () => {
  const desk = await setUpVault();
  try {
    const first = await wake(desk);
    const elsewhere = await setUpDesk();
    const second = await startKiosk(desk, [], elsewhere.screen);
    await second.at('fault');
    await expect(second.page.getByText('Show this to a helper')).toBeVisible();
    await second.quit();
    await elsewhere.end();
    expect(isAlive(first.pid)).toBe(true);
    await suspendByHotKey(desk, first);
    await first.quit();
  } finally {
    await desk.end();
  }
});
