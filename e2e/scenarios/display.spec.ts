// The guest has the screen, and the controls are always within reach: one witness behind a real viewer, worked like a
// person does, and everything around it killed once. What arrived in the guest is asked of the witness.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startXServer } from '../../main/place/x-server';
import { bringBar, pointAndClick, unlock } from '../support/acts';
import { edgesOf } from '../support/edges';
import { startKiosk } from '../support/kiosk';
import { setUpVault, type VaultDesk } from '../support/starting-points';
import { processes, until } from '../support/system';
import { listenToWitness } from '../support/witness';

/** A guest in software emulation beside other work answers late. */
const patience = 120_000;

const viewers = (desk: VaultDesk): number[] =>
  processes()
    .filter(({ argv }) => argv.includes('remote-viewer') && argv.includes(desk.runtime))
    .map(({ pid }) => pid);

/** Whose window has the keyboard; 0 while none has. */
function focusedPid({ env }: VaultDesk): number {
  try {
    return Number(
      execFileSync('xdotool', ['getwindowfocus', 'getwindowpid'], { env, encoding: 'utf8', stdio: 'pipe' }),
    );
  } catch {
    return 0;
  }
}

/** A thousand in the full suite. */
const many = process.env.SOULPAD_FULL === undefined ? 200 : 1000;
/** A PC's keyboard remembers 16 bytes, three a key: a guest that is slow to read loses what comes on top. */
const atOnce = 4;

/** X key names and the Linux key codes they have on every keyboard: a letter a to z. */
const letters: readonly (readonly [string, string])[] = [
  ...Object.entries({ a: '1e', b: '30', c: '2e', d: '20', e: '12', f: '21', g: '22', h: '23', i: '17' }),
  ...Object.entries({ j: '24', k: '25', l: '26', m: '32', n: '31', o: '18', p: '19', q: '10', r: '13' }),
  ...Object.entries({ s: '1f', t: '14', u: '16', v: '2f', w: '11', x: '2d', y: '15', z: '2c' }),
];

test(`${many} random keys reach the guest and nothing else, and the hot key and the top edge lead out whatever the keyboard is`, async () => {
  test.setTimeout(600_000);
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('live', patience);
    const witness = await listenToWitness(desk.serialSocket(), patience);
    await witness.tick();
    await until('one viewer', () => viewers(desk).length === 1);

    const keys = Array.from(
      { length: many },
      () => letters[Math.floor(Math.random() * letters.length)] ?? ['a', '1e'],
    );
    for (let typed = 0; typed < keys.length; typed += atOnce) {
      const some = keys.slice(typed, typed + atOnce);
      desk.type(some.map(([name]) => name).join(''));
      await until('these keys in the guest', () => witness.keys.length >= typed + some.length, patience);
    }
    expect(witness.keys).toEqual(keys.map(([, code]) => code));
    expect(await kiosk.story()).toBe('live');
    expect(await kiosk.page.locator('input').count()).toBe(0);

    // Caps Lock on, then a keyboard that has no Latin letters: the page comes each time, so does the bar, and
    // Escape never reached the guest.
    const back = async (): Promise<void> => {
      await kiosk.page.getByRole('button', { name: /Back to my desktop/ }).click();
      await until('the guest has the screen', () => viewers(desk).includes(focusedPid(desk)));
    };
    const barAndBack = async (): Promise<void> => {
      const bar = await bringBar(desk, kiosk);
      await pointAndClick(desk, bar.getByRole('button', { name: 'Hide' }));
      await until('the bar is away', async () => !(await kiosk.barIsShown()));
    };
    const heard = witness.keys.length;
    desk.press('Caps_Lock');
    await barAndBack();
    desk.press('super+Escape');
    await kiosk.page.getByRole('tab', { name: 'Display' }).waitFor();
    await back();
    desk.press('Caps_Lock');
    execFileSync('setxkbmap', ['-layout', 'gr'], { env: desk.env });
    await barAndBack();
    desk.press('super+Escape');
    await kiosk.page.getByRole('tab', { name: 'Display' }).waitFor();
    execFileSync('setxkbmap', ['-layout', 'us'], { env: desk.env });

    // What is typed over the control page stays there; keys for the guest take the person back to it.
    desk.type('marigold');
    await kiosk.page.getByRole('tab', { name: 'Keys' }).click();
    await kiosk.page.getByRole('button', { name: 'Ctrl+Alt+Del' }).click();
    await until('the three keys in the guest', () => witness.keys.slice(heard).includes('6f'), patience);
    const after = witness.keys.slice(heard);
    expect(after).not.toContain('01');
    expect(after.filter((key) => key === '32')).toEqual([]);
    expect(after.slice(-3)).toEqual(['1d', '38', '6f']);
    witness.close();
  } finally {
    await desk.end();
  }
});

