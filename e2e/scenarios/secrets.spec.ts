// No secret in argv, environment, files, logs, views or answers, looked for while the real app does all that it does.
// The passphrase is this run's own, so that nobody else's can be found, and nobody's is missed.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { z } from 'zod';
import { suspend } from '../support/acts';
import { soulpad, soulpadOk } from '../support/cli';
import { imagesOf } from '../support/core-images';
import { choosePassphrase, press, readRecoveryKey, takeTestGuest, typeBack } from '../support/first-run';
import { type Desk, type Kiosk, setUpDesk, startKiosk } from '../support/kiosk';
import { type SecretSearch, searchFor } from '../support/secrets';
import { setUpVault } from '../support/starting-points';
import { until } from '../support/system';

function ownPassphrase(): string {
  return `quince harbour ${randomBytes(9).toString('hex')} lamp`;
}

/** From now on the search hears what main prints and what it pushes to this page. */
async function listen(search: SecretSearch, kiosk: Kiosk): Promise<void> {
  const { stdout, stderr } = kiosk.app.process();
  stdout?.on('data', (bytes: Buffer) => search.hear('stdout of the kiosk', bytes));
  stderr?.on('data', (bytes: Buffer) => search.hear('stderr of the kiosk', bytes));
  const hear = async (page: Page): Promise<void> => {
    page.on('console', (message) => search.hear('console of a page', message.text()));
    await page.waitForLoadState('domcontentloaded');
    await page.evaluate(() => {
      const views: unknown[] = [];
      Object.assign(window, { heardViews: views });
      window.kiosk.onView((view) => views.push(view));
    });
  };
  // The bar's page is made when a guest is shown.
  kiosk.app.on('window', (page) => {
    hear(page).catch((error: unknown) => search.hear('a page that could not be heard', String(error)));
  });
  for (const page of kiosk.app.windows()) await hear(page);
}

const viewsSchema = z.array(z.looseObject({ story: z.looseObject({ state: z.string() }) }));

/** The views pushed to a page since `listen`, and the one it would get now. */
async function viewsOf(page: Page): Promise<z.infer<typeof viewsSchema>> {
  const told = await page.evaluate(async () => {
    const now = await window.kiosk.getView();
    return [...(Reflect.get(window, 'heardViews') ?? []), now.ok ? now.value : now];
  });
  return viewsSchema.parse(told);
}

/** Core images with the secret in them, as UTF-8 or UTF-16, by the names of their processes; and what holds no secret. */
function imagesHolding(
  desk: Desk,
  kiosk: Kiosk,
  secrets: readonly string[],
): { holding: string[]; names: string[] } {
  const needles = secrets.flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, 'utf16le')]);
  const { images, unread } = imagesOf(desk, kiosk.pid, needles);
  expect(unread).toEqual([]);
  expect(images.filter((image) => image.mayDumpCore)).toEqual([]);
  return {
    holding: images.filter(({ found }) => found > 0).map(({ name }) => name),
    names: images.map(({ name }) => name),
  };
}

