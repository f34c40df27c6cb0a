// The watch over a battery, on files as the kernel keeps them: what it asks for, and that it asks once.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { State } from '../flow/state';
import { readPower } from '../keeper/battery';
import { type BatteryWatch, batteryWatch } from './battery-watch';

let root = '';
let watch: BatteryWatch | null = null;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soulpad-bw-'));
  await mkdir(join(root, 'BAT0'));
  await writeFile(join(root, 'BAT0/type'), 'Battery\n');
});
afterEach(async () => {
  watch?.end();
  await rm(root, { recursive: true, force: true });
});

async function battery(status: 'Discharging' | 'Charging', percent: number): Promise<void> {
  // The kernel's files are never half written.
  for (const [file, said] of [['capacity', percent] as const, ['status', status] as const]) {
    await writeFile(join(root, 'new'), `${said}\n`);
    await rename(join(root, 'new'), join(root, 'BAT0', file));
  }
}

const card = {
  id: 'g',
  name: 'G',
  suspendedAt: null,
  hasPicture: false,
  state: 'running',
  bytes: null,
} as const;
const locked: State<'vault', 'guest'> = {
  at: 'idleLocked',
  awake: {
    ...{ vault: 'vault', guests: [card], plainPassphraseFile: false, guest: 'guest', card, since: '' },
    ...{ returnsTo: null, streaming: null, starting: false, spaceLeft: null },
  },
  ...{ paused: false, wrongTries: 0, waitSeconds: 0, fault: null, checking: null },
};

function watched() {
  const seen = { looks: 0, told: [] as string[], acts: true, seconds: 0 };
  watch = batteryWatch({
    power: () => {
      seen.looks++;
      return readPower(root);
    },
    tell: (now) => {
      if (seen.acts) seen.told.push(now);
      return seen.acts;
    },
    seconds: () => seen.seconds,
    testOnlyLookEveryMs: 20,
  });
  const looksAgain = (): Promise<void> => {
    const before = seen.looks;
    return vi.waitFor(() => expect(seen.looks).toBeGreaterThan(before + 2), { timeout: 10_000 });
  };
  return { seen, watch, looksAgain };
}

it('asks once for sleep when the battery falls to 5 %, and again only after the mains', async () => {
  const { seen, watch, looksAgain } = watched();
  await battery('Discharging', 6);
  watch.follow(locked);
  await looksAgain();
  expect(seen.told).toEqual([]);
  await battery('Discharging', 5);
  await vi.waitFor(() => expect(seen.told).toEqual(['empty']), { timeout: 10_000 });
  await battery('Discharging', 3);
  await looksAgain();
  expect(seen.told).toEqual(['empty']);
  await battery('Charging', 3);
  await vi.waitFor(() => expect(seen.told).toEqual(['empty', 'mains']), { timeout: 10_000 });
  await battery('Discharging', 3);
  await vi.waitFor(() => expect(seen.told).toEqual(['empty', 'mains', 'empty']), { timeout: 10_000 });
});

it('asks again where the story could not act on it', async () => {
  const { seen, watch, looksAgain } = watched();
  await battery('Discharging', 50);
  watch.follow(locked);
  await looksAgain();
  seen.acts = false;
  await battery('Discharging', 4);
  await looksAgain();
  expect(seen.told).toEqual([]);
  seen.acts = true;
  await vi.waitFor(() => expect(seen.told).toEqual(['empty']), { timeout: 10_000 });
});

it('only says so to who wakes a desktop on an empty battery, until it falls by 2 % more', async () => {
  const { seen, watch, looksAgain } = watched();
  await battery('Discharging', 4);
  watch.follow(locked);
  await looksAgain();
  await battery('Discharging', 3);
  await looksAgain();
  expect(seen.told).toEqual(['low']);
  await battery('Discharging', 2);
  await vi.waitFor(() => expect(seen.told).toEqual(['low', 'empty']), { timeout: 10_000 });
});

it('gives who wakes a desktop on an empty battery five minutes', async () => {
  const { seen, watch, looksAgain } = watched();
  await battery('Discharging', 2);
  watch.follow(locked);
  await looksAgain();
  seen.seconds = 299;
  await looksAgain();
  expect(seen.told).toEqual(['low']);
  seen.seconds = 300;
  await vi.waitFor(() => expect(seen.told).toEqual(['low', 'empty']), { timeout: 10_000 });
});

it('looks at nothing while no desktop is awake', async () => {
  const { seen, watch, looksAgain } = watched();
  await battery('Discharging', 50);
  watch.follow(locked);
  await looksAgain();
  watch.follow({ at: 'looking' });
  const { looks } = seen;
  watch.follow({ at: 'looking' });
  await battery('Discharging', 2);
  expect(seen.looks).toBe(looks);
  expect(seen.told).toEqual([]);
});
