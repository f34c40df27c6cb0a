// The stick is pulled out of a PC whose memory is full of what must not stay there, and the memory chips are read
// afterwards. The control without the watchdog finds everything, so the search is worth something.
// SOULPAD_FULL=1 adds: idle, a save cut in its fsync, the kernel's strictest lockdown, and the stick opened again.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmulatedLinux, startEmulatedLinux } from '../../../e2e/support/emulated-linux';
import { keyPieces, pagesHolding } from '../../../e2e/support/memory-search';
import { until } from '../../../e2e/support/system';

const full = process.env.SOULPAD_FULL === '1';
const places = ['passphrase', 'process', 'tmpfs', 'cache', 'written'] as const;
type Place = (typeof places)[number];
/** What each place is filled with, MiB. */
const loads = { process: 64, tmpfs: 32, cache: 64 } as const;
const pagesIn = (mib: number): number => mib * 256;

let folder = '';
let pc: EmulatedLinux | undefined;
const at = (name: string): string => join(folder, name);

/** A seed in the scripts; the mark in the memory differs from it in every byte (memory-trial/burden.c). */
const seeds = Object.fromEntries(places.map((place) => [place, randomBytes(8).toString('hex')])) as Record<
  Place,
  string
>;
const mark = (place: Place): Buffer => Buffer.from(seeds[place]).map((byte) => byte ^ 1) as Buffer;
const volumeKey = randomBytes(64);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pulled-'));
  mkdirSync(at('shared'));
  const here = import.meta.dirname;
  execFileSync(join(here, '../build'), ['--out', at('shared')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const burden = join(here, '../memory-trial/burden.c');
  execFileSync('gcc', ['-std=c11', '-D_GNU_SOURCE', '-O2', '-static', '-o', at('shared/burden'), burden]);
  makeStick(at('stick'));
}, 60_000);
afterEach(async () => {
  await pc?.end();
  pc = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A stick that is one LUKS2 volume with a known key: only so can the key be searched. */
function makeStick(file: string): void {
  writeFileSync(at('volume-key'), volumeKey, { mode: 0o600 });
  writeFileSync(file, '');
  truncateSync(file, 640 << 20);
  const cheap = ['--pbkdf', 'argon2id', '--pbkdf-memory', '65536', '--pbkdf-force-iterations', '4'];
  const known = ['--volume-key-file', at('volume-key'), '--key-size', '512'];
  execFileSync('cryptsetup', ['luksFormat', '-q', '--type', 'luks2', ...cheap, ...known, file, '-'], {
    input: mark('passphrase'),
  });
}

async function startPc(words: string): Promise<EmulatedLinux> {
  const started = await startEmulatedLinux({
    folder,
    memoryMiB: 768,
    keepAfterPowerOff: true,
    display: 'std',
    words: `init_on_free=1 loglevel=7 ${words}`,
    disks: [{ id: 'stick', file: at('stick'), bus: 'usb' }],
  });
  pc = started;
  await started.must('mkdir -p /run/w /mnt/vault; cp /mnt/shared/pulled /mnt/shared/burden /run/w/');
  await until('the stick is there', async () => (await started.run('test -b /dev/sda')).status === 0);
  return started;
}

/** Opens the vault and fills the memory as a person's session would. */
async function fill(on: EmulatedLinux): Promise<void> {
  await on.must(`set -eo pipefail; /run/w/burden say ${seeds.passphrase} | cryptsetup open --key-file=- /dev/sda vault
    mkfs.xfs -q /dev/mapper/vault && mount /dev/mapper/vault /mnt/vault
    echo kept >/mnt/vault/kept; sync`);
  const begin = (words: string): Promise<string> =>
    on.must(`/run/w/burden ${words} >/run/w/said & until grep -q READY /run/w/said; do sleep 0.1; done`);
  await begin(`memory ${seeds.process} ${loads.process}`);
  await begin(`file ${seeds.tmpfs} ${loads.tmpfs} /dev/shm/guest-ram`);
  await begin(`file ${seeds.cache} ${loads.cache} /mnt/vault/document`);
}

function findings(): Record<string, number> {
  const marks = Object.fromEntries(places.map((place) => [place, mark(place)]));
  return pagesHolding(at('memory'), { ...keyPieces(volumeKey), ...marks });
}

const nothing = Object.fromEntries(
  [...Object.keys(keyPieces(volumeKey)), ...places].map((name) => [name, 0]),
);

/** What the PC is doing when the stick goes. */
const doings = {
  idle: async () => {},
  'writing hard': async (on: EmulatedLinux) => {
    for (const number of [1, 2]) {
      await on.must(`/run/w/burden hard ${seeds.written} 200 /mnt/vault/written-${number} >/dev/null &`);
    }
    await until(
      'much is written',
      async () => Number(await on.must('stat -c %s /mnt/vault/written-2')) > 20e6,
    );
  },
  'in the fsync of a save': async (on: EmulatedLinux) => {
    await on.qmp.execute('block_set_io_throttle', {
      ...{ id: 'stick', bps: 0, bps_rd: 0, bps_wr: 4_000_000, iops: 0, iops_rd: 0, iops_wr: 0 },
    });
    await on.must(`/run/w/burden save ${seeds.written} 96 /mnt/vault/state >/run/w/saved &
      until [ "$(stat -c %s /mnt/vault/state 2>/dev/null)" = ${96 << 20} ]; do sleep 0.1; done`);
    expect(await on.must('cat /run/w/saved')).toBe('BEGIN');
  },
} as const;

interface Case {
  readonly doing: keyof typeof doings;
  readonly words: string;
}
const cases: readonly Case[] = [
  { doing: 'writing hard', words: '' },
  ...(full
    ? ([
        { doing: 'idle', words: '' },
        { doing: 'in the fsync of a save', words: '' },
        { doing: 'writing hard', words: 'lockdown=confidentiality' },
      ] as const)
    : []),
];

describe('when the stick is pulled out', () => {
  it.each(cases)(
    '$doing $words: everything is gone from memory and the PC is off',
    async ({ doing, words }) => {
      const on = await startPc(words);
      await fill(on);
      await on.must(`/run/w/pulled -e /dev/shm -e /tmp /dev/sda >/run/w/log 2>&1 &`);
      await until('the watchdog watches', () => on.serial().includes('watching by USB port'));
      await doings[doing](on);
      const pulledAt = Date.now();
      await on.pull('stick');
      await on.poweredOff(60_000);
      const offSeconds = (Date.now() - pulledAt) / 1000;
      await on.dumpMemory(at('memory'));
      expect(findings()).toEqual(nothing);
      const keyMs = Number(/key wiped of vault \((\d+) ms\)/.exec(on.serial())?.[1]);
      console.log(`${doing} ${words}: off after ${offSeconds} s`, on.serial().match(/soulpad: .*(?=\r)/g));
      expect(keyMs).toBeGreaterThanOrEqual(0);
      // A PC without KVM on a machine that does other work has no seconds of its own: these want a quiet one.
      if (full) {
        expect(offSeconds).toBeLessThan(10);
        expect(keyMs).toBeLessThan(doing === 'idle' ? 2_000 : 10_000); // a flood of writes is encrypted to its end first
      }
      await on.end();
      if (full && words === '') await opensAgain();
    },
    900_000,
  );

  it('and nobody watches, all of it is found: the control', async () => {
    const on = await startPc('');
    await fill(on);
    await on.pull('stick');
    await on.dumpMemory(at('memory'));
    const seen = findings();
    for (const name of Object.keys(keyPieces(volumeKey))) expect(seen[name], name).toBeGreaterThan(0);
    for (const place of ['process', 'tmpfs', 'cache'] as const) {
      expect(seen[place], place).toBeGreaterThan(0.9 * pagesIn(loads[place]));
    }
  }, 900_000);
});

/** The same stick in a PC again: the vault opens, and what had been synced is there. */
async function opensAgain(): Promise<void> {
  const on = await startPc('');
  await on.must(`set -eo pipefail; /run/w/burden say ${seeds.passphrase} | cryptsetup open --key-file=- /dev/sda vault
    mount /dev/mapper/vault /mnt/vault`);
  expect(await on.must('cat /mnt/vault/kept')).toBe('kept');
}
