// What a borrowed PC costs before its owner sees the first question, and after the last click: the built stick with a
// vault on it, in an emulated PC (software emulation: only the ratios say something about real ones).
//   power-on     until the passphrase is asked for, against the same system with a bare X server and the least Electron
//                window, and against the same kernel at the prompt of its initramfs; all three without firmware
//   stages       of the same through the firmware, as the paper's table 3 names them
//   memory       of the whole host while it waits, against 500 MiB
//   off          from the click until the power is off, with the wipe against without it
// Each run takes all of them in turn. What is on a screen is read from the screen, twice a second.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EmulatedLinux } from '../support/emulated-linux';
import { startEmulatedPc } from '../support/emulated-pc';
import { startOpenedStick, takeBoot } from '../support/opened-stick';
import { clickWord, reads, sizeOf } from '../support/screen-words';
import { makeStickVault } from '../support/stick-kiosk';
import { layerOf, patienceMs, provideStick, startStickPc, type TestStick } from '../support/stick-pc';
import { until } from '../support/system';
import { helloArchive } from './hello-asar';
import { type PaperRow, paperBoot } from './paper';
import { type Row, rowOf } from './row';
import { median, spreadOf } from './statistics';

const MiB = 2 ** 20;
const idleBytes = 500 * MiB;
const asks = /What is your passphrase/;
const lookEveryMs = 500;
const passphrase = 'seven brass lamps on the stairs';

type Stage = keyof typeof paperBoot;
const stages = Object.keys(paperBoot) as Stage[];

interface Turn {
  readonly ours: number;
  readonly hello: number;
  readonly prompt: number;
  readonly offWiped: number;
  readonly offUnwiped: number;
  readonly idle: number;
  readonly stages: Readonly<Record<Stage, number>>;
}

