// A backup is held still on battery, on a metered network and when a person asks, and goes on by itself; with a real process
// that must stop and go on. And what this PC says of its power and its network.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { type Look, type Pace, paceOf } from './pace';
import { isMetered, isOnBattery } from './power';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-pace-'));
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const within = { timeout: 10_000, interval: 20 };

/** A process in a group of its own, as restic is. */
function worker(): number {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  ends.push(() => child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('sleep did not start');
  return child.pid;
}

/** proc_pid_stat(5): T is stopped. */
const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0] ?? '';

function patient(look: Look, remote = true): { readonly pace: Pace; readonly told: (string | null)[] } {
  const told: (string | null)[] = [];
  const pace = paceOf({
    ...{ patient: true, remote, look, everyMs: 20 },
    onChange: (paused) => told.push(paused),
  });
  ends.push(() => pace.end());
  return { pace, told };
}

it.each(['battery', 'metered'] as const)(
  'is held still while the PC is on %s, and goes on after',
  async (why) => {
    let bad = true;
    const { pace, told } = patient({
      isOnBattery: async () => bad && why === 'battery',
      isMetered: async () => bad && why === 'metered',
    });
    const going = pace.whenGoing(never);
    await vi.waitFor(() => expect(told).toEqual([why]), within);
    const pid = worker();
    pace.attach(pid);
    await vi.waitFor(() => expect(stateOf(pid)).toBe('T'), within);
    bad = false;
    await going;
    await vi.waitFor(() => expect(stateOf(pid)).toBe('S'), within);
    expect(told).toEqual([why, null]);
  },
);

it('asks no network of a backup that stays on this PC', async () => {
  const { pace } = patient({ isOnBattery: async () => false, isMetered: async () => true }, false);
  await pace.whenGoing(never);
  expect(pace.paused).toBeNull();
});

it('stands still for as long as a person wants, and leaves no stopped process behind', async () => {
  const pace = paceOf({ patient: false, remote: true });
  const pid = worker();
  pace.attach(pid);
  pace.hold();
  await vi.waitFor(() => expect(stateOf(pid)).toBe('T'), within);
  expect(pace.paused).toBe('asked');
  pace.goOn();
  await vi.waitFor(() => expect(stateOf(pid)).toBe('S'), within);
  pace.hold();
  pace.end();
  await vi.waitFor(() => expect(stateOf(pid)).toBe('S'), within);
});

it('knows a battery that is being used, and not the one in a mouse', async () => {
  const supply = (name: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(folder, 'power', name), { recursive: true });
    for (const [file, said] of Object.entries(files)) writeFileSync(join(folder, 'power', name, file), said);
  };
  const power = join(folder, 'power');
  expect(await isOnBattery(power)).toBe(false);
  supply('AC', { type: 'Mains\n' });
  supply('mouse', { type: 'Battery\n', scope: 'Device\n', status: 'Discharging\n' });
  supply('BAT0', { type: 'Battery\n', status: 'Charging\n' });
  expect(await isOnBattery(power)).toBe(false);
  supply('BAT0', { status: 'Discharging\n' });
  expect(await isOnBattery(power)).toBe(true);
});

it('knows a metered network by NetworkManager’s word, guessed or set, and none where nobody can tell', async () => {
  const saying = (words: string): string => {
    const program = join(folder, 'nmcli');
    writeFileSync(program, `#!/bin/sh\ncat <<'END'\n${words}\nEND\n`);
    chmodSync(program, 0o700);
    return program;
  };
  const wired = 'no (guessed)\n100 (connected)';
  expect(await isMetered(saying(`${wired}\n\nyes (guessed)\n30 (disconnected)`))).toBe(false);
  expect(await isMetered(saying(`${wired}\n\nyes (guessed)\n100 (connected)`))).toBe(true);
  expect(await isMetered(saying('yes\n100 (connected)'))).toBe(true);
  expect(await isMetered(join(folder, 'no-nmcli'))).toBe(false);
});
