// The four speeds of ceding the screen, on the real kiosk with the witness behind a real viewer, on Xorg with the dummy
// driver: asked of the screen (photographs), the page (its own clock) and the kernel (proc(5)), never of what we say of it.
//   visible   from the end of the wake (the guest goes on) until the viewer covers its place
//   matched   from there until all of the guest is on the photograph, as large as it fits
//   bar       from the pointer's arrival at the edge until the bar's window is shown; it rests there for 0.4 s on purpose
//   idle      processor time of Electron, viewer and window manager while nobody touches anything, of one core
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { edgeTimes } from '../../main/display/top-edge';
import { startXServer } from '../../main/place/x-server';
import { edgesOf } from '../support/edges';
import { type Kiosk, startKiosk } from '../support/kiosk';
import { passphrase, setUpVault, type VaultDesk } from '../support/starting-points';
import { processes, until } from '../support/system';
import { listenToWitness } from '../support/witness';
import { type Row, rowOf } from './row';
import { median, spreadOf } from './statistics';

const patience = 180_000;
const idleForMs = 20_000;
const paper = '#0000a8';

interface Times {
  readonly visible: number;
  readonly matched: number;
}

const cases = {
  visible: { what: 'resume finished to guest visible', limit: 0.5 },
  matched: { what: 'guest visible to matched', limit: 2 },
  bar: { what: 'pointer at rest to bar', limit: 0.15 },
} as const;

export async function benchDisplay(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '3' } } });
  const runs = Math.max(1, Math.min(20, Number(values.runs) || 3));
  const desk = await setUpVault();
  try {
    const times: Times[] = [];
    const bars: number[] = [];
    let idle = Number.NaN;
    // The first wake is the guest's start, which nobody waits for here.
    for (let run = 0; run <= runs; run++) {
      const night = await oneNight({ desk, run, last: run === runs });
      if (run > 0) times.push(night.times);
      bars.push(...night.bars);
      if (night.idle !== null) idle = night.idle;
    }
    for (const name of ['visible', 'matched'] as const) {
      emit(timeRow({ ...cases[name], seconds: times.map((each) => each[name]), runs }));
    }
    emit(timeRow({ ...cases.bar, seconds: bars, runs: bars.length }));
    emit(idleRow(idle));
  } finally {
    await desk.end();
  }
}

function timeRow(about: { what: string; limit: number; seconds: readonly number[]; runs: number }): Row {
  const seconds = median(about.seconds);
  return rowOf({
    ...{ bench: 'display', case: about.what, method: 'witness, 1280x800', vaultKind: 'gocryptfs' },
    ...{ seconds, baseline: `${about.limit} s`, baselineSeconds: about.limit },
    ...{ ratio: seconds / about.limit, limit: 1, runs: about.runs, spread: spreadOf(about.seconds) },
    verified: about.seconds.every((value) => Number.isFinite(value) && value >= 0),
  });
}

function idleRow(share: number): Row {
  return rowOf({
    ...{ bench: 'display', case: 'shell and viewer idle', method: 'witness, which draws once a second' },
    ...{ baseline: '2 % of one core', baselineSeconds: (0.02 * idleForMs) / 1000 },
    ...{ seconds: (share * idleForMs) / 1000, ratio: share / 0.02, limit: 1, runs: 1, spread: 0 },
    verified: Number.isFinite(share) && share > 0,
    parameters: { milliseconds: idleForMs, processes: 'Electron, remote-viewer, openbox, xev' },
  });
}

interface Night {
  readonly times: Times;
  readonly bars: readonly number[];
  readonly idle: number | null;
}

