// A guest that nobody can ask for another size, on screens of every shape: Xorg with the dummy driver, whose monitors can
// be pulled, and an X server without RandR. Where the picture is, is looked for on the photograph of the whole screen; what
// the guest went through is asked of the witness, whose counter must not miss a number.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { repository } from '../support/cli';
import { edgesOf } from '../support/edges';
import { startKiosk } from '../support/kiosk';
import { openScreen, unlockOn } from '../support/other-screen';
import { sizeOf, textOf, wordsOf } from '../support/screen-words';
import { setUpVault, type VaultDesk } from '../support/starting-points';
import { processes, until } from '../support/system';
import { listenToWitness } from '../support/witness';

/** A guest in software emulation beside other work. */
const patience = 240_000;

const paper = '#0000a8';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `has`: what its only monitor was made for. `randr`: it can be asked for its outputs. */
interface Screen {
  readonly has: Size;
  readonly randr: boolean;
}

const screenOf = (width: number, height: number, randr = true): Screen => ({ has: { width, height }, randr });

const few = [screenOf(1920, 1080), screenOf(1080, 1920), screenOf(800, 600, false)];
const screens =
  process.env.SOULPAD_FULL === undefined
    ? few
    : [screenOf(1024, 768), screenOf(1280, 800), screenOf(1600, 1200), screenOf(3840, 2160), ...few];

const viewers = (desk: VaultDesk): number[] =>
  processes()
    .filter(({ argv }) => argv.includes('remote-viewer') && argv.includes(desk.runtime))
    .map(({ pid }) => pid);

interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Photographs the screen until all of the guest's paper is on it, and lies as it should. */
async function wholeGuest(about: {
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
  readonly isIt: (box: Box, screen: Box) => boolean;
}): Promise<void> {
  const { env, file, isIt } = about;
  await until(
    `the whole guest in ${file}`,
    () => {
      execFileSync('import', ['-window', 'root', file], { env });
      const { box, whole } = edgesOf({ file, colour: paper });
      return whole && box !== null && isIt(box, { x: 0, y: 0, ...sizeOf(file) });
    },
    patience,
  );
}

/** Half a pixel of rounding a side. */
const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= 2;

/** As large as its aspect lets it be, or a whole multiple of itself, in the middle. */
function fills(box: Box, screen: Box): boolean {
  const most = Math.min(screen.width / textScreen.width, screen.height / textScreen.height);
  const factor = box.width / textScreen.width;
  const large = isNear(box.width, most * textScreen.width) || factor === Math.floor(most);
  const middle =
    isNear((box.x - screen.x) * 2 + box.width, screen.width) &&
    isNear((box.y - screen.y) * 2 + box.height, screen.height);
  return large && middle && isNear(box.height, factor * textScreen.height);
}

/** The witness has a text screen of 80 by 25 letters. */
const textScreen: Size = { width: 720, height: 400 };

test('a guest without an agent is whole, in the middle and legible on every screen, and counts on from one to the next', async () => {
  test.setTimeout(300_000 + screens.length * 240_000);
  const desk = await setUpVault();
  const photographs: string[] = [];
  try {
    let witness: Awaited<ReturnType<typeof listenToWitness>> | null = null;
    for (const screen of screens) {
      const server = await openScreen(desk, { ...screen.has, randr: screen.randr });
      const { env } = server;
      try {
        const kiosk = await startKiosk(desk, [], server);
        if (witness === null) await unlockOn(kiosk, server);
        await kiosk.at('live', patience);
        witness ??= await listenToWitness(desk.serialSocket(), patience);
        await witness.tick();
        const name = `${screen.has.width}x${screen.has.height}${screen.randr ? '' : ', no RandR'}`;
        const file = join(desk.folder, `${name}.png`);
        await wholeGuest({ env, file, isIt: fills });
        const text = textOf(wordsOf(file));
        expect(text, name).toMatch(/memory/i);
        expect(text, name).toMatch(/counted/i);
        const shown = sizeOf(file);
        photographs.push('-label', `${name}: ${shown.width}x${shown.height}`, file);
        // The hot key leads out of it on every one.
        execFileSync('xdotool', ['key', 'super+Escape'], { env });
        await kiosk.page.getByRole('button', { name: /Back to my desktop/ }).waitFor();
        await kiosk.quit();
      } finally {
        await server.end();
      }
    }
    expect(witness?.missed()).toBe(0);
    witness?.close();
    mkdirSync(join(repository, 'out/pictures'), { recursive: true });
    const sheet = join(repository, 'out/pictures/without-agent.png');
    execFileSync('montage', [...photographs, '-geometry', '320x240>+8+8', '-tile', '4x', sheet]);
  } finally {
    await desk.end();
  }
});

