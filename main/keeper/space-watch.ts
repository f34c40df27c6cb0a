// Watches the vault's free space while a guest runs, so that the person hears early that it gets short: before the guest
// stands still for want of room, and while making room is still easy. What saving may take at most is reserved
// (reserve.ts) or counted here. It only looks and tells; what stops and goes on is room.ts.

import type { Space } from '../../preload/contract/timeline';
import type { Log } from '../files/log';
import { savingBytes } from '../fit/fit';
import { freeSpace } from '../fit/this-pc';
import { holdReserve, releaseReserve } from './reserve';

const everyMs = 30_000;
/** Less for the guest itself is soon used up: minutes of work, seconds of a download. */
const usualEarlyBytes = 256 << 20;
/** Told anew only when it has changed by so much; what is mended must be so by as much. */
const noticeable = 0.1;

export interface SpaceWatch {
  /** Null until it was looked at. */
  now(): Space | null;
  /** Looks at once, as after an act that frees room. */
  look(): Promise<void>;
  /** Gives the reserve up for saving. Fulfils when its blocks are free. */
  release(): Promise<void>;
  /** Saving was taken back: reserves again. */
  hold(): Promise<void>;
  stop(): void;
}

/** `tell` is called when it becomes low, changes much while low, and when it no longer is. */
export function watchSpace(about: {
  /** The guest's, in the vault. */
  readonly folder: string;
  readonly ramBytes: number;
  /** Bytes; less for the guest itself is low. */
  readonly earlyBytes?: number;
  readonly log: Log;
  readonly tell: (space: Space) => void;
}): SpaceWatch {
  const { folder, log } = about;
  const need = savingBytes(about.ramBytes);
  let space: Space | null = null;
  let held = 0;
  let stopped = false;

  const look = async (): Promise<void> => {
    const seen = await freeSpace(folder);
    if (seen === null || stopped) return;
    // What is reserved is not the guest's to fill, but saving has it already.
    const free = Math.max(0, seen - held);
    const limit = (about.earlyBytes ?? usualEarlyBytes) + (held >= need ? 0 : need);
    const low = free < (space?.low ? limit * (1 + noticeable) : limit);
    const before = space;
    const changed = before !== null && Math.abs(free - before.free) > before.free * noticeable;
    space = { low, free: changed || before?.low !== low ? free : before.free, need };
    if (low === (before?.low ?? false) && !(low && changed)) return;
    log.say(`${low ? 'little' : 'enough'} room in the vault: ${free} bytes`);
    about.tell(space);
  };
  const hold = async (): Promise<void> => {
    if (!stopped) held = await holdReserve(folder, need);
    if (stopped) await releaseReserve(folder);
    await look();
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  void hold();
  return {
    now: () => space,
    look,
    hold,
    release: async () => {
      held = 0;
      await releaseReserve(folder);
    },
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
