// Hostile words through the real IPC: from our own pages as if they were taken over, and from a window that is not ours.
// Each is refused by the name of the check, nothing of it is written down, and the app goes on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { askWire, channelNames, pushNames } from '../../preload/contract/channel-names';
import { suspend, unlock } from '../support/acts';
import { type Desk, type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault } from '../support/starting-points';
import { isAlive, vaultMounts } from '../support/system';

const shape = (channel: string): object => ({ ok: false, refused: `shape: not a request of ${channel}` });

/** What main prints from now on. */
function listen(kiosk: Kiosk): () => string {
  let said = '';
  const { stdout, stderr } = kiosk.app.process();
  for (const stream of [stdout, stderr]) stream?.on('data', (bytes: Buffer) => (said += bytes));
  return () => said;
}

async function expectUnharmed(desk: Desk, kiosk: Kiosk, story: 'setup' | 'locked'): Promise<void> {
  expect(isAlive(kiosk.pid)).toBe(true);
  expect(await kiosk.story()).toBe(story);
  expect(vaultMounts(desk.runtime)).toEqual([]);
}

test('words of a wrong shape are refused by the name of the check, and not repeated', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    const said = listen(kiosk);
    await kiosk.at('locked');
    const answers = await kiosk.page.evaluate(async () => {
      // The bridge is the page's: it may be called with anything.
      const call = async (channel: string, ...given: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.get(window.kiosk, channel)(...given);
        } catch (error) {
          return `threw: ${error}`;
        }
      };
      const secret = 'a secret in a wrong place';
      const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
      return {
        tenMegabytes: await call('unlock', new Uint8Array(10 << 20).fill(97)),
        oneTooMany: await call('unlock', new Uint8Array(1025).fill(97)),
        empty: await call('unlock', new Uint8Array(0)),
        text: await call('unlock', secret),
        wideNumbers: await call('unlock', new Uint16Array(30).fill(97)),
        likeBytes: await call('unlock', { length: 30, byteLength: 30, 0: 97, secret }),
        nothing: await call('unlock'),
        words: await call('choosePassphrase', [secret]),
        kind: await call('pickGuest', '/etc/shadow'),
        groups: await call('confirmRecoveryKey', '720885123453'),
        picture: await call('guestPicture', '../witness'),
        deep: await call('chooseGuest', deep),
        path: await call('chooseGuest', '../../etc'),
        longName: await call('chooseGuest', 'g'.repeat(1 << 20)),
        exit: await call('takeExit', 'rm -rf'),
        proto: await call('takeExit', '__proto__'),
        look: await call('setLook', { language: 'en', theme: 'system', zoom: 1e308 }),
        lookMore: await call('setLook', { language: 'tlh', theme: 'system', zoom: 1 }),
        uninvited: await call('suspend', { now: true }),
        view: await call('getView', 'all'),
        code: await call('takeExit', () => 'closeVault'),
        bytes: await call('suspend', new Uint8Array([1, 2, 3])),
      };
    });
    expect(answers).toMatchObject({
      tenMegabytes: shape('unlock'),
      oneTooMany: shape('unlock'),
      empty: shape('unlock'),
      text: shape('unlock'),
      wideNumbers: shape('unlock'),
      likeBytes: shape('unlock'),
      nothing: shape('unlock'),
      words: shape('choosePassphrase'),
      kind: shape('pickGuest'),
      groups: shape('confirmRecoveryKey'),
      picture: shape('guestPicture'),
      path: shape('chooseGuest'),
      longName: shape('chooseGuest'),
      exit: shape('takeExit'),
      proto: shape('takeExit'),
      look: shape('setLook'),
      lookMore: shape('setLook'),
      uninvited: shape('suspend'),
      view: shape('getView'),
      code: expect.stringMatching(/^threw: .*could not be cloned/),
      bytes: shape('suspend'),
    });
    // Too deep for the bridge itself, or refused by main: in no case taken.
    expect(JSON.stringify(answers.deep)).toMatch(/threw|shape: not a request of chooseGuest/);
    expect(said()).toContain('refused unlock: shape: not a request of unlock');
    expect(said()).not.toContain('a secret in a wrong place');
    expect(said()).not.toContain('aaaa');
    await expectUnharmed(desk, kiosk, 'locked');

    // Acts that this state does not have are answered so, and change nothing.
    const early = await kiosk.page.evaluate(async () => [
      await window.kiosk.suspend(),
      await window.kiosk.backToDesktop(),
      await window.kiosk.takeExit('closeVault'),
      await window.kiosk.choosePassphrase(new TextEncoder().encode('twenty letters and more')),
    ]);
    for (const answer of early) expect(answer).toEqual({ ok: true, value: { taken: false } });
    const shown = await kiosk.page.evaluate(async () => [
      await window.kiosk.suggestPhrase(),
      await window.kiosk.showRecoveryKey(),
      await window.kiosk.guestPicture('witness'),
    ]);
    expect(shown.map((answer) => answer.ok && answer.value)).toEqual([
      { taken: false, phrase: null },
      { taken: false, key: null },
      { png: null },
    ]);
    await expectUnharmed(desk, kiosk, 'locked');

    // The same app still does its job.
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('live');
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

