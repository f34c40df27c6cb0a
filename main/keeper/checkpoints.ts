// When a running guest is checkpointed: every so often as its owner chose, at once when the PC's battery is almost
// empty, and when somebody asks. One at a time; a suspend gives up one that is under way, as it saves more. A checkpoint
// that fails is told and tried again at the next turn, it never ends or stops a guest. After each one the chain of the
// disk may have grown long, and is merged.
import type { Fault } from '../../preload/contract/fault';
import type { Suspended, Checkpoints as Told } from '../../preload/contract/keeper';
import { fail, type Result } from '../../preload/contract/result';
import type { Log } from '../files/log';
import type { OnStep } from '../generation/protocol';
import { readSettings } from '../guest/settings';
import { isBatteryLow } from './battery';
import { checkpointGuest, engineLacks } from './checkpoint';
import { mergeDiskWhileRunning } from './disk-merging';
import type { LiveGuest } from './session';

const lookEveryMs = 5_000;

export interface Checkpoints {
  /** Faults: busy (one is being made), and those of checkpointGuest. */
  make(): Promise<Result<Suspended>>;
  told(): Told;
  /** Gives up the one under way, if any; fulfils when the guest's session is settled. */
  halt(): Promise<void>;
  /** Lets the one under way come to its end. */
  settled(): Promise<void>;
  /** No more: the guest is being saved for good, or is gone. */
  stop(): void;
}

/** `mayMake`: null, or why not now. `onMade`: RFC 3339 UTC, when the newest one was made. */
export function keepCheckpoints(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly onStep: OnStep;
  readonly mayMake: () => Fault | null;
  /** What must be over before a state is saved. */
  readonly before: () => Promise<void>;
  /** What must be over before the disk is merged: one merge at a time reads and writes the stick. */
  readonly beforeMerge: () => Promise<void>;
  readonly onMade: (at: string) => void;
}): Checkpoints {
  const { live, log } = about;
  let everySeconds = 0;
  let lastAt: string | null = null;
  let pausedSeconds: number | null = null;
  let obstacle: Fault | null = null;
  let dueFrom = performance.now();
  let wasLow = false;
  let stopped = false;
  let abort = new AbortController();
  let current: Promise<Result<Suspended>> | null = null;
  let mergeAbort = new AbortController();
  let merging: Promise<void> | null = null;

  /** A merge that is given up has changed nothing. */
  const endMerge = async (): Promise<void> => {
    mergeAbort.abort();
    await merging;
  };

  const merge = async (signal: AbortSignal): Promise<void> => {
    await Promise.race([about.beforeMerge(), aborted(signal)]);
    if (!signal.aborted && about.mayMake() === null) await mergeDiskWhileRunning({ live, log, signal });
  };

  const work = async (): Promise<Result<Suspended>> => {
    await endMerge();
    await Promise.race([about.before(), aborted(abort.signal)]);
    const made = await checkpointGuest({ live, log, signal: abort.signal, onStep: about.onStep });
    dueFrom = performance.now();
    if (!made.ok) {
      log.fault(made.fault);
      if (made.fault.code !== 'cancelled') obstacle = made.fault;
      return made;
    }
    lastAt = live.session.parent.createdAt;
    ({ pausedSeconds } = made.value);
    obstacle = null;
    log.say(`checkpoint ${made.value.generation}: the guest stood ${pausedSeconds} s`);
    about.onMade(lastAt);
    return made;
  };

  const make = async (): Promise<Result<Suspended>> => {
    const refused = about.mayMake();
    if (refused !== null) return fail(refused);
    const stage = 'guest.checkpoint';
    if (current !== null) return fail({ code: 'busy', stage, message: 'a checkpoint is being made' });
    abort = new AbortController();
    current = work();
    const done = await current;
    current = null;
    mergeAbort = new AbortController();
    if (done.ok && !stopped && !abort.signal.aborted) merging = merge(mergeAbort.signal);
    return done;
  };

  const look = async (): Promise<void> => {
    ({ checkpointSeconds: everySeconds } = await readSettings(live.subject.place.folder));
    const isLow = everySeconds > 0 && (await isBatteryLow());
    const turn = everySeconds > 0 && performance.now() - dueFrom >= everySeconds * 1000;
    if (isLow && !wasLow) log.say('the battery is almost empty: a checkpoint now');
    const due = turn || (isLow && !wasLow);
    wasLow = isLow;
    if (stopped || live.subject.engines.saves.readyToCopy === undefined) return;
    if (due && about.mayMake() === null) await make();
    if (!stopped) setTimeout(look, lookEveryMs).unref();
  };
  void look();

  return {
    make,
    told: () => ({
      everySeconds: everySeconds === 0 ? null : everySeconds,
      lastAt,
      pausedSeconds,
      obstacle: live.subject.engines.saves.readyToCopy === undefined ? engineLacks(live) : obstacle,
    }),
    halt: async () => {
      abort.abort();
      await current;
      await endMerge();
    },
    settled: async () => {
      await current;
      await endMerge();
    },
    stop: () => {
      stopped = true;
      mergeAbort.abort();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
