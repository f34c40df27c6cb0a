// Somebody who does not see the screen unlocks: the real Orca reads the real kiosk through the real accessibility bus, and
// what it would speak is written down. The passphrase is never spoken, and no reader on the bus gets it, shown or not.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { startSessionBus } from '../../main/place/session-bus';
import { type AccessibleNode, readAccessibleTree } from '../support/accessible-tree';
import { soulpadOk } from '../support/cli';
import { setUpDesk, startKiosk } from '../support/kiosk';
import { listenToSpeech } from '../support/speech-listener';
import { passphrase, setUpVault } from '../support/starting-points';
import { until } from '../support/system';

const wrong = 'zucchini bassoon wrongly typed';

test('Orca reads the unlock screen from the first press on, and never the passphrase', async () => {
  const desk = await setUpVault();
  const bus = await startSessionBus({ under: join(desk.folder, 'bus') });
  if (!bus.ok) throw new Error(bus.fault.message);
  const speech = await listenToSpeech(join(desk.folder, 'speech'));
  const env = { ...desk.env, ...bus.value.environment, SPEECHD_ADDRESS: speech.address };
  const heard = (): string => speech.spoken().join('\n');
  const hear = (words: string | RegExp) =>
    until(
      `hearing ${words}`,
      () => (typeof words === 'string' ? heard().includes(words) : words.test(heard())),
      60_000,
    );
  try {
    const kiosk = await startKiosk({ ...desk, env });
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: 'Read aloud' }).click();
    await hear('Screen reader on');
    await expect(kiosk.page.getByRole('button', { name: 'Stop reading' })).toBeVisible();
    await hear('Welcome back. What is your passphrase?');
    // Back to the field by the keyboard, as somebody would who hears.
    await kiosk.page.locator('#passphrase').focus();
    await hear(/Passphrase.*password text/s);

    const before = speech.spoken().length;
    desk.type(wrong);
    desk.press('ctrl+h'); // drawn on the screen, over the field
    await expect(kiosk.page.locator('.letters')).toHaveText(wrong);
    await hear('Only on the screen, not read aloud');
    const tree = readAccessibleTree(env);
    expect(tree.some(({ role, name }) => role === 'password text' && name === 'Passphrase')).toBe(true);
    expect(whoHolds(tree, wrong)).toEqual([]);
    desk.press('Return');
    await hear('That passphrase does not fit');
    // Not by letters either: nothing of one letter was said since the typing began.
    expect(
      speech
        .spoken()
        .slice(before)
        .filter((said) => [...said].length === 1),
    ).toEqual([]);

    desk.press('ctrl+h', 'ctrl+a');
    desk.type(passphrase);
    await until('the wait after a wrong try is over', () =>
      kiosk.page.getByRole('button', { name: 'Unlock' }).isVisible(),
    );
    expect(whoHolds(readAccessibleTree(env), passphrase)).toEqual([]);
    desk.press('Return');
    await kiosk.at('live');
    for (const word of `${passphrase} ${wrong}`.split(' ').filter((each) => each !== 'typed'))
      expect(speech.spoken().filter((said) => said.includes(word))).toEqual([]);
    await kiosk.quit();
  } finally {
    await speech.end();
    await bus.value.end();
    await desk.end();
  }
});

test('Orca reads which vaults there are, what tells them apart, and why one cannot be opened', async () => {
  const desk = await setUpDesk();
  const { env: plain } = desk;
  const make = (...which: readonly string[]) =>
    soulpadOk({ args: ['vault', 'create', ...which], env: plain, passphrase }, vaultSchema);
  await make();
  const work = await make('--vault', 'Work');
  await make('--vault', 'Archive');
  const copy = join(desk.home, 'vaults', 'Old one');
  cpSync(join(desk.home, 'vaults', 'Archive'), copy, { recursive: true });
  const bus = await startSessionBus({ under: join(desk.folder, 'bus') });
  if (!bus.ok) throw new Error(bus.fault.message);
  const speech = await listenToSpeech(join(desk.folder, 'speech'));
  const env = { ...plain, ...bus.value.environment, SPEECHD_ADDRESS: speech.address };
  const heard = (): string => speech.spoken().join('\n');
  const hear = (words: string) => until(`hearing ${words}`, () => heard().includes(words), 60_000);
  try {
    const kiosk = await startKiosk({ ...desk, env });
    await kiosk.at('vaults');
    await kiosk.page.getByRole('button', { name: 'Read aloud' }).click();
    await hear('Screen reader on');
    await hear('Which vault do you want to open?');
    const radio = (name: RegExp) => kiosk.page.getByRole('radio', { name });
    await radio(/^Your first vault/).focus();
    await hear('Your first vault');
    // Line by line, as Orca goes through a page: name, mark, and why not.
    const mark = `${work.uuid.slice(0, 4)} ${work.uuid.slice(4, 8)}`;
    for (let line = 0; !heard().includes(mark); line++) {
      expect(line).toBeLessThan(20);
      const before = speech.spoken().length;
      desk.press('Down');
      await until('the next line', () => speech.spoken().length > before, 60_000);
    }
    for (const words of ['Archive', 'Another vault here has the same mark', 'Old one', 'Work'])
      expect(heard()).toContain(words);
    await radio(/^Work/).focus(); // where Orca's own key for radio buttons leads
    desk.press('space');
    await expect(radio(/^Work/)).toBeChecked({ timeout: 30_000 });
    await kiosk.page.getByRole('button', { name: 'Go on' }).click();
    await kiosk.at('locked');
    await expect(kiosk.page.locator('#passphrase')).toBeFocused();
    await hear(`Vault: Work, mark ${mark}`);
    await kiosk.quit();
  } finally {
    await speech.end();
    await bus.value.end();
    await desk.end();
  }
});

const vaultSchema = z.looseObject({ uuid: z.string() });

/** Nodes that hold any word of it. */
function whoHolds(tree: readonly AccessibleNode[], secret: string): readonly AccessibleNode[] {
  expect(tree.length).toBeGreaterThan(10);
  const words = secret.split(' ').filter((each) => each.length > 5);
  return tree.filter((node) => words.some((word) => Object.values(node).join(' ').includes(word)));
}