export async function benchStick(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '3' } } });
  const runs = Math.max(1, Math.min(20, Number(values.runs) || 3));
  const folder = mkdtempSync(join(tmpdir(), 'bench-stick-'));
  try {
    const stick = await withVault(await provideStick(), folder);
    const turns: Turn[] = [];
    for (let run = 0; run < runs; run++) turns.push(await takeTurn(stick, folder));
    const of = (pick: (turn: Turn) => number): number[] => turns.map(pick);
    const ours = of(({ ours }) => ours);
    const powerOn = 'power-on to the passphrase, without firmware';
    emit(
      time({
        case: powerOn,
        seconds: ours,
        baseline: 'bare Xorg and the least Electron window',
        baselines: of(({ hello }) => hello),
        limit: 1.2,
      }),
    );
    emit(
      time({
        case: powerOn,
        seconds: ours,
        baseline: 'the same kernel, a prompt in its initramfs',
        baselines: of(({ prompt }) => prompt),
        limit: null,
      }),
    );
    for (const stage of stages)
      emit(
        time({
          case: stage,
          seconds: of((turn) => turn.stages[stage]),
          baseline: 'the whole of it',
          baselines: of((turn) => total(turn.stages)),
          limit: null,
          paper: paperBoot[stage],
        }),
      );
    const idle = of(({ idle }) => idle);
    emit(
      rowOf({
        ...{
          bench: 'stick',
          case: 'memory of the host with the kiosk waiting',
          method: 'BIOS, 1 GiB',
          bytesMoved: median(idle),
        },
        ...{ baseline: '500 MiB', baselineBytes: idleBytes, ratio: median(idle) / idleBytes, limit: 1 },
        ...{ runs, spread: spreadOf(idle), verified: true },
      }),
    );
    emit(
      time({
        case: 'off after the last click',
        seconds: of(({ offWiped }) => offWiped),
        baseline: 'the same without the wipe',
        baselines: of(({ offUnwiped }) => offUnwiped),
        limit: null,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const total = (parts: Readonly<Record<Stage, number>>): number =>
  stages.reduce((sum, stage) => sum + parts[stage], 0);

function time(about: {
  readonly case: string;
  readonly seconds: readonly number[];
  readonly baseline: string;
  readonly baselines: readonly number[];
  readonly limit: number | null;
  readonly paper?: PaperRow;
}): Row {
  const seconds = median(about.seconds);
  const baselineSeconds = median(about.baselines);
  return rowOf({
    ...{ bench: 'stick', case: about.case, method: 'emulated PC', vaultKind: 'luks2', seconds },
    ...{ baseline: about.baseline, baselineSeconds, ratio: seconds / baselineSeconds, limit: about.limit },
    ...{ runs: about.seconds.length, spread: spreadOf(about.seconds), paper: about.paper ?? null },
    verified: [...about.seconds, ...about.baselines].every((value) => Number.isFinite(value) && value > 0),
  });
}

/** The written stick after its first evening: a raw file with a vault in it, which tests start layers on. */
async function withVault(stick: TestStick, folder: string): Promise<TestStick> {
  const layer = layerOf(stick, 'bench');
  const on = await startStickPc({ name: 'bench', stick: layer });
  try {
    await on.sees(/Which language/);
    await makeStickVault(await on.spy(), passphrase);
    await (await on.spy()).run('sync');
    await on.pc.qmp.execute('system_powerdown').catch(() => {});
  } finally {
    await on.end();
  }
  const file = join(folder, 'stick.raw');
  execFileSync('qemu-img', ['convert', '-O', 'raw', layer, file]);
  return { ...stick, file };
}

async function takeTurn(stick: TestStick, folder: string): Promise<Turn> {
  const hello = await bare({ stick, folder, wanted: /Hello/, ...helloWorld });
  const ours = await bare({ stick, folder, wanted: asks, leave: true });
  const unwiped = await bare({ stick, folder, wanted: asks, leave: true, ...noWipe });
  return {
    ...{ hello: hello.seconds, ours: ours.seconds, prompt: await promptSeconds(stick, folder) },
    ...{ offWiped: ours.offSeconds, offUnwiped: unwiped.offSeconds },
    ...(await throughFirmware(stick)),
  };
}

const helloWorld = {
  files: {
    'opt/soulpad/resources/app.asar': helloArchive(),
    'usr/lib/soulpad/stick/session': '#!/bin/sh\nexec /opt/soulpad/soulpad --user-data-dir=/tmp/hello\n',
  },
};
/** The kernel takes the last of two words. */
const noWipe = {
  words: 'init_on_free=0',
  files: {
    'etc/systemd/system/soulpad-power-off.service': '[Service]\nType=oneshot\nExecStart=/usr/bin/true\n',
  },
};

/** Without firmware and boot loader. `leave`: switched off by its button. */
async function bare(about: {
  readonly stick: TestStick;
  readonly folder: string;
  readonly wanted: RegExp;
  readonly leave?: boolean;
  readonly words?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}): Promise<{ readonly seconds: number; readonly offSeconds: number }> {
  const { folder, wanted } = about;
  const copy = join(folder, 'copy.raw');
  execFileSync('cp', ['--sparse=always', about.stick.file, copy]);
  const began = performance.now();
  const pc = await startOpenedStick({
    ...{ folder, stick: copy, display: 'std', memoryMiB: 1024, keepAfterPowerOff: true },
    ...{ words: about.words ?? '', files: about.files ?? {} },
  });
  try {
    const picture = join(folder, 'screen.png');
    await reads({ pc, wanted, picture, timeoutMs: patienceMs, everyMs: lookEveryMs });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, offSeconds: about.leave ? await leave(pc, picture) : 0 };
  } finally {
    await pc.end();
    rmSync(copy);
  }
}

/** By the button: where nothing is open there is no other screen. Seconds from the click on. */
async function leave(pc: EmulatedLinux, picture: string): Promise<number> {
  const word = /^switch$/i;
  const seen = await reads({ pc, wanted: { word }, picture, timeoutMs: patienceMs });
  const began = performance.now();
  await clickWord({ pc, seen, word, size: sizeOf(picture) });
  await pc.poweredOff(patienceMs);
  return (performance.now() - began) / 1000;
}

/** To the shell that Debian's initramfs opens when it is asked to stop where it begins. */
async function promptSeconds(stick: TestStick, folder: string): Promise<number> {
  takeBoot(stick.file, folder);
  const began = performance.now();
  const pc = await startEmulatedPc({
    ...{ folder, memoryMiB: 1024 },
    kernel: {
      ...{ kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd') },
      commandLine: 'console=ttyS0 quiet break=top',
    },
  });
  try {
    await until('the prompt', () => pc.serial().includes('(initramfs)'), patienceMs);
    return (performance.now() - began) / 1000;
  } finally {
    await pc.end();
  }
}

/** As a person has it: SeaBIOS, GRUB, kernel, initramfs, and all that comes before the question. */
async function throughFirmware(
  stick: TestStick,
): Promise<{ readonly stages: Turn['stages']; readonly idle: number }> {
  const layer = layerOf(stick, 'bench-whole');
  const said = `${layer}.bios`;
  const on = await startStickPc({
    ...{ name: 'bench-whole', stick: layer, firmware: 'bios', memoryMiB: 1024 },
    // SeaBIOS tells what it does on this port.
    more: [
      ...['-chardev', `file,id=bios,path=${said}`],
      ...['-device', 'isa-debugcon,iobase=0x402,chardev=bios'],
    ],
  });
  try {
    const handsOver = (): boolean =>
      existsSync(said) && readFileSync(said, 'latin1').includes('Booting from');
    await until('the firmware to hand over', handsOver, patienceMs);
    const post = on.seconds();
    await on.sees(asks, patienceMs, lookEveryMs);
    const asked = on.seconds();
    const spy = await on.spy();
    const before = on.seconds();
    const facts = await spy.run(askTimes);
    const [uptime = 0, init = 0, system = 0, used = 0] = facts.trim().split(/\s+/).map(Number);
    const kernel = before - uptime;
    return {
      idle: used * MiB,
      stages: {
        post,
        bootLoader: kernel - post,
        kernel: init,
        initrd: system - init,
        autoconfig: asked - kernel - system,
      },
    };
  } finally {
    await on.end();
    rmSync(said, { force: true });
  }
}

/** Seconds since the kernel began: now, when it ran the initramfs, when that ran systemd. Then MiB in use. */
const askTimes = `
cut -d' ' -f1 /proc/uptime
dmesg | sed -n 's/^\\[ *\\([0-9.]*\\)\\] Run \\/init as init process.*/\\1/p' | head -n 1
systemctl show --property=UserspaceTimestampMonotonic --value | awk '{ print $1 / 1000000 }'
free -m | awk '$1 == "Mem:" { print $3 }'`;
