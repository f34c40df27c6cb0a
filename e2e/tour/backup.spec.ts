// The tour's second part: a backup is made, held and tried, then the stick is lost and a new one becomes the person's again
// from the backup disk and the paper. The guest is the tiny test guest: its own words prove that it went on. A backup that
// passes by too fast for a picture is held by the page's own button; restic is held still (SIGSTOP) while it restores.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { newRecoveryKey } from '../../main/vault/recovery/recovery-key';
import { soulpadOk } from '../support/cli';
import { type Desk, type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { processes, until } from '../support/system';
import { listenToWitness, type Tick } from '../support/witness';
import { type Album, type Book, openAlbum } from './album';
import { settle } from './first-run';

const book: Book = {
  folder: 'backup',
  title: 'The tour, second part: a backup, its drill, and a lost stick',
  thrownAway: 'its passphrase and its recovery key open nothing',
  story: `A person plugs in a second disk. What was saved goes there by itself, behind the running desktop. One press tries it: the
newest moment is woken from the backup, without network, and its screen stands beside the one that was suspended. Then the
stick is lost. A new one asks where the backup is and for the digits on the paper; the person picks the moment by date and
picture, and the same desktop goes on.`,
};
const patience = 10 * 60_000;

interface Scene {
  readonly desk: Desk;
  readonly kiosk: Kiosk;
  readonly album: Album;
}

test('the tour, second part: a backup, its drill, and a lost stick', async () => {
  const desk = await setUpVault({ size: { width: 1280, height: 800 } });
  const album = openAlbum(desk, book);
  const paper = newRecoveryKey().toString('latin1');
  const disk = join(desk.folder, 'disk');
  try {
    const first = await startKiosk(desk);
    await first.at('locked');
    desk.type(passphrase);
    desk.press('Return');
    await first.at('live', patience);
    await tickOf(desk.serialSocket());
    await openPage({ desk, kiosk: first });
    await take(album, 'none', 'The backup page, before there is one');
    await first.pressButton('My desktop');
    await suspend(first);
    await first.quit();
    await addDisk(desk, disk, paper);

    const second = await startKiosk(desk);
    await second.at('locked');
    desk.type(passphrase);
    desk.press('Return');
    await second.at('live', patience);
    await backUpAndDrill({ desk, kiosk: second, album });
    const before = await tickOf(desk.serialSocket());
    await second.pressButton('My desktop');
    await suspend(second);
    await second.quit();
    await addDisk(desk, null, paper);

    rmSync(desk.home, { recursive: true });
    mkdirSync(desk.home);
    const third = await startKiosk(desk);
    await third.at('setup');
    await bringBack({ desk, kiosk: third, album }, { disk, paper });
    const after = await tickOf(desk.serialSocket());
    expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
    expect(after.n).toBeGreaterThan(before.n);
    desk.point(640, 400);
    await take(album, 'goes-on', 'The same desktop goes on');
    await third.quit();
    console.log(`the tour's second part is in ${album.publish({ guest: 'tiny test guest', kvm: false })}`);
  } finally {
    await desk.end();
  }
});

async function take(album: Album, name: string, caption: string): Promise<void> {
  await settle();
  album.take(name, caption);
}

async function tickOf(socket: string): Promise<Tick> {
  const witness = await listenToWitness(socket, patience);
  try {
    return await witness.tick();
  } finally {
    witness.close();
  }
}

async function openPage({ desk, kiosk }: Omit<Scene, 'album'>): Promise<void> {
  desk.press('super+Escape');
  await kiosk.page.getByRole('button', { name: /Suspend/ }).waitFor();
  await kiosk.pressButton('Backup');
}

async function suspend(kiosk: Kiosk): Promise<void> {
  await kiosk.pressButton('Suspend');
  await kiosk.at('safe', patience);
}

/** By the helper's command line: where to, once; and what is saved, whenever it is asked for. */
async function addDisk(desk: Desk, disk: string | null, recovery: string): Promise<void> {
  const { env } = desk;
  await soulpadOk({ args: ['vault', 'open'], env, passphrase }, z.unknown());
  if (disk !== null)
    await soulpadOk(
      { args: ['backup', 'init', '--repository', disk, '--name', 'disk'], env, recovery },
      z.unknown(),
    );
  else await soulpadOk({ args: ['backup', 'run'], env }, z.unknown());
  await soulpadOk({ args: ['vault', 'close'], env }, z.unknown());
}

async function backUpAndDrill({ desk, kiosk, album }: Scene): Promise<void> {
  await openPage({ desk, kiosk });
  await kiosk.page.getByText('Nothing lies in').first().waitFor();
  await take(album, 'never', 'A disk was added, and nothing lies there yet');
  const backedUp = album.clock('the first backup', 'works on');
  await kiosk.pressButton('Back up now');
  await kiosk.page.getByRole('button', { name: 'Hold', exact: true }).click({ timeout: patience });
  await kiosk.page.getByText('Held still, until you go on.').first().waitFor();
  await take(album, 'held', 'A backup, held still');
  await kiosk.pressButton('Go on');
  await kiosk.page.getByText('Everything is backed up.').first().waitFor({ timeout: patience });
  backedUp();
  await take(album, 'good', 'Everything is backed up, and not tried yet');
  const drilled = album.clock('the drill', 'works on');
  await kiosk.pressButton('Try the backup');
  await kiosk.page.getByText('Trying the backup').first().waitFor({ timeout: patience });
  await take(album, 'drill', 'The backup is tried');
  await kiosk.page.getByText('Your backup works. We tried it.').first().waitFor({ timeout: patience });
  drilled();
  await take(album, 'works', 'It works: both screens beside each other');
}

async function bringBack(
  { desk, kiosk, album }: Scene,
  { disk, paper }: { readonly disk: string; readonly paper: string },
): Promise<void> {
  const { page } = kiosk;
  await page.getByRole('heading', { level: 1, name: 'Which language do you want to read?' }).waitFor();
  await kiosk.pressButton('Bring back a backup');
  await page.getByLabel('Or the address of a server').focus();
  desk.type(disk);
  await take(album, 'where', 'A new stick: where is the backup?');
  desk.press('Return');
  await page.getByRole('heading', { level: 1, name: 'Type the recovery key' }).waitFor();
  await page.getByLabel('8 groups of 6 digits').focus();
  desk.type(paper);
  await take(album, 'paper', 'The digits from the paper');
  desk.press('Return');
  await page
    .getByRole('heading', { level: 1, name: 'Which moment shall come back?' })
    .waitFor({ timeout: patience });
  // The newest has a picture; a moment that was never suspended has none.
  await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 16, undefined, {
    timeout: patience,
  });
  await take(album, 'moments', 'Which moment, by date and picture');
  desk.press('Return');
  await page.getByRole('heading', { level: 1, name: 'What shall open your desktop?' }).waitFor();
  await page.getByText('I choose my own').click();
  await kiosk.pressButton('Go on');
  await page.getByLabel('Your passphrase', { exact: true }).focus();
  desk.type(passphrase);
  await page.getByLabel('The same passphrase again').focus();
  desk.type(passphrase);
  desk.press('Return');
  const back = album.clock('bringing it back, until it goes on', 'waits');
  const restic = await until('restic while it restores', () =>
    processes().find(({ argv }) => argv.includes('restic') && argv.includes(' restore ')),
  );
  process.kill(restic.pid, 'SIGSTOP');
  try {
    await take(album, 'restoring', 'It comes back: stages, time left, what happens if it stops now');
  } finally {
    process.kill(restic.pid, 'SIGCONT');
  }
  await kiosk.at('live', patience);
  back();
}
