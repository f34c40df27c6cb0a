// The README's pictures, from the real kiosk on its own X server with the real witness guest in it. What passes by too
// fast to be photographed is held for the picture by stopping QEMU (SIGSTOP), never by pretending.
// They are written to out/pictures/docs and, where that may be written to, to docs/pictures.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { bringBar, pointAndClick } from '../support/acts';
import { repository } from '../support/cli';
import { type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { processes } from '../support/system';
import { listenToWitness } from '../support/witness';

const made = join(repository, 'out/pictures/docs');
const shown = join(repository, 'docs/pictures');
const most = 2e6; // bytes, all of them

/** Longer than the disc's rise (900 ms) and a screen's change. */
const settled = 1_200;

/** Few colours are enough for flat ones, and make a small file. */
function shrink(file: string): void {
  execFileSync('convert', [file, '-strip', '+dither', '-colors', '192', `PNG8:${file}`]);
}

async function take(desk: VaultDesk, name: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, settled));
  const file = join(made, `${name}.png`);
  desk.photograph(file);
  shrink(file);
}

/** Holds QEMU still as soon as this stage is the present one, photographs, and lets it go on. */
async function takeAt(about: {
  readonly desk: VaultDesk;
  readonly kiosk: Kiosk;
  readonly stage: string;
  readonly name: string;
}): Promise<void> {
  const { desk, kiosk, stage, name } = about;
  await kiosk.page.waitForFunction(
    (words) => document.querySelector('.stages .now')?.textContent?.includes(words) ?? false,
    stage,
    { polling: 'raf', timeout: 60_000 },
  );
  const qemu = processes().find(({ argv }) => argv.includes('qemu-system') && argv.includes(desk.runtime));
  if (qemu === undefined) throw new Error(`no QEMU to hold still for ${name}`);
  process.kill(qemu.pid, 'SIGSTOP');
  try {
    await take(desk, name);
    await expect(kiosk.page.locator('.stages .now')).toContainText(stage);
  } finally {
    process.kill(qemu.pid, 'SIGCONT');
  }
}

/** Everything on one page, in the story's order. */
function contactSheet(): void {
  const names = ['locked', 'resuming', 'live', 'bar', 'controls', 'wrong', 'suspending', 'safe', 'fault'];
  const sheet = join(made, 'states.png');
  execFileSync('montage', [
    ...names.flatMap((name) => ['-label', name, join(made, `${name}.png`)]),
    ...['-tile', '3x', '-geometry', '512x384+12+8', '-font', 'DejaVu-Sans', '-pointsize', '16', sheet],
  ]);
  shrink(sheet);
}

test('the pictures of the README come from the running kiosk and are small', async () => {
  mkdirSync(made, { recursive: true });
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    await take(desk, 'locked');
    desk.type('not the passphrase');
    desk.press('Return');
    await kiosk.page.getByRole('heading', { name: 'That passphrase does not fit' }).waitFor();
    await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    await take(desk, 'wrong');
    desk.press('ctrl+a');
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('live');
    const witness = await listenToWitness(desk.serialSocket());
    await witness.tick(({ n }) => n >= 3);
    witness.close();
    const bar = await bringBar(desk, kiosk);
    await take(desk, 'bar');

    await pointAndClick(desk, bar.getByRole('button', { name: /Suspend/ }));
    await takeAt({ desk, kiosk, stage: 'Writing memory', name: 'suspending' });
    await kiosk.at('safe', 120_000);
    await take(desk, 'safe');

    await kiosk.page.getByRole('button', { name: 'Wake my desktop again' }).click();
    await kiosk.at('locked');
    desk.type(passphrase);
    desk.press('Return');
    await takeAt({ desk, kiosk, stage: 'Bringing back your programs', name: 'resuming' });
    await kiosk.at('live');
    desk.point(512, 400);
    await take(desk, 'live');
    desk.press('super+Escape');
    await kiosk.page.getByRole('button', { name: /Suspend/ }).waitFor();
    await take(desk, 'controls');
    const viewer = processes().find(
      ({ argv }) => argv.includes('remote-viewer') && argv.includes(desk.runtime),
    );
    if (viewer !== undefined) process.kill(viewer.pid, 'SIGKILL');
    await kiosk.at('fault');
    await take(desk, 'fault');
    await kiosk.page.getByRole('button', { name: 'Suspend' }).click();
    await kiosk.at('safe', 120_000);
    await kiosk.quit();
  } finally {
    await desk.end();
  }
  contactSheet();
  const names = readdirSync(made).filter((name) => name.endsWith('.png'));
  const bytes = names.reduce((sum, name) => sum + statSync(join(made, name)).size, 0);
  expect(bytes).toBeLessThan(most);
  try {
    mkdirSync(shown, { recursive: true });
    for (const name of names) copyFileSync(join(made, name), join(shown, name));
  } catch {
    console.log(`the pictures are in ${made}; copy them to docs/pictures (its owner is another user)`);
  }
});
