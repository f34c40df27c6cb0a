// The speed rows of one guest size: suspending what changed, the first tick and "all in and verified" of the lazy
// engine, the full engine, and virsh, all against dd of the same bytes on the same disk in the same run. What moves the
// whole image is done once, since the throttled disk gives it the same time each time; the rest `runs` times.
import { ddSeconds } from './dd';
import type { Row } from './row';
import type { SlowDisk } from './slow-disk';
import type { StateOptions, StatePart } from './state-options';
import { type Compared, comparedRow, failedRow } from './state-row';
import { type VirshTimes, virshTimes } from './state-virsh';
import { bornWitness, type SleptWitness, type WokenWitness } from './state-witness';

const MiB = 1 << 20;

type Emit = (row: Row) => void;

interface Order {
  readonly disk: SlowDisk;
  readonly options: StateOptions;
  readonly ramMiB: number;
  readonly emit: Emit;
}

interface Lazy {
  readonly imageBytes: number;
  readonly image: { readonly write: number; readonly read: number };
  readonly cycles: readonly LazyCycle[];
  /** Seconds from waking until everything was in and verified by the guest; null: not asked for. */
  readonly allIn: number | null;
  readonly verified: boolean;
}

interface LazyCycle {
  readonly woken: WokenWitness;
  readonly slept: SleptWitness;
  readonly ddOfChanged: number;
}

/** Emits the rows that `options.rows` names; what fails costs its own rows. */
export async function measureSpeed(order: Order): Promise<void> {
  const wants = (part: StatePart): boolean => order.options.rows.includes(part);
  const guestRamBytes = order.ramMiB * MiB;
  const failed = (part: StatePart, error: unknown): void => {
    const about = { case: part, method: 'failed', baseline: 'none', limit: null, guestRamBytes };
    order.emit(failedRow(order.options, about, error instanceof Error ? error.message : String(error)));
  };
  const lazy = ['suspend', 'tick', 'allin', 'virsh'].some((part) =>
    order.options.rows.some((row) => row === part),
  )
    ? await measureLazy(order).catch((error: unknown) => failed('suspend', error))
    : undefined;
  if (lazy) for (const row of lazyRows(order, lazy)) order.emit(row);
  if (wants('full'))
    await measureFull(order, lazy?.image ?? null).catch((error: unknown) => failed('full', error));
  if (!wants('virsh')) return;
  try {
    const { disk, options, ramMiB } = order;
    const virsh = await virshTimes({ disk, size: { ramMiB }, speed: options.speed });
    for (const row of virshRows(order, virsh, lazy ?? null)) order.emit(row);
  } catch (error) {
    failed('virsh', error);
  }
}

async function measureLazy({ disk, options, ramMiB }: Order): Promise<Lazy> {
  const { speed, runs, rows } = options;
  const witness = await bornWitness({ disk, engine: 'lazy', size: { ramMiB }, speed });
  try {
    const imageBytes = witness.image.nonZeroBytes;
    const image = await imageTimes(disk, imageBytes);
    const cycles: LazyCycle[] = [];
    while (cycles.length < runs) {
      const woken = await witness.wake();
      const slept = await witness.sleepChanged(options.changed * MiB);
      const { writeSeconds: ddOfChanged } = await ddSeconds(disk.folder, slept.changedBytes ?? 0);
      cycles.push({ woken, slept, ddOfChanged });
    }
    let allIn: number | null = null;
    if (rows.includes('allin')) {
      const { firstTick } = await witness.wake();
      allIn = firstTick + (await witness.allIn());
    }
    return { imageBytes, image, cycles, allIn, verified: witness.verified() };
  } finally {
    await witness.remove();
  }
}

async function imageTimes(disk: SlowDisk, bytes: number): Promise<Lazy['image']> {
  const { writeSeconds, readSeconds } = await ddSeconds(disk.folder, bytes);
  return { write: writeSeconds, read: readSeconds };
}