test('the viewer, the window manager and the kiosk are killed: the guest counts on, and the screen comes back by itself', async () => {
  test.setTimeout(600_000);
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('live', patience);
    const witness = await listenToWitness(desk.serialSocket(), patience);
    const first = await witness.tick();
    const [viewer = 0] = viewers(desk);
    process.kill(viewer, 'SIGKILL');
    const [again] = await until('another viewer', () => {
      const now = viewers(desk).filter((pid) => pid !== viewer);
      return now.length === 1 ? now : null;
    });
    await kiosk.at('live', patience);
    const manager = processes().find(
      ({ argv, environment }) => argv.startsWith('/usr/bin/openbox') && environment.includes(desk.runtime),
    );
    if (manager === undefined) throw new Error('no window manager runs here');
    process.kill(manager.pid, 'SIGKILL');
    await until('another window manager', () =>
      processes().some(
        ({ pid, argv, environment }) =>
          argv.startsWith('/usr/bin/openbox') && environment.includes(desk.runtime) && pid !== manager.pid,
      ),
    );
    expect(viewers(desk)).toEqual([again]);
    await until('a key in the guest', () => {
      desk.type('a');
      return witness.keys.includes('1e');
    });
    const later = await witness.tick();
    expect(later).toMatchObject({ nonce: first.nonce, ram: 'ok' });
    expect(later.n).toBeGreaterThan(first.n);

    // Three deaths in a minute are told, with ways on.
    for (const pid of [again ?? 0, 0]) {
      const dying = pid === 0 ? ((await until('a viewer', () => viewers(desk)[0])) ?? 0) : pid;
      await kiosk.at('live', patience);
      process.kill(dying, 'SIGKILL');
      await until('that viewer is gone', () => !viewers(desk).includes(dying));
    }
    await kiosk.at('fault', patience);
    await expect(kiosk.page.getByRole('button', { name: /Back to my desktop/ })).toBeVisible();
    expect(viewers(desk)).toEqual([]);

    // The X server goes, and the kiosk with it; on another one the same guest is there, and was never stopped.
    const before = await witness.tick();
    await desk.screen.end();
    await until('the kiosk is gone', () => !processes().some(({ pid }) => pid === kiosk.pid));
    const screen = await startXServer({
      kind: 'xvnc',
      width: 1024,
      height: 768,
      under: join(desk.folder, 'x'),
    });
    if (!screen.ok) throw new Error(screen.fault.message);
    try {
      const second = await startKiosk(desk, [], screen.value);
      await second.at('live', patience);
      const on = await witness.tick();
      expect(on).toMatchObject({ nonce: first.nonce, ram: 'ok', disk: 'ok' });
      expect(on.n).toBeGreaterThan(before.n);
      witness.close();
      // The guest's paper reaches all four edges of its place, and black is around it: nothing of it is cut or covered.
      await until('the whole guest on the screen', async () => {
        const seen = join(desk.folder, 'seen.png');
        execFileSync('import', ['-window', 'root', seen], {
          env: { ...desk.env, DISPLAY: screen.value.display, XAUTHORITY: screen.value.authority },
        });
        return edgesOf({ file: seen, colour: '#0000a8' }).whole;
      });
    } finally {
      await screen.value.end();
    }
  } finally {
    await desk.end();
  }
});