test('monitors are pulled and plugged in again, in storms too: the guest is on one that is there, and counts on', async () => {
  test.setTimeout(1_200_000);
  const desk = await setUpVault();
  try {
    const server = await openScreen(desk, { width: 1280, height: 800 });
    const { env } = server;
    const xrandr = (...args: readonly string[]): void => {
      execFileSync('xrandr', [...args], { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
    };
    // A monitor that is no part of the desktop is not connected (RandR 1.6, non-desktop): a hand at the plugs.
    const pull = (output: string): void => xrandr('--output', output, '--set', 'non-desktop', '1');
    const plug = (output: string): void => xrandr('--output', output, '--set', 'non-desktop', '0');
    const file = join(desk.folder, 'seen.png');
    const isOn = (output: string): Promise<void> =>
      wholeGuest({
        ...{ env, file },
        isIt: (box) => {
          const its = lit(env).find(({ name, primary }) => primary && name === output);
          return its !== undefined && fills(box, its.at);
        },
      });
    try {
      const kiosk = await startKiosk(desk, [], server);
      await unlockOn(kiosk, server);
      await kiosk.at('live', patience);
      const witness = await listenToWitness(desk.serialSocket(), patience);
      const first = await witness.tick();
      await isOn('DUMMY0');

      // Another one is plugged in: the guest stays. Its own is pulled: it goes over to the other one.
      xrandr('--addmode', 'DUMMY1', '1024x768');
      xrandr('--output', 'DUMMY1', '--mode', '1024x768', '--right-of', 'DUMMY0');
      await isOn('DUMMY0');
      pull('DUMMY0');
      await isOn('DUMMY1');
      await kiosk.at('live', patience);
      await until('one viewer', () => viewers(desk).length === 1);
      plug('DUMMY0');
      await until('both are lit', () => lit(env).length === 2, patience);
      await kiosk.at('live', patience);
      await isOn('DUMMY1');
      pull('DUMMY1');
      await isOn('DUMMY0');

      // A loose plug: nobody waits in between. What is last is what counts.
      for (let time = 0; time < 20; time++) {
        plug('DUMMY1');
        pull('DUMMY1');
      }
      await isOn('DUMMY0');
      await until('one viewer', () => viewers(desk).length === 1);
      await kiosk.at('live', patience);
      execFileSync('xdotool', ['key', 'super+Escape'], { env });
      await kiosk.page.getByRole('button', { name: /Back to my desktop/ }).click();
      await until('a key in the guest', () => {
        execFileSync('xdotool', ['key', 'a'], { env });
        return witness.keys.includes('1e');
      });
      const last = await witness.tick();
      expect(last).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      expect(witness.missed()).toBe(0);
      witness.close();
    } finally {
      await server.end();
    }
  } finally {
    await desk.end();
  }
});

/** The outputs that show something, as the X server tells them. */
function lit(
  env: Readonly<Record<string, string>>,
): { readonly name: string; readonly primary: boolean; readonly at: Box }[] {
  const said = execFileSync('xrandr', ['--query'], { env, encoding: 'utf8', timeout: 30_000 });
  return said.split('\n').flatMap((line) => {
    const [, name, primary, ...numbers] =
      /^(\S+) connected( primary)? (\d+)x(\d+)\+(\d+)\+(\d+)/.exec(line) ?? [];
    const [width = 0, height = 0, x = 0, y = 0] = numbers.map(Number);
    return name === undefined ? [] : [{ name, primary: primary !== undefined, at: { x, y, width, height } }];
  });
}
