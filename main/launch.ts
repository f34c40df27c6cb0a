// `npm start` and the packaged app's first program, on plain Node: finds the place, starts an X server of our own where
// there is none for us alone, starts Electron in it, and starts both again when they crash, since the guest goes on without
// them. A window that somebody closed stays closed.
// Ends in reverse order, also on a signal. Usage: launch [--geometry WxH] [--fullscreen] [-- ELECTRON ARGUMENTS]
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import type { Fault } from '../preload/contract/fault';
import { exitCodes } from '../preload/contract/fault';
import { electronCommand, packagedElectron } from './place/electron-command';
import { lookWords } from './place/look-words';
import { type Found, findPlace } from './place/place';
import { startSessionBus } from './place/session-bus';
import { startXServer, type XServer } from './place/x-server';
import { startBound } from './process/bound';
import { refuseCoreDumps } from './process/core-limit';
import { refusalToStart, refusedStatus } from './process/guards';
import { restartLimit } from './process/restart-limit';
import { runtimeRoot } from './vault/places';

const restartAfterMs = 500;
/** Chromium's complaints about what a PC lacks (a system bus) frighten who starts us; our own faults are said by us. */
const quietly = ['--log-level=3'];
/** An Electron that hangs must not hold up the end of a session. */
const endsWithinMs = 15_000;

function say(line: string): void {
  process.stderr.write(`soulpad: ${line}\n`);
}

function sayFault(fault: Fault): number {
  say(fault.hint === undefined ? fault.message : `${fault.message}: ${fault.hint}`);
  return exitCodes[fault.code];
}

interface Order {
  readonly width: number;
  readonly height: number;
  readonly fullscreen: boolean;
  readonly electronArguments: readonly string[];
}

function readOrder(given: readonly string[]): Order | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...given],
      options: {
        geometry: { type: 'string', default: '1920x1080' },
        fullscreen: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const size = /^(\d{3,5})x(\d{3,5})$/.exec(values.geometry);
    const [width, height] = [Number(size?.[1]), Number(size?.[2])];
    if (!(width >= 640 && width <= 16_384 && height >= 480 && height <= 16_384)) return null;
    return { width, height, fullscreen: values.fullscreen, electronArguments: positionals };
  } catch {
    return null;
  }
}

