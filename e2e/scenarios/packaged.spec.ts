// The packaged app, as `npm run package` makes it: it runs by itself, does the main job, says what it is, and lets nobody
// in. Debuggers stay outside, so it is worked by keys and pictures of the screen, and the system is asked for the rest.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { repository } from '../support/cli';
import { type Desk, setUpDesk, startKiosk } from '../support/kiosk';
import { passphrase } from '../support/starting-points';
import { filesHolding, isAlive, parentOf, processes, until, vaultMounts } from '../support/system';
import { listenToWitness } from '../support/witness';

const to = 'out/packaged';
const folder = join(repository, to, 'linux-unpacked');
const resources = join(folder, 'resources');
const binary = join(folder, 'soulpad');
const pack = join(repository, 'native-scripts/setup/packaging/pack.mjs');
const noteSchema = z.object({ version: z.string(), source: z.enum(['official', 'registry']) });
const electron = noteSchema.parse(JSON.parse(readFileSync(join(repository, 'out/electron.json'), 'utf8')));

test.beforeAll(() => {
  const packed = spawnSync(process.execPath, [pack, '--to', to], { encoding: 'utf8', timeout: 120_000 });
  expect(packed.status, packed.stdout + packed.stderr).toBe(0);
});

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

/** Starts a program of the packaged app and waits for its end. */
function ask(
  desk: Desk,
  [program, ...args]: readonly [string, ...string[]],
  given: { readonly environment?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Ended {
  const env = { ...desk.env, ...given.environment };
  const ended = spawnSync(program, args, {
    ...{ env, encoding: 'utf8', timeout: 60_000, cwd: desk.folder },
    input: given.stdin ?? '',
  });
  return { status: ended.status, said: ended.stdout + ended.stderr };
}

const launch = (...args: readonly string[]): [string, ...string[]] => [
  process.execPath,
  join(resources, 'programs/launch.cjs'),
  ...args,
];

/** The same box of two pictures, in pixels that differ. */
function differingPixels(one: string, other: string, box: string): number {
  const crop = (file: string): string => {
    execFileSync('convert', [file, '-crop', box, '+repage', `${file}.crop.png`]);
    return `${file}.crop.png`;
  };
  const args = ['-metric', 'AE', crop(one), crop(other), 'null:'];
  return Number.parseFloat(spawnSync('compare', args, { encoding: 'utf8' }).stderr);
}

test('it makes a vault by its command line, wakes the witness, and says on the screen that it is a test build', async () => {
  test.skip(electron.source === 'official', 'this checkout has the official Electron: no test build to show');
  const desk = await setUpDesk();
  const shots = join(desk.folder, 'shots');
  mkdirSync(shots);
  try {
    // Its own command line makes the vault: the first run shows a recovery key, which only a person can read.
    const cli = (args: readonly string[], stdin = ''): Ended =>
      ask(desk, [process.execPath, join(resources, 'programs/soulpad.cjs'), ...args, '--json'], { stdin });
    for (const args of [
      ['vault', 'create'],
      ['guest', 'add', '--witness'],
    ]) {
      const made = cli([...args, '--passphrase-fd', '0'], passphrase);
      expect(made.status, made.said).toBe(0);
    }

    // How the words look: on the checkout's kiosk, where the page can be asked.
    const kiosk = await startKiosk(desk);
    await kiosk.at('locked');
    const words = kiosk.page.getByText('test build', { exact: true });
    const at = await words.boundingBox();
    if (at === null) throw new Error('the checkout does not call itself a test build');
    const box = `${Math.ceil(at.width)}x${Math.ceil(at.height)}+${Math.floor(at.x)}+${Math.floor(at.y)}`;
    desk.photograph(join(shots, 'words.png'));
    await kiosk.quit();

    // No display in its environment: launch makes a screen.
    const { DISPLAY, XAUTHORITY, ...env } = desk.env;
    const [program, ...args] = launch('--geometry', '1024x768');
    const app = spawn(program, args, { env, cwd: desk.folder });
    let said = '';
    for (const stream of [app.stdout, app.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes));
    await until('the first screen', () => said.includes('soulpad: first screen'));
    const running = processes();
    const main = running.find(
      ({ pid, argv }) => argv.startsWith(binary) && !argv.includes('--type=') && parentOf(pid) === app.pid,
    );
    if (main === undefined) throw new Error('the packaged app is not there');
    // Chromium writes its title over its environment: the screen's name is read from the window manager it started.
    const manager = running.find(({ argv }) => argv.includes('openbox') && argv.includes(desk.runtime));
    const its = (name: string): string =>
      new RegExp(`(?:^| )${name}=(\\S+)`).exec(manager?.environment ?? '')?.[1] ?? '';
    const screen = { ...env, DISPLAY: its('DISPLAY'), XAUTHORITY: its('XAUTHORITY') };
    expect(screen.DISPLAY).not.toBe('');
    expect(screen.DISPLAY).not.toBe(DISPLAY);
    await until('the words *test build* on the screen', () => {
      execFileSync('import', ['-window', 'root', join(shots, 'packaged.png')], { env: screen });
      return differingPixels(join(shots, 'words.png'), join(shots, 'packaged.png'), box) === 0;
    });

    const type = (text: string): Buffer =>
      execFileSync('xdotool', ['type', '--delay', '15', text], { env: screen });
    const press = (...keys: readonly string[]): Buffer =>
      execFileSync('xdotool', ['key', '--delay', '40', ...keys], { env: screen });
    type(passphrase);
    press('Return');
    const root = join(desk.runtime, 'soulpad');
    const serial = await until('the witness', () =>
      readdirSync(root)
        .map((name) => join(root, name, 'witness/serial.sock'))
        .find((path) => existsSync(path)),
    );
    const witness = await listenToWitness(serial);
    expect(await witness.tick()).toMatchObject({ ram: 'ok', disk: 'ok' });
    witness.close();

    // Its command line talks to the same guest.
    const suspended = cli(['guest', 'suspend', 'witness']);
    expect(suspended.status, suspended.said).toBe(0);
    await until('the vault is closed', () => vaultMounts(desk.runtime).length === 0).catch(
      (error: unknown) => {
        const seen = join(repository, 'out/test-results/packaged.png');
        execFileSync('import', ['-window', 'root', seen], { env: screen });
        throw new Error(`see ${seen}; it said: ${said}`, { cause: error });
      },
    );
    app.kill('SIGTERM');
    await until('launch has ended', () => app.exitCode !== null || app.signalCode !== null);
    expect(isAlive(main.pid)).toBe(false);
    expect(processes().filter(({ argv }) => argv.includes(folder))).toEqual([]);
  } finally {
    await desk.end();
  }
});

test('it does not start where it would be opened to other programs, and says why', async () => {
  const desk = await setUpDesk();
  try {
    const switches = [
      '--remote-debugging-port=9333',
      '--remote-debugging-pipe',
      '--inspect',
      '--inspect-brk=0',
      '--js-flags=--expose-gc',
    ];
    for (const given of switches) {
      const name = given.split('=')[0] ?? '';
      for (const command of [[binary, given], launch('--', given)] as const) {
        const { status, said } = ask(desk, [command[0], ...command.slice(1)]);
        expect.soft(said).toContain(`soulpad does not start with ${name}: it would open the running app`);
        expect.soft(status, command.join(' ')).toBe(64);
        expect.soft(said).not.toMatch(/first screen|listening on/i);
      }
    }
    const variables = {
      NODE_OPTIONS: '--no-warnings',
      LD_PRELOAD: join(folder, 'libffmpeg.so'),
      ELECTRON_RUN_AS_NODE: '1',
    };
    for (const [name, value] of Object.entries(variables)) {
      for (const command of [[binary], launch()] as const) {
        const { status, said } = ask(desk, [command[0], ...command.slice(1)], {
          environment: { [name]: value },
        });
        expect.soft(said).toContain(`soulpad does not start with ${name} set: it would load foreign code`);
        expect.soft(status, `${name} ${command.join(' ')}`).toBe(64);
        expect.soft(said).not.toMatch(/first screen|listening on/i);
      }
    }
    const nowhere = ask(desk, [binary], { environment: { DISPLAY: '' } });
    expect(nowhere.said).toContain('there is no X display to draw on');
    expect(nowhere.status).toBe(69);
  } finally {
    await desk.end();
  }
});

test('it carries what it needs, nothing of this machine, and the fuses of a release', async () => {
  const wire = await getCurrentFuseWire(binary);
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  ] as const;
  // The wire holds ASCII digits.
  for (const fuse of off) expect(Number(wire[fuse])).toBe('0'.charCodeAt(0));
  expect(Number(wire[FuseV1Options.OnlyLoadAppFromAsar])).toBe('1'.charCodeAt(0));
  const info = JSON.parse(readFileSync(join(resources, 'build-info.json'), 'utf8'));
  expect(info).toMatchObject({ testBuild: electron.source !== 'official', release: false });
  expect(readdirSync(resources).sort()).toEqual([
    'app.asar',
    'build-info.json',
    'electron.json',
    'native-scripts', // what builds the Debian desktop, and the one module that it needs
    'node_modules',
    'programs',
    'state-map',
    'witness',
  ]);
  expect(filesHolding(join(resources), [Buffer.from(repository)])).toEqual([]);
});

test('a release is refused with the stand-in Electron', async () => {
  test.skip(electron.source === 'official', 'this checkout has the official Electron: nothing to refuse');
  const refused = spawnSync(process.execPath, [pack, '--release', '--to', 'out/never'], { encoding: 'utf8' });
  expect(refused.stderr).toContain('a release needs the official Electron');
  expect(refused.status).toBe(69);
  expect(existsSync(join(repository, 'out/never'))).toBe(false);
});
