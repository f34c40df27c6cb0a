// Starts the real kiosk on an X server of its own and works it like a person: keys and pointer go through X (xdotool),
// never into the page behind its back. Playwright looks at the page, and asks the system for the rest.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { startXServer, type XServer } from '../../main/place/x-server';
import { scrubbedEnvironment } from '../../main/process/run';
import { repository } from './cli';
import { isAlive, processes, until, vaultMounts } from './system';

/** A person's things for one scenario: a home for the vault, a runtime folder, a screen. */
export interface Desk {
  /** Everything of this desk lies below: home, runtime folder, what programs keep in HOME and in TMPDIR. */
  readonly folder: string;
  readonly home: string;
  readonly runtime: string;
  readonly env: Readonly<Record<string, string>>;
  readonly screen: XServer;
  /** Types on the screen's keyboard. */
  type(text: string): void;
  /** Presses keys by their X names: 'super+Escape', 'Return'. */
  press(...keys: readonly string[]): void;
  point(x: number, y: number): void;
  click(): void;
  /** Photographs the whole screen, viewer included. */
  photograph(file: string): void;
  /** Acts since the desk was set up: keys pressed by name and clicks. What is typed belongs to the act that sends it. */
  acts(): number;
  end(): Promise<void>;
}

export async function setUpDesk(size = { width: 1024, height: 768 }): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'sp-'));
  const screen = await startXServer({ kind: 'xvnc', ...size, under: join(folder, 'x') });
  if (!screen.ok) throw new Error(`${screen.fault.message} ${screen.fault.hint ?? ''}`);
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  mkdirSync(home);
  const temporary = join(folder, 'tmp');
  for (const made of [runtime, temporary]) mkdirSync(made, { mode: 0o700 });
  const env = scrubbedEnvironment({
    SOULPAD_HOME: home,
    HOME: folder,
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(folder, 'config'),
    DISPLAY: screen.value.display,
    XAUTHORITY: screen.value.authority,
    LANG: 'en_US.UTF-8',
  });
  const x = (program: string, ...args: readonly string[]): void => {
    execFileSync(program, [...args], { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
  };
  let acts = 0;
  return {
    folder,
    home,
    runtime,
    env,
    screen: screen.value,
    type: (text) => x('xdotool', 'type', '--delay', '15', text),
    press: (...keys) => {
      acts++;
      x('xdotool', 'key', '--delay', '40', ...keys);
    },
    point: (at, y) => x('xdotool', 'mousemove', String(at), String(y)),
    click: () => {
      acts++;
      x('xdotool', 'click', '1');
    },
    acts: () => acts,
    photograph: (file) => {
      mkdirSync(dirname(file), { recursive: true });
      x('import', '-window', 'root', file);
    },
    end: async () => {
      await clearAway(folder);
      await screen.value.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a failed scenario left behind: its processes (by their runtime folder) and its mount. */
async function clearAway(folder: string): Promise<void> {
  const ours = (): number[] =>
    processes()
      .filter(({ pid, argv, environment }) => pid !== process.pid && `${argv}${environment}`.includes(folder))
      .filter(({ argv }) => !argv.includes('Xvnc'))
      .map(({ pid }) => pid);
  for (const pid of ours()) killIfThere(pid, 'SIGKILL');
  await until('the processes of this desk are gone', () => ours().length === 0).catch(() => {});
  for (const mount of vaultMounts(folder)) execFileSync('fusermount3', ['-u', '-z', mount]);
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended meanwhile.
  }
}

export interface Kiosk {
  readonly app: ElectronApplication;
  /** Of this moment: after a secret was typed another one takes its place. */
  readonly page: Page;
  readonly pid: number;
  /** The bar's page; it exists from the start and is shown over the guest. */
  bar(): Promise<Page>;
  barIsShown(): Promise<boolean>;
  /** Which state the main page draws, asked through main: works on a page that was made anew. */
  story(): Promise<string | null>;
  /** Presses a button of the main page with the screen's own pointer. */
  pressButton(name: string): Promise<void>;
  /** Waits for a story state, as the page draws it. */
  at(state: string, timeoutMs?: number): Promise<void>;
  quit(): Promise<void>;
}

/** The newest page draws it; a page that goes away meanwhile is followed by the next one. */
async function waitForStory(newest: () => Page | undefined, state: string, timeoutMs: number): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    const page = newest();
    try {
      const left = Math.max(1, deadline - Date.now());
      await page?.waitForSelector(`[data-story="${state}"]`, { state: 'attached', timeout: left });
      if (page !== undefined) return;
    } catch (error) {
      if (page?.isClosed() !== true || Date.now() > deadline) throw error;
    }
    if (page === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * What only looks is asked again when V8's inspector lost the answer: it says so ("Resulting promise was garbage
 * collected") when the collector took the promise that it held weakly, which nothing of ours can prevent.
 */
async function look<T>(ask: () => Promise<T>): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask();
    } catch (error) {
      if (asked === 3 || !(error instanceof Error && error.message.includes('garbage collected')))
        throw error;
    }
  }
}

/** `screen`: another X server than the desk's, as a second `npm start` has. */
export async function startKiosk(
  desk: Desk,
  args: readonly string[] = [],
  screen: XServer = desk.screen,
): Promise<Kiosk> {
  const sandbox = process.getuid?.() === 0 || process.env.SOULPAD_NO_SANDBOX === '1' ? ['--no-sandbox'] : [];
  const launch = (timeout: number) =>
    _electron.launch({
      executablePath: join(repository, 'out/electron/electron'),
      args: [repository, ...sandbox, ...args],
      chromiumSandbox: sandbox.length === 0,
      env: { ...desk.env, DISPLAY: screen.display, XAUTHORITY: screen.authority },
      timeout,
    });
  // Under two busy loops Playwright's own handshake once hung until its limit although the kiosk was up (it had printed its
  // first screen); why is not known. Nothing of ours is tested at that moment, so it is done once more, and said aloud.
  const app = await launch(20_000).catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.includes('Timeout 20000ms')) throw error;
    console.warn(`Playwright did not get through to the kiosk, starting it once more: ${error.message}`);
    return launch(60_000);
  });
  const isBar = (page: Page): boolean => page.url().endsWith('#bar');
  /** The newest, that is not about to end. */
  const newest = (): Page | undefined =>
    app.windows().findLast((each) => !each.isClosed() && each.url() !== '' && !isBar(each));
  const first = await until('the kiosk window', newest, 60_000);
  await first.waitForLoadState('domcontentloaded');
  const pid = app.process().pid ?? 0;
  return {
    app,
    get page() {
      return newest() ?? first;
    },
    pid,
    barIsShown: () =>
      look(() =>
        app.evaluate(({ BrowserWindow }) => {
          const bar = BrowserWindow.getAllWindows().find((each) =>
            each.webContents.getURL().endsWith('#bar'),
          );
          return bar?.isVisible() ?? false;
        }),
      ),
    pressButton: async (name) => {
      const at = await until(`a button called ${name}`, () =>
        look(() =>
          app.evaluate(({ webContents }, wanted) => {
            const main = webContents.getAllWebContents().find((each) => !each.getURL().endsWith('#bar'));
            return main?.executeJavaScript(`(() => {
              const named = [...document.querySelectorAll('button')].find((each) => each.innerText.includes(${JSON.stringify(wanted)}));
              const box = named?.getBoundingClientRect();
              return box ? { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) } : null;
            })()`);
          }, name),
        ),
      );
      desk.point(at.x, at.y);
      desk.click();
    },
    story: () =>
      look(() =>
        app.evaluate(({ webContents }) => {
          const main = webContents.getAllWebContents().find((each) => !each.getURL().endsWith('#bar'));
          return main?.executeJavaScript('document.documentElement.dataset.story ?? null') ?? null;
        }),
      ),
    bar: () => until('the bar window', () => app.windows().find(isBar)),
    at: async (state, timeoutMs = 60_000) => {
      try {
        await waitForStory(newest, state, timeoutMs);
      } catch (error) {
        const seen = join(repository, 'out/test-results', `waited-for-${state}-${pid}.png`);
        desk.photograph(seen);
        throw new Error(`the screen did not come to ${state}, see ${seen}`, { cause: error });
      }
    },
    // Not app.close(): our windows do not close because somebody asks them to.
    quit: async () => {
      const ended = until('the kiosk has ended', () => !isAlive(pid));
      process.kill(pid, 'SIGTERM');
      await ended;
    },
  };
}