/** On a stick the session has an X server for us alone; elsewhere we make one. */
async function ownServer(found: Found, order: Order): Promise<XServer | 'given' | Fault> {
  if (found.place === 'stick') return 'given';
  const kind = found.desktop === 'x11' ? 'xephyr' : found.desktop === 'wayland' ? 'xwayland' : 'xvnc';
  const outer = Object.fromEntries(
    ['DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { width, height, fullscreen } = order;
  const nested = kind === 'xvnc' ? {} : { outer };
  const server = await startXServer({ kind, width, height, fullscreen, under: runtimeRoot(), ...nested });
  return server.ok ? server.value : server.fault;
}

interface Ended {
  readonly status: number;
  readonly crashed: boolean;
}

/** Runs Electron once, to its end. `onFirstScreen` when main says that it is up. */
async function runElectron(about: {
  readonly environment: Readonly<Record<string, string>>;
  readonly extra: readonly string[];
  readonly signal: AbortSignal;
  readonly onFirstScreen: () => void;
}): Promise<Ended> {
  const command = electronCommand({ environment: process.env, extra: about.extra });
  if (!command.ok) return { status: sayFault(command.fault), crashed: false };
  const started = startBound({
    ...command.value,
    stage: 'launch.electron',
    packageName: 'soulpad',
    env: about.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    onOurDeath: 'TERM',
  });
  if (!started.ok) return { status: sayFault(started.fault), crashed: false };
  const child = started.value;
  let late: NodeJS.Timeout | undefined;
  const pass = (): void => {
    child.process.kill('SIGTERM');
    late = setTimeout(() => child.process.kill('SIGKILL'), endsWithinMs);
  };
  about.signal.addEventListener('abort', pass);
  child.process.stdout?.on('data', (bytes: Buffer) => {
    process.stdout.write(bytes);
    if (bytes.includes('soulpad: first screen')) about.onFirstScreen();
  });
  // A detached child keeps no event loop running, and its pipe may close before it has ended.
  const waiting = setInterval(() => {}, 60_000);
  const how = await child.ended;
  clearInterval(waiting);
  clearTimeout(late);
  about.signal.removeEventListener('abort', pass);
  const status = how.status ?? 128 + (constants.signals[how.signal as NodeJS.Signals] ?? 0);
  // 0 and sysexits are Electron's own decision to end; everything else is a death.
  return { status, crashed: status !== 0 && (status < 64 || status > 78) };
}

async function main(): Promise<number> {
  process.umask(0o077);
  const order = readOrder(process.argv.slice(2));
  if (order === null) {
    say('usage: launch [--geometry WxH, 640x480 or more] [--fullscreen] [-- ELECTRON ARGUMENTS]');
    return exitCodes.usage;
  }
  // The runner would take such variables away; who set them should know that they do not work here.
  const refusal = refusalToStart({
    packaged: packagedElectron() !== null,
    arguments: order.electronArguments,
    environment: process.env,
  });
  if (refusal !== null) {
    say(refusal);
    return refusedStatus;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const limited = await refuseCoreDumps('launch.limits');
  if (!limited.ok) return sayFault(limited.fault);

  const startedAt = performance.now();
  const found = await findPlace(process.env);
  // Beside each other. Without a bus the kiosk has no reading aloud, and says so by not offering it.
  const [server, bus] = await Promise.all([
    ownServer(found, order),
    startSessionBus({ under: runtimeRoot() }),
  ]);
  if (server !== 'given' && 'code' in server) {
    if (bus.ok) await bus.value.end();
    return sayFault(server);
  }
  const readable = bus.ok ? bus.value.environment : {};
  const seat = seatOn(server, () => ownServer(found, order));
  try {
    return await keepRunning({ found, seat, order, readable, stop: stop.signal, startedAt });
  } finally {
    if (bus.ok) await bus.value.end();
    await seat.end();
  }
}

/** The X server of this moment. */
interface Seat {
  readonly server: () => XServer | 'given';
  /** Null while it runs, or where it is not ours. */
  readonly gone: () => 'closed' | 'died' | null;
  /** Another one in its place, started alike; null: there it is. */
  readonly renew: () => Promise<Fault | null>;
  readonly end: () => Promise<void>;
}

function seatOn(first: XServer | 'given', start: () => Promise<XServer | 'given' | Fault>): Seat {
  let server = first;
  let gone: 'closed' | 'died' | null = null;
  const watch = (started: XServer | 'given'): void => {
    [server, gone] = [started, null];
    if (started !== 'given') void started.ended.then((how) => (gone = how));
  };
  watch(first);
  const end = async (): Promise<void> => (server === 'given' ? undefined : await server.end());
  return {
    ...{ server: () => server, gone: () => gone, end },
    renew: async () => {
      await end();
      const started = await start();
      if (started !== 'given' && 'code' in started) return started;
      watch(started);
      return null;
    },
  };
}

async function keepRunning(about: {
  readonly found: Found;
  readonly seat: Seat;
  readonly order: Order;
  readonly readable: Readonly<Record<string, string>>;
  readonly stop: AbortSignal;
  readonly startedAt: number;
}): Promise<number> {
  const { found, seat, order, readable, stop, startedAt } = about;
  sayHowToLook(seat.server());
  let seen = false;
  const onFirstScreen = (): void => {
    if (!seen) say(`the first screen is up (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    seen = true;
  };
  const environment = { ...passedOn(process.env), ...readable, SOULPAD_PLACE: found.place };
  const limit = restartLimit({ most: 5, withinMs: 60_000 });
  for (;;) {
    if (stop.aborted) return exitCodes.cancelled;
    const ended = await runElectron({
      environment: { ...environment, ...displayOf(seat.server()) },
      extra: [...quietly, ...order.electronArguments],
      signal: stop,
      onFirstScreen,
    });
    if (stop.aborted || !ended.crashed) return ended.status;
    if (!seen) {
      say(`Electron ended with status ${ended.status} before its first screen`);
      return exitCodes.bug;
    }
    // Also for the news of an X server that took Electron with it.
    await new Promise((resolve) => setTimeout(resolve, restartAfterMs));
    if (seat.gone() === 'closed') {
      say('the window was closed, and the screen with it; what ran goes on: start again to see it');
      return exitCodes.displayLacks;
    }
    if (!limit.take()) {
      say('Electron died more than 5 times in a minute; what ran goes on: start again to see it');
      return exitCodes.bug;
    }
    if (seat.gone() === 'died') {
      say('the X server died, starting another one');
      const lacks = await seat.renew();
      if (lacks !== null) return sayFault(lacks);
      sayHowToLook(seat.server());
    }
    say(`Electron ended with status ${ended.status}, starting it again`);
  }
}

function sayHowToLook(server: XServer | 'given'): void {
  const socket = server === 'given' ? null : server.vncSocket;
  if (socket !== null) for (const line of lookWords(socket)) say(line);
}

/** Our own variables, and nothing else that the runner scrubs. */
function passedOn(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith('SOULPAD_') && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function displayOf(server: XServer | 'given'): Record<string, string> {
  if (server !== 'given') return { DISPLAY: server.display, XAUTHORITY: server.authority };
  const { DISPLAY, XAUTHORITY } = process.env;
  return { DISPLAY: DISPLAY ?? ':0', ...(XAUTHORITY === undefined ? {} : { XAUTHORITY }) };
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(exitCodes.bug);
  },
);