function lazyRows({ options, ramMiB }: Order, lazy: Lazy): readonly Row[] {
  const { cycles, image, imageBytes: nonZeroBytes, verified } = lazy;
  const changed = cycles.map(({ slept }) => slept.changedBytes ?? 0);
  const suspends = cycles.map(({ slept }) => slept.seconds.total);
  const about = { engine: 'lazy', vaultKind: 'plain', guestRamBytes: ramMiB * MiB, nonZeroBytes, verified };
  const changedBytes = changed.at(-1) ?? null;
  const row = (part: Omit<Compared, 'verified'>): Row =>
    comparedRow(options, { ...about, changedBytes, ...part });
  const suspend = {
    ...{ case: 'suspend', method: 'changed pages, fsynced and named', ours: suspends },
    bytesMoved: cycles.at(-1)?.slept.deviceBytesWritten ?? null,
  };
  const tick = {
    case: 'first tick',
    method: 'mapped, from asking for it',
    ours: cycles.map(({ woken }) => woken.firstTick),
  };
  const read = { bytesMoved: cycles.at(-1)?.woken.bytesRead ?? null };
  const whole = { baselineBytes: nonZeroBytes };
  const parts: Partial<Record<StatePart, readonly Row[]>> = {
    suspend: [
      row({
        ...suspend,
        ...{
          baseline: 'dd of the changed bytes',
          theirs: cycles.map(({ ddOfChanged }) => ddOfChanged),
          limit: 1.25,
        },
        ...{ baselineBytes: changedBytes },
      }),
      row({ ...suspend, ...whole, baseline: 'dd of the image, written', theirs: [image.write], limit: 0.1 }),
      row({
        ...{ case: 'bytes written by a suspend', method: "the device's own count", unit: 'bytes' },
        ...{ ours: cycles.map(({ slept }) => slept.deviceBytesWritten) },
        ...{ baseline: 'bytes changed', theirs: changed, limit: 1.3 },
      }),
    ],
    tick: [
      row({
        ...tick,
        ...read,
        ...whole,
        baseline: 'dd of the image, read',
        theirs: [image.read],
        limit: 0.06,
      }),
    ],
    allin:
      lazy.allIn === null
        ? []
        : [
            row({
              ...{ case: 'all in and verified', method: 'streamed, and every page read by the guest' },
              ...{ ours: [lazy.allIn], baseline: 'dd of the image, read', theirs: [image.read], limit: 1.1 },
              ...whole,
            }),
          ],
  };
  return options.rows.flatMap((name) => parts[name] ?? []);
}

/** `image`: dd of the same guest's image in this run, where that was measured. */
async function measureFull(
  { disk, options, ramMiB, emit }: Order,
  image: Lazy['image'] | null,
): Promise<void> {
  const { speed } = options;
  const witness = await bornWitness({ disk, engine: 'full', size: { ramMiB }, speed });
  try {
    const woken = await witness.wake();
    const slept = await witness.sleep();
    const { nonZeroBytes, seconds } = slept;
    const dd = image ?? (await imageTimes(disk, nonZeroBytes));
    const about = {
      ...{ engine: 'full', vaultKind: 'plain', guestRamBytes: ramMiB * MiB, nonZeroBytes, limit: 1.15 },
      ...{ baselineBytes: nonZeroBytes, verified: witness.verified() },
    };
    emit(
      comparedRow(options, {
        ...{ ...about, case: 'suspend', method: 'mapped-ram, multifd, direct-io', ours: [seconds.total] },
        ...{ baseline: 'dd of the same bytes, written', theirs: [dd.write] },
        bytesMoved: slept.deviceBytesWritten,
      }),
    );
    emit(
      comparedRow(options, {
        ...{ ...about, case: 'first tick', method: 'sum checked, then mapped-ram, multifd' },
        ...{ ours: [woken.firstTick], baseline: 'dd of the same bytes, read', theirs: [dd.read] },
        bytesMoved: woken.bytesRead,
      }),
    );
  } finally {
    await witness.remove();
  }
}

/** The limits are the "at least 8 and 15 times as fast", meant at 2 GiB. */
function virshRows({ options, ramMiB }: Order, virsh: VirshTimes, lazy: Lazy | null): readonly Row[] {
  const about = { guestRamBytes: ramMiB * MiB, nonZeroBytes: lazy?.imageBytes ?? null, vaultKind: 'plain' };
  const peers = [
    {
      ...{ case: 'suspend', method: 'virsh save --bypass-cache, sync', seconds: virsh.save, limit: 1 / 8 },
      ...{ dd: lazy?.image.write, ours: lazy?.cycles.map(({ slept }) => slept.seconds.total) },
    },
    {
      ...{ case: 'first tick', method: 'virsh restore', seconds: virsh.firstTick, limit: 1 / 15 },
      ...{ dd: lazy?.image.read, ours: lazy?.cycles.map(({ woken }) => woken.firstTick) },
    },
  ];
  return peers.flatMap(({ case: act, method, seconds, limit, dd, ours }) => [
    ...(dd === undefined
      ? []
      : [
          comparedRow(options, {
            ...{ ...about, case: act, method, ours: [seconds], baseline: 'dd of the image', theirs: [dd] },
            ...{ limit: null, verified: virsh.verified, bytesMoved: virsh.savedBytes },
          }),
        ]),
    ...(ours === undefined
      ? []
      : [
          comparedRow(options, {
            ...{
              ...about,
              case: act,
              method: 'changed pages, mapped',
              engine: 'lazy',
              ours,
              baseline: method,
            },
            ...{ theirs: [seconds], limit, verified: virsh.verified && lazy?.verified === true },
          }),
        ]),
  ]);
}