test('the passphrase is nowhere while the app is locked, opens, runs, suspends and is safe', async () => {
  const passphrase = ownPassphrase();
  // Its middle alone, so that a copy whose ends were written over is found too.
  const inMemory = [passphrase.slice(15, -5)];
  const desk = await setUpVault({ secret: passphrase });
  const search = searchFor(desk, [Buffer.from(passphrase)]);
  const lookAt = async (kiosk: Kiosk): Promise<string[]> => {
    for (const page of kiosk.app.windows()) search.hear('a view', JSON.stringify(await viewsOf(page)));
    return search.places();
  };
  try {
    const kiosk = await startKiosk(desk);
    await listen(search, kiosk);
    await kiosk.at('locked');
    // One letter too many: a wrong passphrase that holds the right one, with its letters shown.
    desk.press('ctrl+h');
    desk.type(`${passphrase}x`);
    // Its length only: what the debugger reads goes through main, and would be found there.
    const typed = kiosk.page.locator('input.secret');
    expect(await typed.evaluate((field: HTMLInputElement) => field.value.length)).toBe(passphrase.length + 1);
    expect(await lookAt(kiosk)).toEqual([]);
    // The page that it is typed into holds it: the search finds it there.
    expect(imagesHolding(desk, kiosk, inMemory).holding).toEqual(['electron renderer']);
    desk.press('Return');
    await kiosk.page.getByRole('heading', { name: 'That passphrase does not fit' }).waitFor();
    expect(await lookAt(kiosk)).toEqual([]);
    await kiosk.page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    desk.press('ctrl+a');
    desk.type(passphrase);
    desk.press('Return');
    await kiosk.at('opening');
    expect(search.places()).toEqual([]);
    await kiosk.at('live');
    const { holding, names } = imagesHolding(desk, kiosk, inMemory);
    expect(holding).toEqual([]);
    for (const name of ['electron', 'node owner.cjs', 'node keeper.cjs', 'gocryptfs', 'remote-viewer'])
      expect(names).toContain(name);
    await listen(search, kiosk);
    expect(await lookAt(kiosk)).toEqual([]);
    for (const args of [
      ['vault', 'status'],
      ['guest', 'list'],
      ['timeline', 'list', 'witness'],
    ]) {
      const said = await soulpad({ args, env: desk.env });
      search.hear(`soulpad ${args.join(' ')}`, JSON.stringify(said));
    }
    desk.press('super+Escape');
    await kiosk.page.getByRole('button', { name: /Suspend/ }).click();
    await kiosk.at('suspending');
    expect(search.places()).toEqual([]);
    await kiosk.at('safe', 120_000);
    expect(await lookAt(kiosk)).toEqual([]);
    const states = new Set((await viewsOf(kiosk.page)).map(({ story }) => story.state));
    for (const state of ['live', 'suspending', 'safe']) expect(states).toContain(state);
    await kiosk.quit();
    expect(search.places()).toEqual([]);
  } finally {
    search.end();
    await desk.end();
  }
});

test('the key of a key USB is nowhere but on it', async () => {
  const passphrase = ownPassphrase();
  const desk = await setUpVault({ secret: passphrase });
  const keyUsb = mkdtempSync(join(tmpdir(), 'sp-key-usb-'));
  const { env } = desk;
  const made = await soulpad({ args: ['vault', 'add-key-usb', keyUsb], env, passphrase });
  expect(made.envelope.ok).toBe(true);
  const [file, ...others] = readdirSync(keyUsb);
  expect(others).toEqual([]);
  const key = readFileSync(join(keyUsb, file ?? ''));
  expect(key.length).toBe(64);
  const search = searchFor(desk, [key, Buffer.from(passphrase)]);
  search.hear('soulpad vault add-key-usb', JSON.stringify(made));
  try {
    const kiosk = await startKiosk(desk, ['--key', keyUsb]);
    await listen(search, kiosk);
    await kiosk.at('locked');
    await kiosk.page.getByRole('button', { name: /Use a key USB/ }).click();
    await kiosk.at('live');
    search.hear('a view', JSON.stringify(await viewsOf(kiosk.page)));
    expect(search.places()).toEqual([]);
    await suspend(desk, kiosk);
    expect(search.places()).toEqual([]);
  } finally {
    search.end();
    await desk.end();
    rmSync(keyUsb, { recursive: true, force: true });
  }
});

test('the passphrase is nowhere while the command line makes, opens and closes a vault', async () => {
  const passphrase = ownPassphrase();
  const desk = await setUpDesk();
  const search = searchFor(desk, [Buffer.from(passphrase)]);
  const say = async (args: readonly string[], secret?: string): Promise<number> => {
    const said = await soulpad({
      args,
      env: desk.env,
      ...(secret === undefined ? {} : { passphrase: secret }),
    });
    search.hear(`soulpad ${args.join(' ')}`, JSON.stringify(said));
    return said.status;
  };
  try {
    expect(await say(['vault', 'create'], passphrase)).toBe(0);
    expect(await say(['vault', 'open'], `${passphrase}x`)).toBe(77);
    expect(await say(['vault', 'open'], passphrase)).toBe(0);
    expect(search.places()).toEqual([]);
    expect(await say(['vault', 'status'])).toBe(0);
    expect(await say(['vault', 'close'])).toBe(0);
    // Given where it must not be given: refused, and not said again.
    expect(await say(['vault', 'open', '--passphrase-fd', 'words'])).toBe(64);
    expect(search.places()).toEqual([]);
  } finally {
    search.end();
    await desk.end();
  }
});

