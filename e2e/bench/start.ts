// What our kiosk costs against the least that Electron can cost: a bare hello-world window under the same openbox on
// the same kind of X server, in the same run, taken in turns so that a busy machine slows both.
// First paint: from the start of the process until its line on stdout, which each prints after its window showed its first frame.
// Back: from a SIGKILL of Electron's first process until the next one's first frame, by launch as on a stick; against 3 s.
// Idle memory: PSS (proportional set size, proc(5)) of Electron's processes, summed, 5 s after the first paint.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWindowManager } from '../../main/display/window-manager';
import { startXServer } from '../../main/place/x-server';
import { start } from '../../main/process/run';
import { runtimeRoot } from '../../main/vault/places';
import type { Fault } from '../../preload/contract/fault';
import { repository } from '../support/cli';
import { processes, until } from '../support/system';
import { type Row, rowOf } from './row';
import { median, spreadOf } from './statistics';

const runs = 5;
const settleMs = 5_000;
const backSeconds = 3;

interface Cost {
  readonly paintSeconds: number;
  readonly idleBytes: number;
}

export async function benchStart(emit: (row: Row) => void): Promise<void> {
  const hello = helloWorld();
  const empty = mkdtempSync(join(tmpdir(), 'soulpad-bench-'));
  try {
    const ours: Cost[] = [];
    const bare: Cost[] = [];
    const backs: number[] = [];
    for (let run = 0; run < runs; run++) {
      bare.push(await costOf({ app: hello, manager: true, home: empty }));
      ours.push(await costOf({ app: repository, manager: false, home: empty }));
      backs.push(await secondsUntilBack(empty));
    }
    emit(compare({ what: 'first paint', of: (cost) => cost.paintSeconds, ours, bare }));
    emit(compare({ what: 'idle memory', of: (cost) => cost.idleBytes, ours, bare }));
    emit(
      rowOf({
        ...{ bench: 'start', case: 'back after a kill', method: 'launch, no vault', seconds: median(backs) },
        ...{ baseline: `${backSeconds} s`, baselineSeconds: backSeconds, ratio: median(backs) / backSeconds },
        ...{ limit: 1, runs, spread: spreadOf(backs), verified: backs.every((value) => value > 0) },
      }),
    );
  } finally {
    rmSync(hello, { recursive: true });
    rmSync(empty, { recursive: true });
  }
}

function compare(about: {
  what: 'first paint' | 'idle memory';
  of: (cost: Cost) => number;
  ours: readonly Cost[];
  bare: readonly Cost[];
}): Row {
  const ours = about.ours.map(about.of);
  const bare = about.bare.map(about.of);
  const measured = { our: median(ours), bare: median(bare) };
  const time = about.what === 'first paint';
  return rowOf({
    bench: 'start',
    case: about.what,
    method: 'kiosk, no vault',
    baseline: 'bare Electron hello-world under the same openbox',
    ratio: measured.our / measured.bare,
    limit: 1.5,
    runs,
    spread: spreadOf(ours),
    verified: ours.every((value) => value > 0) && bare.every((value) => value > 0),
    ...(time
      ? { seconds: measured.our, baselineSeconds: measured.bare }
      : { bytesMoved: measured.our, baselineBytes: measured.bare }),
  });
}

async function costOf(about: { app: string; manager: boolean; home: string }): Promise<Cost> {
  const server = await startXServer({ kind: 'xvnc', width: 1920, height: 1080, under: runtimeRoot() });
  if (!server.ok) throw new Error(server.fault.message);
  const env = { DISPLAY: server.value.display, XAUTHORITY: server.value.authority, SOULPAD_HOME: about.home };
  // Our kiosk starts its window manager itself: that is part of its time. The bare one is given its own.
  const x = { display: server.value.display, authority: server.value.authority };
  const folder = mkdtempSync(join(runtimeRoot(), 'bench-'));
  const manager = about.manager ? await startWindowManager({ x, folder, onGaveUp: gaveUp }) : null;
  if (manager !== null && !manager.ok) throw new Error(manager.fault.message);
  const began = performance.now();
  const sandbox = process.getuid?.() === 0 || process.env.SOULPAD_NO_SANDBOX === '1' ? ['--no-sandbox'] : [];
  const child = start({
    program: join(repository, 'out/electron/electron'),
    args: [about.app, ...sandbox],
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${about.app}: no first paint within 60 s`)), 60_000);
      child.process.stdout?.on('data', (chunk: Buffer) => {
        if (!chunk.toString('utf8').includes('first screen')) return;
        clearTimeout(timer);
        resolve();
      });
    });
    const paintSeconds = (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, settleMs)); // idle is what is measured
    return { paintSeconds, idleBytes: idleBytes(child.pid ?? 0) };
  } finally {
    child.process.kill('SIGTERM');
    await child.ended;
    if (manager?.ok) await manager.value.end();
    await server.value.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function secondsUntilBack(home: string): Promise<number> {
  const server = await startXServer({ kind: 'xvnc', width: 1920, height: 1080, under: runtimeRoot() });
  if (!server.ok) throw new Error(server.fault.message);
  const { display, authority } = server.value;
  const child = start({
    program: process.execPath,
    args: [join(repository, 'out/programs/launch.cjs')],
    env: { DISPLAY: display, XAUTHORITY: authority, SOULPAD_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.process.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const screens = (): number => said.split('soulpad: first screen').length - 1;
  try {
    await until('the first screen', () => screens() === 1, 60_000);
    const first = processes().find(
      ({ argv, pid }) => argv.includes('electron') && parentOf(pid) === child.pid,
    );
    if (first === undefined) throw new Error('launch has no Electron');
    const began = performance.now();
    process.kill(first.pid, 'SIGKILL');
    await until('the next first screen', () => screens() === 2, 60_000);
    return (performance.now() - began) / 1000;
  } finally {
    child.process.kill('SIGTERM');
    await child.ended;
    await server.value.end();
  }
}

const parentOf = (pid: number): number | undefined => field(`${pid}`, 'status', /^PPid:\s+(\d+)/m);

function gaveUp(fault: Fault): void {
  console.error(fault.message);
}

/** PSS of a process and the Electron processes below it. */
function idleBytes(root: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), parentOf(Number(name))]));
  const below = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return all
    .filter((name) => below(Number(name)) && textOf(name, 'cmdline').includes('electron'))
    .reduce((sum, name) => sum + (field(name, 'smaps_rollup', /^Pss:\s+(\d+) kB/m) ?? 0) * 1024, 0);
}

function field(pid: string, file: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(textOf(pid, file))?.[1];
  return found === undefined ? undefined : Number(found);
}

function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

function helloWorld(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soulpad-hello-'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'hello', version: '1.0.0', main: 'main.js' }),
  );
  writeFileSync(
    join(folder, 'main.js'),
    `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => {
  const window = new BrowserWindow({ kiosk: true, show: false });
  window.once('ready-to-show', () => { window.show(); console.log('hello: first screen'); });
  window.loadURL('data:text/html,<h1>Hello</h1>');
});`,
  );
  return folder;
}
