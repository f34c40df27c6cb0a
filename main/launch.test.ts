// launch as it runs: bundled, on plain Node, with a real virtual X server. A small shell program stands where Electron does.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { findProgram } from './process/program-search';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-launch-'));
const program = join(folder, 'resources/programs/launch.cjs');
const runtime = join(folder, 'run');

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'launch.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    define: { 'import.meta.dirname': '__dirname' },
    external: ['argon2', 'node-pty'],
    logLevel: 'error',
  });
});
beforeEach(() => {
  rmSync(runtime, { recursive: true, force: true });
  mkdirSync(runtime, { mode: 0o700 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands for Electron; it may use $RUNS, a file in which it counts. */
function putElectron(script: string): void {
  writeFileSync(join(folder, 'soulpad'), `#!/bin/sh\nRUNS=${runtime}/runs\necho x >>$RUNS\n${script}\n`);
  chmodSync(join(folder, 'soulpad'), 0o755);
}

const runs = (): number => readFileSync(join(runtime, 'runs'), 'utf8').trim().split('\n').length;

interface Launched {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly status: Promise<number | null>;
}

function launch(environment: Record<string, string> = {}, args: readonly string[] = []): Launched {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: runtime,
      SOULPAD_NO_SANDBOX: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      words += bytes.toString();
    });
  return { child, said: () => words, status: new Promise((resolve) => child.once('close', resolve)) };
}

/** The X server's folder is gone; with it cookie and socket. */
const leftovers = (): string[] => readdirSync(join(runtime, 'soulpad'));

it('gives the app an X server of its own, says how to look at it, and ends cleanly with its status', async () => {
  putElectron(
    'xprop -root >/dev/null || exit 9; echo "$SOULPAD_PLACE $(ulimit -c) $*"; echo "soulpad: first screen"; exit 73',
  );
  const launched = launch();
  expect(await launched.status).toBe(73);
  expect(launched.said()).toContain('virtual 0 --no-sandbox');
  expect(launched.said()).toMatch(/vncviewer \S+\/vnc\.sock/);
  expect(launched.said()).toMatch(/the first screen is up \(\d/);
  expect(runs()).toBe(1);
  expect(leftovers()).toEqual([]);
});

it.each([{ NODE_OPTIONS: '--no-warnings' }, { LD_LIBRARY_PATH: '/nowhere' }, { ELECTRON_RUN_AS_NODE: '1' }])(
  'starts nothing of a packaged app with %o',
  async (environment) => {
    putElectron('exit 0');
    const launched = launch(environment);
    expect(await launched.status).toBe(64);
    expect(launched.said()).toContain(`does not start with ${Object.keys(environment)[0]} set`);
    expect(() => runs()).toThrow('ENOENT');
  },
);

it('starts a crashed app again within 3 seconds', async () => {
  putElectron('echo "soulpad: first screen"; [ $(wc -l <$RUNS) -ge 2 ] && exit 0; kill -KILL $$');
  const launched = launch();
  expect(await launched.status).toBe(0);
  expect(launched.said()).toContain('ended with status 137, starting it again');
  expect(runs()).toBe(2);
});

it('starts another X server when its own is killed, and the app in it', async () => {
  putElectron(`echo "soulpad: first screen"
echo "on $DISPLAY"
[ $(wc -l <$RUNS) -ge 2 ] && { xprop -root >/dev/null && exit 73; exit 9; }
while xprop -root >/dev/null 2>&1; do sleep 0.1; done
exit 1`);
  const launched = launch();
  await vi.waitUntil(() => /on :\d/.test(launched.said()), { timeout: 20_000 });
  process.kill(xServerBelow(runtime), 'SIGKILL');
  expect(await launched.status).toBe(73);
  expect(launched.said()).toContain('the X server died, starting another one');
  expect(runs()).toBe(2);
  expect(leftovers()).toEqual([]);
});

/** Its cookie's path names the runtime folder. */
function xServerBelow(folderOfIts: string): number {
  const found = readdirSync('/proc').find((name) => {
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0');
      return argv[0]?.endsWith('Xvnc') === true && argv.some((word) => word.startsWith(folderOfIts));
    } catch {
      return false; // no process, or it ended meanwhile
    }
  });
  if (found === undefined) throw new Error('no X server runs there');
  return Number(found);
}

it('gives up on an app that dies again and again, and says so', async () => {
  putElectron('echo "soulpad: first screen"; sleep 0.1; exit 1');
  const launched = launch();
  expect(await launched.status).toBe(70);
  expect(launched.said()).toContain('more than 5 times in a minute');
  expect(runs()).toBe(6);
  expect(leftovers()).toEqual([]);
});

it('does not try again an app that never came to its first screen', async () => {
  putElectron('exit 1');
  const launched = launch();
  expect(await launched.status).toBe(70);
  expect(launched.said()).toContain('before its first screen');
  expect(runs()).toBe(1);
});

it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and cleans up', async (signal) => {
  putElectron(
    'trap "echo asked to end; exit 0" TERM; echo "soulpad: first screen"; while :; do sleep 0.1; done',
  );
  const launched = launch();
  await vi.waitUntil(() => launched.said().includes('the first screen is up'), { timeout: 20_000 });
  launched.child.kill(signal);
  expect(await launched.status).toBe(0);
  expect(launched.said()).toContain('asked to end');
  expect(leftovers()).toEqual([]);
});

it.each([['--geometry', '5x5'], ['--geometry', 'big'], ['--unknown']])('refuses %s %s', async (...args) => {
  const launched = launch({}, args);
  expect(await launched.status).toBe(64);
  expect(launched.said()).toContain('usage: launch');
});

it('names the package of an X server that is missing', async () => {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  symlinkSync(findProgram('prlimit') ?? '', join(folder, 'bin/prlimit'));
  const launched = launch({ PATH: join(folder, 'bin') });
  expect(await launched.status).toBe(69);
  expect(launched.said()).toContain('install the Debian package tigervnc-standalone-server');
});