test('the search finds a secret wherever one is planted', async () => {
  const desk = await setUpDesk();
  const words = ownPassphrase();
  const secret = Buffer.from(words);
  const plant = (name: string, bytes: Buffer | string): string => {
    const file = join(desk.runtime, name);
    writeFileSync(file, bytes);
    return `file ${file}`;
  };
  const search = searchFor(desk, [secret]);
  const sleeper = spawn('sleep', ['60'], {
    argv0: `sleep of ${words}`,
    env: { PATH: process.env.PATH, HELD: Buffer.from(`--${words}`).toString('base64') },
  });
  try {
    expect(search.places().filter((place) => !place.includes(` of ${sleeper.pid}`))).toEqual([]);
    const files = [
      plant('plain', Buffer.concat([randomBytes(4 << 20), secret, randomBytes(100)])),
      // Over the edge of the pieces that are read.
      plant('edge', Buffer.concat([Buffer.alloc((4 << 20) - 7), secret, Buffer.alloc(9)])),
      plant('utf16', Buffer.from(`"${words}"`, 'utf16le')),
      plant('hex', `key=${secret.toString('hex')}`),
      plant('base64', Buffer.from(`{"a":"${words}"}`).toString('base64')),
      plant('base64-shifted', Buffer.from(`{"ab":"${words}"}`).toString('base64')),
      plant('url', encodeURIComponent(words)),
    ];
    search.hear('a view', JSON.stringify({ story: { state: 'locked', typed: words } }));
    await until('the sleeper', () => search.places().some((place) => place.startsWith('argv')));
    const expected = [`argv of ${sleeper.pid}`, `environ of ${sleeper.pid}`, ...files, 'a view'];
    expect([...search.places()].sort()).toEqual(expected.sort());
  } finally {
    search.end();
    sleeper.kill('SIGKILL');
    await desk.end();
  }
});

test('a vault made on the screen tells nobody its passphrase and its recovery key', async () => {
  const passphrase = ownPassphrase();
  const desk = await setUpDesk();
  const searches = [searchFor(desk, [Buffer.from(passphrase)])];
  const places = (): string[] => searches.flatMap((search) => search.places());
  try {
    const kiosk = await startKiosk(desk);
    for (const search of searches) await listen(search, kiosk);
    await kiosk.at('setup');
    await choosePassphrase(desk, kiosk, passphrase);
    await takeTestGuest(kiosk);
    const paper = await readRecoveryKey(kiosk);
    const key = searchFor(desk, [Buffer.from(paper.join('-')), Buffer.from(paper.join(''))]);
    searches.push(key);
    await listen(key, kiosk);
    expect(places()).toEqual([]);
    await press(kiosk, 'I wrote it down');
    await typeBack(desk, kiosk, paper);
    await kiosk.at('live', 120_000);
    expect(imagesHolding(desk, kiosk, [passphrase.slice(15, -5)]).holding).toEqual([]);
    // The key was read off the page by the debugger, which runs in main: there its words lie, and nowhere else.
    const digits = [paper.slice(0, 2).join(''), paper.slice(6).join('')];
    expect(imagesHolding(desk, kiosk, digits).holding.filter((name) => name !== 'electron')).toEqual([]);
    const views = JSON.stringify(await viewsOf(kiosk.page));
    for (const search of searches) search.hear('a view', views);
    expect(places()).toEqual([]);
    await suspend(desk, kiosk);
    const status = await soulpadOk(
      { args: ['vault', 'status'], env: desk.env },
      z.looseObject({ state: z.string() }),
    );
    expect(status.state).toBe('closed');
    expect(places()).toEqual([]);
  } finally {
    for (const search of searches) search.end();
    await desk.end();
  }
});
