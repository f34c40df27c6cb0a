// Rows of `bench state` that compare ours with ours: a big guest with a small one, session 50 with session 2, and how
// long a checkpoint stops the guest.
import { z } from 'zod';
import { callSocket } from '../../main/socket/call';
import { must } from './bench-guest';
import { countedBelow } from './block-device';
import type { StateOrder } from './state';
import { comparedRow } from './state-row';
import { bornWitness, type SleptWitness, type WitnessSize, type WokenWitness } from './state-witness';
import { median } from './statistics';

const MiB = 1 << 20;
const smallMiB = 512;

interface Cycles {
  readonly woken: readonly WokenWitness[];
  readonly slept: readonly SleptWitness[];
  readonly nonZeroBytes: number;
  readonly verified: boolean;
}

async function cyclesOf(about: {
  readonly order: StateOrder;
  readonly size: WitnessSize;
  readonly runs: number;
  readonly changedBytes: number;
}): Promise<Cycles> {
  const { disk, options } = about.order;
  const witness = await bornWitness({ disk, engine: 'lazy', size: about.size, speed: options.speed });
  const woken: WokenWitness[] = [];
  const slept: SleptWitness[] = [];
  try {
    while (slept.length < about.runs) {
      woken.push(await witness.wake());
      slept.push(await witness.sleepChanged(about.changedBytes));
    }
    return { woken, slept, nonZeroBytes: witness.image.nonZeroBytes, verified: witness.verified() };
  } finally {
    await witness.remove();
  }
}

const suspendsOf = ({ slept }: Pick<Cycles, 'slept'>): readonly number[] =>
  slept.map(({ seconds }) => seconds.total);
const ticksOf = ({ woken }: Pick<Cycles, 'woken'>): readonly number[] =>
  woken.map(({ firstTick }) => firstTick);

/** A guest whose memory is mostly unused, against one of 512 MiB that changes as much. */
export async function measureGrowth(order: StateOrder): Promise<void> {
  const { options, emit } = order;
  const about = { order, runs: options.runs, changedBytes: options.changed * MiB };
  const small = await cyclesOf({ ...about, size: { ramMiB: smallMiB } });
  const grown = await cyclesOf({ ...about, size: { ramMiB: options.grown, fillMiB: options.grownFill } });
  for (const [act, of] of [
    ['suspend', suspendsOf],
    ['first tick', ticksOf],
  ] as const)
    emit(
      comparedRow(options, {
        ...{ case: `growth: ${act}`, method: `${options.grownFill} MiB of it filled`, engine: 'lazy' },
        ...{ vaultKind: 'plain', guestRamBytes: options.grown * MiB, nonZeroBytes: grown.nonZeroBytes },
        ...{ ours: of(grown), baseline: `a guest of ${smallMiB} MiB`, theirs: of(small), limit: 1.3 },
        ...{
          changedBytes: grown.slept.at(-1)?.changedBytes ?? null,
          verified: grown.verified && small.verified,
        },
      }),
    );
}

const sessionsMiB = 128;
const sessionChanges = 4 * MiB;
/** The last ones and those from the second on, as medians: one slow instant of a shared machine is no trend. */
const around = 3;

/** Sessions after each other without a merge by hand: what the keeper leaves behind by itself is part of it. */
export async function measureSessions(order: StateOrder): Promise<void> {
  const { options, emit } = order;
  const all = await cyclesOf({
    ...{ order, size: { ramMiB: sessionsMiB }, runs: options.sessions, changedBytes: sessionChanges },
  });
  const early = { woken: all.woken.slice(1, 1 + around), slept: all.slept.slice(1, 1 + around) };
  const late = { woken: all.woken.slice(-around), slept: all.slept.slice(-around) };
  for (const [act, of] of [
    ['suspend', suspendsOf],
    ['first tick', ticksOf],
  ] as const)
    emit(
      comparedRow(options, {
        ...{ case: `sessions: ${act}`, method: `session ${options.sessions}, median of the last ${around}` },
        ...{
          engine: 'lazy',
          vaultKind: 'plain',
          guestRamBytes: sessionsMiB * MiB,
          nonZeroBytes: all.nonZeroBytes,
        },
        ...{ ours: of(late), baseline: `session 2, median of ${around}`, theirs: of(early), limit: 1.3 },
        ...{
          changedBytes: median(late.slept.map(({ changedBytes }) => changedBytes ?? 0)),
          verified: all.verified,
        },
      }),
    );
}

/** What the row needs of the reply; the contract's own parser checked the rest in the keeper. */
const checkpointVerbs = {
  checkpoint: { request: z.object({}), reply: z.looseObject({ pausedSeconds: z.number() }) },
} as const;
const mostPaused = 0.25;
const ticksBetween = 10;

/** How long the guest stands still, and what a checkpoint writes, of a guest that works on. */
export async function measureCheckpoints(order: StateOrder): Promise<void> {
  const { disk, options, emit } = order;
  const size = { ramMiB: smallMiB };
  const witness = await bornWitness({ disk, engine: 'lazy', size, speed: options.speed });
  try {
    await witness.wake();
    const path = witness.guest.files.keeperSocket;
    const stage = 'bench.checkpoint';
    const keeper = must(await callSocket({ path, stage, verbs: checkpointVerbs, pushes: {} }));
    const pauses: number[] = [];
    const written: number[] = [];
    while (pauses.length < options.checkpoints) {
      await witness.ticks(ticksBetween);
      const call = () => keeper.call('checkpoint', {}, { timeoutMs: 120_000 });
      const counted = await countedBelow(disk.folder, call);
      pauses.push(must(counted.value).pausedSeconds);
      written.push(counted.bytesWritten);
    }
    keeper.close();
    await witness.ticks(1);
    const about = {
      ...{ engine: 'lazy', vaultKind: 'plain', guestRamBytes: smallMiB * MiB, verified: witness.verified() },
      nonZeroBytes: witness.image.nonZeroBytes,
    };
    emit(
      comparedRow(options, {
        ...{ ...about, case: 'checkpoint', method: 'the guest stands still', ours: pauses },
        ...{ baseline: '250 ms', theirs: [mostPaused], limit: 1, bytesMoved: median(written) },
      }),
    );
  } finally {
    await witness.remove();
  }
}
