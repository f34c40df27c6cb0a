// The whole story, unattended, on the real kiosk: first run, work, suspend, another day, the same sentence. Each screen is
// photographed; what passes by too fast is held for the picture by stopping QEMU (SIGSTOP), never by pretending. A second
// night without pictures gives the times.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Desk, Kiosk } from '../support/kiosk';
import { setUpDesk, startKiosk } from '../support/kiosk';
import { type Process, processes, until } from '../support/system';
import { type Album, openAlbum } from './album';
import { firstRun, settle } from './first-run';
import { desktopGuest, type TourGuest, witnessGuest } from './guests';
import { hearStages, stageTimes } from './stage-times';

/** Building and starting a desktop in software emulation. */
const longMs = 60 * 60_000;

test('the tour: from the first screen to the same sentence on another day', async () => {
  const desk = await setUpDesk({ width: 1280, height: 800 });
  const album = openAlbum(desk);
  try {
    const shown = album.clock('SoulPad starts', 'waits');
    const first = await startKiosk(desk);
    await first.at('setup');
    shown();
    const asked = album.clock('the first run: four questions', 'answers (here as fast as a machine types)');
    const { phrase, guest: kind } = await firstRun({ desk, kiosk: first, album });
    asked();
    const stage = { desk, album, serialSocket: () => serialSocketBelow(join(desk.runtime, 'soulpad')) };
    const guest = kind === 'desktop' ? desktopGuest(stage) : witnessGuest(stage);
    await build({ kiosk: first, album });
    const kvm = qemuOf(desk)?.argv.includes('kvm') ?? false;
    await guest.comeUp();
    await guest.write();
    await guest.remember();
    await controls({ desk, kiosk: first, album });
    await suspend({ desk, kiosk: first, album, pictured: true });
    await first.quit();

    const second = await startKiosk(desk);
    await second.at('locked');
    await settle();
    album.take('unlock', 'Another day: unlock');
    await wake({ desk, kiosk: second, album, phrase, pictured: true });
    await guest.goOn(', and go on with it on another.');
    await theSecondNight({ desk, album, guest, phrase, kiosk: second });
    console.log(`the tour is in ${album.publish({ guest: guest.name, kvm })}`);
  } finally {
    await desk.end();
  }
});

interface Scene {
  readonly desk: Desk;
  readonly kiosk: Kiosk;
  readonly album: Album;
}

async function build({ kiosk, album }: Omit<Scene, 'desk'>): Promise<void> {
  const done = album.clock('the vault and the desktop are made', 'waits');
  await kiosk.page
    .getByRole('heading', { level: 1, name: 'Building your desktop' })
    .waitFor({ timeout: 60_000 });
  // As soon as there is something to see of it: the key is worked out, the vault is open.
  // The page that the words were typed into ends meanwhile: each look is at the newest one.
  const stage = () => kiosk.page.locator('.stages .done').nth(1);
  await until(
    'two stages are done',
    () =>
      stage()
        .isVisible()
        .catch(() => false),
    60_000,
  );
  await settle();
  album.take('building', 'Building: stages, time left, and what happens if it stops now');
  await kiosk.at('live', longMs);
  done();
}

async function controls({ desk, kiosk, album }: Scene): Promise<void> {
  desk.press('super+Escape');
  await kiosk.page.getByRole('button', { name: /Suspend/ }).waitFor();
  await settle();
  album.take('controls', 'Super and Escape: one click suspends');
}

/** From the controls to "safe to remove". */
async function suspend(scene: Scene & { readonly pictured: boolean }): Promise<void> {
  const { kiosk, album } = scene;
  const heard = await hearStages(kiosk);
  const began = performance.now();
  await kiosk.pressButton('Suspend');
  if (scene.pictured) await takeWorking({ ...scene, state: 'suspending', caption: 'Suspending' });
  await kiosk.at('safe', longMs);
  const seconds = (performance.now() - began) / 1000;
  if (!scene.pictured) {
    album.time({ stage: '**suspend, until it is safe to remove**', person: 'one click', seconds });
    for (const line of stageTimes(await heard('suspending'))) album.time(line);
    return;
  }
  await settle();
  album.take('safe', 'Safe to remove');
}

/** From "unlock" to the desktop. */
async function wake(scene: Scene & { readonly phrase: string; readonly pictured: boolean }): Promise<void> {
  const { desk, kiosk, album } = scene;
  const heard = await hearStages(kiosk);
  desk.type(scene.phrase);
  const began = performance.now();
  desk.press('Return');
  if (scene.pictured) await takeWorking({ ...scene, state: 'resuming', caption: 'Resuming' });
  await kiosk.at('live', longMs);
  const seconds = (performance.now() - began) / 1000;
  if (scene.pictured) return;
  album.time({ stage: '**unlock, until the desktop goes on**', person: 'one passphrase', seconds });
  for (const line of stageTimes(await heard('resuming'))) album.time(line);
}

/** Without a picture and without a hold, for the times. */
async function theSecondNight(
  scene: Scene & { readonly guest: TourGuest; readonly phrase: string },
): Promise<void> {
  const { desk, kiosk, guest } = scene;
  await guest.remember();
  desk.press('super+Escape');
  await kiosk.page.getByRole('button', { name: /Suspend/ }).waitFor();
  await suspend({ ...scene, pictured: false });
  await kiosk.quit();
  const third = await startKiosk(desk);
  await third.at('locked');
  await wake({ ...scene, kiosk: third, pictured: false });
  desk.press('super+Escape');
  await third.page.getByRole('button', { name: /Suspend/ }).click();
  await third.at('safe', longMs);
  await third.quit();
}

/** Holds QEMU still as soon as this work goes on with it, photographs, and lets it go on. */
async function takeWorking(
  about: Scene & { readonly state: 'suspending' | 'resuming'; readonly caption: string },
): Promise<void> {
  const { desk, kiosk, album, state } = about;
  await kiosk.at(state, longMs);
  const qemu = await until(`QEMU while ${state}`, () => qemuOf(desk));
  process.kill(qemu.pid, 'SIGSTOP');
  try {
    await settle();
    album.take(state, about.caption);
    expect(await kiosk.story()).toBe(state);
  } finally {
    process.kill(qemu.pid, 'SIGCONT');
  }
}

function qemuOf(desk: Desk): Process | undefined {
  return processes().find(({ argv }) => argv.startsWith('qemu-system') && argv.includes(desk.runtime));
}

/** <runtime>/<vault>/<guest>/serial.sock of the one guest that runs. */
function serialSocketBelow(root: string): string {
  const sockets = readdirSync(root)
    .flatMap((vault) =>
      readdirSync(join(root, vault)).map((guest) => join(root, vault, guest, 'serial.sock')),
    )
    .filter((path) => existsSync(path));
  return sockets[0] ?? join(root, 'no-guest-runs');
}
