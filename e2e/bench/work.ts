// The paper's section 4.2 for our stack: how long work takes inside a guest, by where its disk lies. A guest on a plain
// fast disk is 1. The work (native-scripts/bench/work-guest): reading a cold file, unpacking many small files, writing a
// big one, compiling. The guest itself proves that all of it came out right.
// Every run has a fresh guest that was just booted from a disk no cache knows, or in the lazy case was just resumed from
// one; the cases take turns, so that a busy machine slows all of them. The guest runs in software emulation where there is no KVM: under KVM compiling is faster
// by an order of magnitude, and the disk's share of it larger.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { newMac, newSerial } from '../../main/guest/identity';
import { inspectImage, type NewGuest } from '../../main/guest/store';
import { witnessMachine } from '../../main/guest/witness';
import { readLines } from '../../main/socket/lines';
import { repository } from '../support/cli';
import { guestInFolder, guestInVault, must } from './bench-guest';
import type { Row } from './row';
import { givenSlowDisk, type SlowDisk } from './slow-disk';
import { type WorkCase, type WorkRun, works } from './work-case';
import { workRows } from './work-rows';

const MiB = 1 << 20;

const optionsSchema = z.object({
  runs: z.coerce.number().int().min(1).default(3),
  /** MB/s of 2^20 bytes: the paper's table 6 has its PocketDrive. */
  speed: z.coerce.number().positive().default(23),
});

function casesAt(megabytesPerSecond: number): readonly WorkCase[] {
  const booted = { engine: 'full', since: 'boot', checkpoints: false } as const;
  const resumed = { engine: 'lazy', since: 'resume' } as const;
  return [
    { vaultKind: 'plain', megabytesPerSecond: null, ...booted },
    { vaultKind: 'gocryptfs', megabytesPerSecond: null, ...booted },
    { vaultKind: 'plain', megabytesPerSecond, ...booted },
    { vaultKind: 'gocryptfs', megabytesPerSecond, ...booted },
    { vaultKind: 'gocryptfs', megabytesPerSecond, ...resumed, checkpoints: false },
    { vaultKind: 'gocryptfs', megabytesPerSecond, ...resumed, checkpoints: true },
  ];
}

export async function benchWork(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { runs: text, speed: text } });
  const { runs, speed } = optionsSchema.parse(values);
  const disk = givenSlowDisk();
  const guest = await workGuest();
  const measured = casesAt(speed).map((each) => ({ each, runs: [] as WorkRun[] }));
  for (let round = 0; round < runs; round++)
    for (const { each, runs: done } of measured) {
      const run = await workOnce({ disk, each, guest });
      console.error(`work: round ${round + 1}, ${JSON.stringify({ ...each, ...run })}`);
      done.push(run);
    }
  for (const row of workRows(measured)) emit(row);
}

/** As much memory as the paper's guest had in 4.2. */
async function workGuest(): Promise<Omit<NewGuest, 'guestsFolder'>> {
  const folder = join(repository, 'out/work-guest');
  const file = (name: string): string => join(folder, name);
  if (!existsSync(file('made-from')))
    throw new Error(
      `the work guest is not built: run ${join(repository, 'native-scripts/bench/work-guest/build')}`,
    );
  const image = must(await inspectImage(file('disk.qcow2')));
  return {
    definition: {
      format: 'soulpad-guest',
      version: 1,
      id: 'work',
      name: 'Work',
      uuid: randomUUID(),
      createdAt: new Date().toISOString(),
      ...witnessMachine,
      cpus: 1,
      ramBytes: 512 * MiB,
      mac: newMac(),
      disks: [{ serial: newSerial(), bytes: image.bytes }],
      boot: {
        from: 'kernel',
        kernel: 'kernel',
        initrd: 'initrd',
        commandLine: 'console=ttyS0 quiet loglevel=3 mitigations=off audit=0',
      },
      video: 'std',
      network: false,
      serial: true,
    },
    boot: { kernel: file('kernel'), initrd: file('initrd') },
    image,
  };
}

async function workOnce(about: {
  readonly disk: SlowDisk;
  readonly each: WorkCase;
  readonly guest: Omit<NewGuest, 'guestsFolder'>;
}): Promise<WorkRun> {
  const { disk, each } = about;
  await disk.setSpeed(0);
  const make = each.vaultKind === 'plain' ? guestInFolder : guestInVault;
  const guest = await make({ disk: disk.folder, engine: each.engine, guest: about.guest });
  await disk.replug();
  const booted = await guest.wake();
  let line = listenToWork(booted.serialSocket);
  await line.heard('ready');
  if (each.since === 'resume') {
    line.close();
    await guest.sleep();
    await disk.replug();
  }
  // Neither booting nor suspending is what is measured.
  await disk.setSpeed((each.megabytesPerSecond ?? 0) * MiB);
  if (each.since === 'resume') line = listenToWork((await guest.wake()).serialSocket);
  const seconds = { cold: 0, files: 0, write: 0, compile: 0 };
  let verified = true;
  for (const work of works) {
    const began = performance.now();
    line.say(work);
    if (each.checkpoints) await guest.checkpoint();
    verified = (await line.heard(`done ${work} `)).endsWith(' ok') && verified;
    seconds[work] = (performance.now() - began) / 1000;
  }
  await disk.setSpeed(0);
  line.say('check');
  verified = (await line.heard('done check ')).endsWith(' ok') && verified;
  line.say('off');
  await guest.waitUntilOff();
  line.close();
  await guest.remove();
  return { seconds, verified };
}

/** Compiling at 1 MB/s in software emulation on a busy machine. */
const patienceMs = 1_800_000;

interface WorkLine {
  say(name: string): void;
  /** The next whole line that begins so, from lines not yet heard. */
  heard(beginning: string): Promise<string>;
  close(): void;
}

function listenToWork(path: string): WorkLine {
  const socket = connect(path);
  const lines: string[] = [];
  let look = (): void => {};
  let ended = false;
  readLines(socket, {
    onLine: (line) => {
      lines.push(line.trim());
      look();
    },
    onEnd: () => {
      ended = true;
      look();
    },
  });
  return {
    say: (name) => void socket.write(`${name}\n`),
    heard: (beginning) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`the work guest never said "${beginning}"`)),
          patienceMs,
        );
        look = () => {
          const at = lines.findIndex((line) => line.startsWith(beginning));
          if (at < 0 && !ended) return;
          clearTimeout(timer);
          look = () => {};
          const line = lines[at];
          lines.splice(0, at + 1);
          if (line === undefined) reject(new Error(`the work guest ended before it said "${beginning}"`));
          else resolve(line);
        };
        look();
      }),
    close: () => void socket.end(),
  };
}
