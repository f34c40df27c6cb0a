// A witness on the throttled disk, woken and put to sleep by its real keeper in a plain folder, as `bench state` needs
// it: how long until it says its first tick, until it has read and verified every page itself, and what a session of a
// given size costs. Before each wake the disk is pulled out and put in again: nothing comes from a cache.
//
// Its ticks verify pages for 50 ms each and go on where the last one stopped, so that a first tick is a sign of life and
// not the whole image. The guest has verified itself once its ticks have covered all of its pages.

import type { NewGuest } from '../../main/guest/store';
import { defineWitness } from '../../main/guest/witness';
import { findWitnessFiles } from '../../main/guest/witness-files';
import type { EngineName } from '../../preload/contract/keeper';
import { listenToWitness, type Tick, type Witness } from '../support/witness';
import { type FolderGuest, guestInFolder, must, type Slept, type Woken } from './bench-guest';
import { countedBelow } from './block-device';
import type { SlowDisk } from './slow-disk';

const MiB = 1 << 20;
const pageBytes = 4096;
const pagesATick = 128;
const patienceMs = 900_000;

export interface WokenWitness {
  readonly seconds: Woken['seconds'];
  /** From asking for a keeper until the first tick, seconds. */
  readonly firstTick: number;
  readonly bytesRead: number;
  readonly reads: number;
}

export interface SleptWitness extends Slept {
  /** At the device, from asking until it was named and read back. */
  readonly deviceBytesWritten: number;
}

export interface MeasuredWitness {
  readonly guest: FolderGuest;
  wake(): Promise<WokenWitness>;
  /** Waits until this session has written so much anew, then puts it to sleep. */
  sleepChanged(bytes: number): Promise<SleptWitness>;
  sleep(): Promise<SleptWitness>;
  /** Seconds from the first tick until the guest itself has verified every page and nothing is only on the disk. */
  allIn(): Promise<number>;
  /** Waits for that many ticks. */
  ticks(count: number): Promise<void>;
  /** All ticks were of the witness that was born, in order, and all that they read was right. */
  verified(): boolean;
  remove(): Promise<void>;
}

export interface WitnessSize {
  readonly ramMiB: number;
  /** How much of it is filled and watched; default: about all that its kernel leaves. */
  readonly fillMiB?: number;
}

function fillOf({ ramMiB, fillMiB }: WitnessSize): number {
  return fillMiB ?? Math.floor(ramMiB * 0.95) - 40;
}

/** The same guest for every peer. */
export function benchWitness(size: WitnessSize): Omit<NewGuest, 'guestsFolder'> {
  const createdAt = new Date().toISOString();
  const ramBytes = size.ramMiB * MiB;
  const definition = defineWitness({ id: 'witness', name: 'Witness', createdAt, ramBytes });
  const ticks = `witness.tick=100 witness.slice=50 witness.rewrite=${pagesATick}`;
  const words = `witness.blocks=64 ${ticks} witness.fill=${fillOf(size)}M`;
  const commandLine = `console=ttyS0 quiet loglevel=3 mitigations=off audit=0 cryptomgr.notests ${words}`;
  const { boot } = definition;
  if (boot.from !== 'kernel') throw new Error('the witness boots from its kernel');
  return { definition: { ...definition, boot: { ...boot, commandLine } }, boot: must(findWitnessFiles()) };
}

/** Made, booted, filled and put to sleep once on a disk that is not throttled; then the disk is slow. */
export async function bornWitness(about: {
  readonly disk: SlowDisk;
  readonly engine: EngineName;
  readonly size: WitnessSize;
  /** MB/s of 2^20 bytes. */
  readonly speed: number;
}): Promise<MeasuredWitness & { readonly image: Slept }> {
  const { disk } = about;
  await disk.setSpeed(0);
  const guest = await guestInFolder({
    disk: disk.folder,
    engine: about.engine,
    guest: benchWitness(about.size),
  });
  const witness = measured({ disk, guest, fillMiB: fillOf(about.size) });
  try {
    await witness.wake();
    await witness.ticks(1);
    const image = await witness.sleep();
    await disk.setSpeed(about.speed * MiB);
    return { ...witness, image };
  } catch (error) {
    await witness.remove();
    throw error;
  }
}

/** Each run's stages, for whoever wonders at a row. */
function tell(what: string, values: Readonly<Record<string, number | null>>): void {
  console.error(`state: ${what} ${JSON.stringify(values)}`);
}

function measured(about: {
  readonly disk: SlowDisk;
  readonly guest: FolderGuest;
  readonly fillMiB: number;
}): MeasuredWitness {
  const { disk, guest, fillMiB } = about;
  let born: Tick | null = null;
  let line: Witness | null = null;
  let last: Tick | null = null;
  let good = true;
  const session = { ticks: 0, pages: 0 };
  const hear = async (): Promise<Tick> => {
    if (line === null) throw new Error('the witness sleeps');
    const tick = await line.tick();
    born ??= tick;
    good &&= tick.nonce === born.nonce && tick.n > (last?.n ?? 0) && tick.ram === 'ok' && tick.disk === 'ok';
    session.ticks += last === null || session.ticks === 0 ? 1 : tick.n - last.n;
    session.pages += tick.ramPages;
    last = tick;
    return tick;
  };
  const hearUntil = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await hear();
  };
  const sleep = async (): Promise<SleptWitness> => {
    line?.close();
    line = null;
    const counted = await countedBelow(disk.folder, () => guest.sleep());
    const { seconds, changedBytes, writtenBytes } = counted.value;
    tell('slept', { ...seconds, changedBytes, writtenBytes, deviceBytes: counted.bytesWritten });
    return { ...counted.value, deviceBytesWritten: counted.bytesWritten };
  };
  return {
    guest,
    wake: async () => {
      await disk.replug();
      Object.assign(session, { ticks: 0, pages: 0 });
      const began = performance.now();
      const counted = await countedBelow(disk.folder, async () => {
        const { seconds, serialSocket } = await guest.wake();
        line = await listenToWitness(serialSocket, patienceMs);
        await hear();
        return seconds;
      });
      const firstTick = (performance.now() - began) / 1000;
      const { reads, bytesRead } = counted;
      tell('woke', { firstTick, ...counted.value, reads, bytesRead });
      return { seconds: counted.value, firstTick, bytesRead: counted.bytesRead, reads: counted.reads };
    },
    sleep,
    sleepChanged: async (bytes) => {
      await hearUntil(() => session.ticks * pagesATick * pageBytes >= bytes);
      return sleep();
    },
    allIn: async () => {
      const began = performance.now();
      await hearUntil(() => session.pages * pageBytes >= fillMiB * MiB);
      await hearUntil(async () => {
        const { streaming, frozen } = must(await guest.keeper().status());
        if (frozen !== null) throw new Error(frozen.message);
        return streaming === null || streaming.done >= streaming.total;
      });
      return (performance.now() - began) / 1000;
    },
    ticks: (count) => {
      const from = session.ticks;
      return hearUntil(() => session.ticks >= from + count);
    },
    verified: () => good,
    remove: async () => {
      line?.close();
      line = null;
      await guest.remove();
    },
  };
}
