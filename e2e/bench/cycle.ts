// The paper's tables 2 to 5 for our stack: how long a guest takes to wake and to sleep, by the speed of its disk and
// its memory, in a plain folder and in an encrypted vault, with the time of every stage. n runs a case, mean and
// standard deviation. Before each wake the disk is pulled out and put in again, as if in another PC.
// Every wake is proven by the witness: the nonce that only its RAM knew, its counter, every page, every block.
// What comes before our first stage on a real PC (firmware, boot loader, host: 82 s in table 3) is not here: the stick
// bench measures it.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { NewGuest } from '../../main/guest/store';
import { defineWitness } from '../../main/guest/witness';
import { findWitnessFiles } from '../../main/guest/witness-files';
import { engineNameSchema } from '../../preload/contract/keeper';
import { listenToWitness, type Tick } from '../support/witness';
import { type BenchGuest, guestInFolder, guestInVault, must, type Slept, type Woken } from './bench-guest';
import { cycleRows } from './cycle-rows';
import { ddSeconds } from './dd';
import { paperSpeeds } from './paper';
import type { Row } from './row';
import { givenSlowDisk, type SlowDisk } from './slow-disk';

const MiB = 1 << 20;

const numbers = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.number().positive()).min(1));

const optionsSchema = z.object({
  runs: z.coerce.number().int().min(1).default(10),
  /** MB/s, of 2^20 bytes. */
  speeds: numbers.default(paperSpeeds),
  /** MiB. At 1 MB/s the smallest guest is taken whatever is asked, or one case would last hours. */
  ram: numbers.default([96, 256]),
  vault: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['plain', 'gocryptfs'])).min(1))
    .default(['plain', 'gocryptfs']),
  engine: engineNameSchema.default('full'),
});
type Options = z.infer<typeof optionsSchema>;

/** The smallest in which the witness boots, by 16 MiB. */
const smallestMiB = 80;
const slowMegabytes = 1;

export interface CycleCase {
  readonly engine: Options['engine'];
  readonly vaultKind: BenchGuest['vaultKind'];
  readonly megabytesPerSecond: number;
  readonly ramBytes: number;
}

export interface CycleRun {
  readonly woken: Woken;
  readonly slept: Slept;
  readonly verified: boolean;
}

export interface CycleBaseline {
  readonly bytes: number;
  readonly writeSeconds: number;
  readonly readSeconds: number;
}

/** Throws a ZodError or TypeError for options that make no sense. */
export function readCycleOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { runs: text, speeds: text, ram: text, vault: text, engine: text },
  });
  return optionsSchema.parse(values);
}

export async function benchCycle(emit: (row: Row) => void, args: readonly string[]): Promise<void> {
  const options = readCycleOptions(args);
  const disk = givenSlowDisk();
  for (const each of casesOf(options)) {
    const { runs, baseline } = await measure({ disk, runs: options.runs, each });
    for (const row of cycleRows({ each, runs, baseline })) emit(row);
  }
}

/** Slowest last, each guest size once. */
export function casesOf(options: Options): readonly CycleCase[] {
  const { engine } = options;
  return [...options.speeds]
    .sort((a, b) => b - a)
    .flatMap((megabytesPerSecond) => {
      const sizes = megabytesPerSecond <= slowMegabytes ? [smallestMiB] : options.ram;
      return [...new Set(sizes)].flatMap((size) =>
        options.vault.map((vaultKind) => ({ engine, vaultKind, megabytesPerSecond, ramBytes: size * MiB })),
      );
    });
}

async function measure(about: {
  readonly disk: SlowDisk;
  readonly runs: number;
  readonly each: CycleCase;
}): Promise<{ readonly runs: readonly CycleRun[]; readonly baseline: CycleBaseline }> {
  const { disk, each } = about;
  // It is made, booted and put to sleep at full speed: none of that is measured. After a failure on-slow-disk ends
  // whatever still works on the disk.
  await disk.setSpeed(0);
  const make = each.vaultKind === 'plain' ? guestInFolder : guestInVault;
  const guest = await make({ disk: disk.folder, engine: each.engine, guest: witnessOf(each.ramBytes) });
  const booted = await guest.wake();
  let last = await tickOf(booted, ({ n }) => n >= 2);
  const { writtenBytes } = await guest.sleep();
  await disk.setSpeed(each.megabytesPerSecond * MiB);
  const baseline = { bytes: writtenBytes, ...(await ddSeconds(disk.folder, writtenBytes)) };
  const runs: CycleRun[] = [];
  while (runs.length < about.runs) {
    await disk.replug();
    const woken = await guest.wake();
    const tick = await tickOf(woken);
    const verified = tick.nonce === last.nonce && tick.n > last.n && tick.ram === 'ok' && tick.disk === 'ok';
    const slept = await guest.sleep();
    last = tick;
    runs.push({ woken, slept, verified });
    console.error(`cycle: run ${runs.length} of ${JSON.stringify(each)}, verified ${verified}`);
  }
  await disk.setSpeed(0);
  await guest.remove();
  return { runs, baseline };
}

function witnessOf(ramBytes: number): Omit<NewGuest, 'guestsFolder'> {
  const createdAt = new Date().toISOString();
  const definition = defineWitness({ id: 'witness', name: 'Witness', createdAt, ramBytes });
  return { definition, boot: must(findWitnessFiles()) };
}

async function tickOf(woken: Woken, wanted?: (tick: Tick) => boolean): Promise<Tick> {
  const witness = await listenToWitness(woken.serialSocket, 600_000);
  try {
    return await witness.tick(wanted);
  } finally {
    witness.close();
  }
}