test('the bar may not ask for what is not on it', async () => {
  const desk = await setUpVault();
  try {
    const kiosk = await startKiosk(desk);
    await unlock(desk, kiosk);
    await kiosk.at('live');
    const bar = await kiosk.bar();
    const refusals = await bar.evaluate(async () => {
      const bytes = () => new TextEncoder().encode('marigold river lantern seven');
      return {
        unlock: await window.kiosk.unlock(bytes()),
        unlockWithKeyUsb: await window.kiosk.unlockWithKeyUsb(),
        choosePassphrase: await window.kiosk.choosePassphrase(bytes()),
        suggestPhrase: await window.kiosk.suggestPhrase(),
        showRecoveryKey: await window.kiosk.showRecoveryKey(),
        pickGuest: await window.kiosk.pickGuest('image'),
        guestPicture: await window.kiosk.guestPicture('witness'),
        chooseGuest: await window.kiosk.chooseGuest('witness'),
        takeExit: await window.kiosk.takeExit('switchOff'),
        switchOff: await window.kiosk.switchOff(),
        wakeAgain: await window.kiosk.wakeAgain(),
        setLook: await window.kiosk.setLook({
          language: 'ar',
          theme: 'dark',
          zoom: 1,
          motion: 'system',
          aloud: false,
        }),
      };
    });
    for (const [channel, answer] of Object.entries(refusals))
      expect(answer).toEqual({ ok: false, refused: `sender: this window may not ask ${channel}` });
    expect(await kiosk.story()).toBe('live');
    await suspend(desk, kiosk);
  } finally {
    await desk.end();
  }
});

test('the page has the bridge and nothing behind it', async () => {
  const desk = await setUpDesk();
  try {
    const kiosk = await startKiosk(desk);
    await kiosk.at('setup');
    const seen = await kiosk.page.evaluate(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const inFrame = frame.contentWindow === null ? 'no frame' : typeof frame.contentWindow.kiosk;
      frame.remove();
      const opened = window.open('soulpad://app/index.html');
      const fetched = await fetch('https://example.com/').then(
        () => 'answered',
        () => 'refused',
      );
      const kiosk = window.kiosk;
      Reflect.set(window.kiosk, 'getView', () => 'changed');
      return {
        inFrame,
        opened,
        fetched,
        same: Reflect.get(window, 'kiosk') === kiosk && (await window.kiosk.getView()).ok,
        globals: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter(
          (name) => name in window,
        ),
        unknown: typeof Reflect.get(window.kiosk, 'readFile'),
        names: Object.keys(window.kiosk).sort(),
      };
    });
    expect(seen).toEqual({
      inFrame: 'undefined',
      opened: null,
      fetched: 'refused',
      same: true,
      globals: [],
      unknown: 'undefined',
      names: [
        ...channelNames,
        ...pushNames.map((name) => `on${name[0]?.toUpperCase()}${name.slice(1)}`),
      ].sort(),
    });
    await expectUnharmed(desk, kiosk, 'setup');
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});

test('a window that is not ours is refused on every channel, and unknown channels have nobody', async () => {
  const desk = await setUpDesk();
  try {
    const kiosk = await startKiosk(desk);
    const said = listen(kiosk);
    await kiosk.at('setup');
    const preload = join(desk.folder, 'hostile-preload.cjs');
    writeFileSync(
      preload,
      `const { contextBridge, ipcRenderer } = require('electron');
       contextBridge.exposeInMainWorld('ask', (wire, ...given) =>
         ipcRenderer.invoke(wire, ...given).catch((error) => 'threw: ' + error.message));`,
    );
    const answers = await kiosk.app.evaluate(
      async ({ BrowserWindow }, { preload, wires }) => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        await window.loadURL('about:blank');
        const ask = (wire: string, given: string): Promise<unknown> =>
          window.webContents.executeJavaScript(`window.ask(${JSON.stringify(wire)}, ${given})`);
        const told = {
          known: await Promise.all(wires.map((wire) => ask(wire, 'undefined'))),
          secret: await ask('soulpad:ask:unlock', 'new Uint8Array(30).fill(98)'),
          unknown: await ask('soulpad:ask:readFile', '"/etc/passwd"'),
          inherited: await ask('soulpad:ask:__proto__', '{}'),
        };
        window.destroy();
        return told;
      },
      { preload, wires: [askWire('getView'), askWire('suspend'), askWire('takeExit'), askWire('switchOff')] },
    );
    const notOurs = { ok: false, refused: 'sender: not a window of this app' };
    expect(answers.known).toEqual([notOurs, notOurs, notOurs, notOurs]);
    expect(answers.secret).toEqual(notOurs);
    expect(answers.unknown).toMatch(/No handler registered/);
    expect(answers.inherited).toMatch(/No handler registered/);
    expect(said()).not.toContain('bbbb');
    await expectUnharmed(desk, kiosk, 'setup');
    await kiosk.quit();
  } finally {
    await desk.end();
  }
});