/** One wake, what is measured in it, and the suspend that the next one needs. */
async function oneNight(about: { desk: VaultDesk; run: number; last: boolean }): Promise<Night> {
  const { desk, run, last } = about;
  const under = join(desk.folder, 'x');
  const server = await startXServer({ kind: 'xorg-dummy', width: 1280, height: 800, under });
  if (!server.ok) throw new Error(server.fault.message);
  const { display, authority } = server.value;
  const env = { ...desk.env, DISPLAY: display, XAUTHORITY: authority };
  try {
    const kiosk = await startKiosk(desk, [], server.value);
    await kiosk.at('locked');
    execFileSync('xdotool', ['type', '--delay', '15', passphrase], { env });
    const shownAt = await hearShown(kiosk);
    execFileSync('xdotool', ['key', 'Return'], { env });
    await kiosk.at('live', patience);
    const file = join(desk.folder, `${run}.png`);
    await until(
      'the whole guest',
      () => {
        execFileSync('import', ['-window', 'root', file], { env });
        return edgesOf({ file, colour: paper }).whole;
      },
      patience,
    );
    const wholeAt = Date.now();
    const { wokenAt, liveAt } = await shownAt();
    const witness = await listenToWitness(desk.serialSocket(), patience);
    await witness.tick();
    const bars = [await barSeconds({ kiosk, env }), await barSeconds({ kiosk, env })];
    const idle = last ? await idleShare(desk) : null;
    witness.close();
    execFileSync('xdotool', ['key', 'super+Escape'], { env });
    await kiosk.page.getByRole('button', { name: /Suspend/ }).click();
    await kiosk.at('safe', patience);
    await kiosk.quit();
    return { times: { visible: (liveAt - wokenAt) / 1000, matched: (wholeAt - liveAt) / 1000 }, bars, idle };
  } finally {
    await server.value.end();
  }
}

/**
 * Milliseconds since 1970, in main, where views are sent to the pages: the page itself is made anew after a passphrase.
 * `wokenAt`: the wake is over and the viewer is on its way; `liveAt`: it covers its place.
 */
async function hearShown(kiosk: Kiosk): Promise<() => Promise<{ wokenAt: number; liveAt: number }>> {
  await kiosk.app.evaluate(({ webContents }) => {
    const heard = { wokenAt: 0, liveAt: 0 };
    Object.assign(globalThis, { heardShown: heard });
    const [page] = webContents.getAllWebContents();
    const shared: { send(channel: string, ...what: unknown[]): void } = Object.getPrototypeOf(page);
    const { send } = shared;
    shared.send = function (channel, ...what) {
      const said = JSON.stringify(what);
      if (heard.wokenAt === 0 && said.includes('"id":"show","state":"now"')) heard.wokenAt = Date.now();
      if (heard.liveAt === 0 && said.includes('"state":"live"')) heard.liveAt = Date.now();
      return send.call(this, channel, ...what);
    };
  });
  return async () => heardSchema.parse(await kiosk.app.evaluate(() => Reflect.get(globalThis, 'heardShown')));
}

const heardSchema = z.object({ wokenAt: z.number().positive(), liveAt: z.number().positive() });

/** From the end of the pointer's rest at the edge until the bar is shown; it is gone again afterwards. */
async function barSeconds(about: {
  readonly kiosk: Kiosk;
  readonly env: Readonly<Record<string, string>>;
}): Promise<number> {
  const { kiosk, env } = about;
  const point = (x: number, y: number): void => {
    execFileSync('xdotool', ['mousemove', String(x), String(y)], { env });
  };
  point(640, 400);
  await until('the bar is away', async () => !(await kiosk.barIsShown()), patience);
  await kiosk.bar();
  const seen = kiosk.app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<number>((resolve) => {
        const bar = BrowserWindow.getAllWindows().find((each) => each.webContents.getURL().endsWith('#bar'));
        bar?.once('show', () => resolve(Date.now()));
      }),
  );
  const arrived = Date.now();
  point(640, 0);
  const shown = await seen;
  const seconds = (shown - arrived - edgeTimes.restMs) / 1000;
  point(640, 400);
  return seconds;
}

/** Share of one core, from the kernel's clock ticks (proc(5), stat: utime and stime, 100 a second). */
async function idleShare(desk: VaultDesk): Promise<number> {
  const ours = (): number[] =>
    processes()
      .filter(({ argv, environment }) => `${argv}${environment}`.includes(desk.runtime))
      .filter(({ argv }) => /electron|remote-viewer|openbox|xev/.test(argv) && !argv.startsWith('qemu'))
      .map(({ pid }) => pid);
  const ticks = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + ticksOf(pid), 0);
  const pids = ours();
  const before = ticks(pids);
  await new Promise((resolve) => setTimeout(resolve, idleForMs)); // idle is what is measured
  return (ticks(pids) - before) / 100 / (idleForMs / 1000);
}

function ticksOf(pid: number): number {
  // Fields after the name in brackets, which may hold anything: utime is the 12th, stime the 13th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
