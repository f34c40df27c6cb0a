// The client side of a keeper, used by kiosk and CLI. A handle has two makers: `openKeeper` starts a keeper,
// `adoptKeeper` finds a living one (or a QEMU whose keeper was killed) and proves it by asking the system. A handle
// whose keeper is killed adopts again by itself: the person notices nothing, the guest never stopped.
import { readdir } from 'node:fs/promises';
import type { Fault } from '../../preload/contract/fault';
import {
  type Ended,
  type EngineChoice,
  guestIdSchema,
  type KeeperStatus,
  keeperPushes,
  keeperVerbs,
  type Ran,
  type Suspended,
} from '../../preload/contract/keeper';
import type { OnProgress, Progress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { GuestScreen, SentKeys } from '../../preload/contract/screen';
import type { Space } from '../../preload/contract/timeline';
import { argumentsOf } from '../process/proc';
import { restartLimit } from '../process/restart-limit';
import { type Caller, callSocket } from '../socket/call';
import { guestFiles, type KeeperPlaces } from './places';
import { isQemuOf, livesAsOurs, waitUntilGone } from './proof';
import { readKeeperRecord } from './record';
import { spawnKeeper } from './spawn';

export type { KeeperPlaces } from './places';

/** A guest's keeper. Calls never throw; each has a timeout. */
export interface KeeperHandle {
  readonly id: string;
  /** Wakes the guest, or answers as the first call did. Faults: damaged*, missing*, toolMissing, guestDied, ... */
  run(): Promise<Result<Ran>>;
  status(): Promise<Result<KeeperStatus>>;
  /** Faults: cancelled, full, io, guestDied, busy (saving already, or not running). After `full` the guest goes on. */
  suspend(): Promise<Result<Suspended>>;
  /** Faults: busy (one is being made, or the guest stands), kernelLacks (full engine), full, cancelled, denied, io. */
  checkpoint(): Promise<Result<Suspended>>;
  /** Fault busy: nothing is being saved, or it is too late. */
  cancelSuspend(): Promise<Result<unknown>>;
  pressPower(): Promise<Result<unknown>>;
  /** What shows the guest needs to know of its screen. Fault busy: it does not run. */
  screen(): Promise<Result<GuestScreen>>;
  /** Has its guest agent give its screen that size, pixels. Faults: timeout (no agent), io. */
  fitScreen(size: { readonly width: number; readonly height: number }): Promise<Result<unknown>>;
  /** Keys that this PC's keyboard cannot send it. */
  sendKeys(keys: SentKeys): Promise<Result<unknown>>;
  /** Its CPUs stand until `goOn`. */
  pause(): Promise<Result<unknown>>;
  goOn(): Promise<Result<unknown>>;
  /** Ends the guest without saving; also stops a `run` that has not come to its end. */
  drop(): Promise<Result<unknown>>;
  onProgress(listener: OnProgress): void;
  /** Why the guest stands still although nobody paused it; null: it goes on. */
  onFrozen(listener: OnFrozen): void;
  /** The vault's space, when it becomes low and when it is enough again. */
  onSpace(listener: OnSpace): void;
  /** A checkpoint was made at that moment (RFC 3339 UTC), asked for or by itself. */
  onCheckpoint(listener: (at: string) => void): void;
  /** Fulfils once, when a guest whose status says `starting` no longer is; of others it may never. */
  readonly up: Promise<void>;
  /** Fulfils once, when the guest is no longer there. */
  readonly ended: Promise<Ended>;
  /** Hangs up; keeper and guest go on. `ended` then stays pending. */
  close(): void;
}

type OnFrozen = (fault: Fault | null) => void;
type OnSpace = (space: Space) => void;

interface Whose {
  readonly places: KeeperPlaces;
  readonly guestId: string;
  /** Another program in the keeper's place (fault tests). */
  readonly program?: string;
}

/** A connection to a keeper that was proven to be one. */
interface Proven {
  readonly caller: KeeperCaller;
  /** Its first answer. */
  readonly status: KeeperStatus;
}

type KeeperCaller = Caller<typeof keeperVerbs, typeof keeperPushes>;

/** Longest a slow stick may take to load or to save a big guest. */
const hourMs = 3_600_000;
/** A keeper that said that it ended has only to exit. */
const keeperGoneMs = 10_000;
const listensWithinMs = 10_000;

/**
 * Starts a keeper; the guest wakes with `run()`. A QEMU whose keeper was killed is taken over instead of started.
 * Faults: busy (a keeper lives: its pid is named), missingGuest, damagedGuest, pathTooLong, denied, toolMissing,
 * timeout, io.
 */
export async function openKeeper(
  about: Whose & { readonly engine: EngineChoice },
): Promise<Result<KeeperHandle>> {
  const stage = 'keeper.start';
  const { keeperSocket } = guestFiles(about.places, about.guestId);
  const living = await callSocket({ path: keeperSocket, stage, verbs: keeperVerbs, pushes: keeperPushes });
  if (living.ok) {
    const status = await living.value.call('status', {}, { timeoutMs: 20_000 });
    living.value.close();
    // One that has just ended, or was not told to run yet, is waited for: its lock says when it is gone.
    if (status.ok && ['resuming', 'running', 'paused'].includes(status.value.state)) {
      const message = `${about.guestId} already has a keeper (pid ${status.value.keeperPid})`;
      return fail({ code: 'busy', stage, message });
    }
  }
  const spawned = await spawnKeeper({ ...about, adoptOnly: false });
  if (!spawned.ok) return spawned;
  return connectKeeper(about);
}

/**
 * A guest that runs already. Faults: missingGuest (it does not run), denied (something else answers there), io.
 */
export async function adoptKeeper(about: Whose): Promise<Result<KeeperHandle>> {
  const living = await callKeeper(about);
  if (living.ok) return handleOf(about, living.value);
  if (living.fault.code !== 'missingFile') return living;
  const spawned = await spawnKeeper({ ...about, engine: 'auto', adoptOnly: true });
  // Another program may have started one in the meantime: then it is there to connect to.
  if (!spawned.ok && spawned.fault.code !== 'busy') return spawned;
  if (spawned.ok && spawned.value !== null) {
    const message = `${about.guestId} has just ended (${spawned.value.why})`;
    return fail({ code: 'missingGuest', stage: 'keeper.adopt', message });
  }
  return connectKeeper(about);
}

export interface FoundKeeper {
  readonly guestId: string;
  /** Null when the keeper was killed: `adoptKeeper` starts a new one. */
  readonly keeperPid: number | null;
  readonly qemuPid: number;
}

/** The guests of a vault whose QEMU is alive. Only processes of this user count. */
export async function findKeepers(places: KeeperPlaces): Promise<readonly FoundKeeper[]> {
  const names = await readdir(places.runtimeFolder).catch(() => []);
  const found: FoundKeeper[] = [];
  for (const guestId of names.filter((name) => guestIdSchema.safeParse(name).success)) {
    const files = guestFiles(places, guestId);
    const read = await readKeeperRecord(files.record);
    if (!read.ok) continue;
    const { qemuPid, keeperPid, uuid } = read.value;
    if (!(await isQemuOf(qemuPid, { uuid, qmpSocket: files.qmpSocket }))) continue;
    found.push({ guestId, qemuPid, keeperPid: (await isKeeperOf(keeperPid, guestId)) ? keeperPid : null });
  }
  return found;
}

async function isKeeperOf(pid: number, guestId: string): Promise<boolean> {
  const args = await argumentsOf(pid);
  return (await livesAsOurs(pid)) && args.some((arg) => arg.endsWith('keeper.cjs')) && args.includes(guestId);
}

/** Connects and proves: the keeper is a living process of ours, and so is the QEMU it names, with the guest's uuid. */
async function callKeeper({ places, guestId }: Whose): Promise<Result<Proven>> {
  const stage = 'keeper.adopt';
  const files = guestFiles(places, guestId);
  const called = await callSocket({
    path: files.keeperSocket,
    stage,
    verbs: keeperVerbs,
    pushes: keeperPushes,
  });
  if (!called.ok) return called;
  const status = await called.value.call('status', {}, { timeoutMs: 20_000 });
  if (status.ok && (await provesItself(status.value, { guestId, qmpSocket: files.qmpSocket }))) {
    return ok({ caller: called.value, status: status.value });
  }
  called.value.close();
  if (!status.ok) return status;
  return fail({
    code: 'denied',
    stage,
    message: `what answers on ${files.keeperSocket} is not that guest's keeper`,
  });
}

async function provesItself(
  status: KeeperStatus,
  expected: { readonly guestId: string; readonly qmpSocket: string },
): Promise<boolean> {
  if (status.id !== expected.guestId || !(await livesAsOurs(status.keeperPid))) return false;
  if (status.qemuPid === null) return true; // not started yet: nothing to prove about it
  return isQemuOf(status.qemuPid, { uuid: status.uuid, qmpSocket: expected.qmpSocket });
}

async function connectKeeper(about: Whose): Promise<Result<KeeperHandle>> {
  const first = await callKeeperSoon(about);
  return first.ok ? handleOf(about, first.value) : first;
}

function handleOf(about: Whose, first: Proven): Result<KeeperHandle> {
  let { caller } = first;
  let { keeperPid } = first.status;
  let hungUp = false;
  let over = false;
  let adopting: Promise<void> = Promise.resolve();
  const limit = restartLimit({ most: 5, withinMs: 60_000 });
  const listeners: OnProgress[] = [];
  const frozenListeners: OnFrozen[] = [];
  const spaceListeners: OnSpace[] = [];
  const checkpointListeners: ((at: string) => void)[] = [];
  let sayEnded: (ended: Ended) => void = () => {};
  const ended = new Promise<Ended>((resolve) => {
    sayEnded = resolve;
  });
  let sayUp: () => void = () => {};
  const up = new Promise<void>((resolve) => {
    sayUp = resolve;
  });
  const follow = (proven: Proven): void => {
    ({ caller } = proven);
    ({ keeperPid } = proven.status);
    // Said while no keeper was there to hear it; one that has not run its guest yet knows nothing.
    if (proven.status.ran !== null && !proven.status.starting) sayUp();
    const followed = proven.caller;
    followed.onPush('progress', (progress: Progress) => {
      for (const listener of listeners) listener(progress);
    });
    followed.onPush('frozen', ({ fault }) => {
      for (const listener of frozenListeners) listener(fault);
    });
    followed.onPush('checkpointed', ({ at }) => {
      for (const listener of checkpointListeners) listener(at);
    });
    followed.onPush('up', sayUp);
    followed.onPush('space', (space) => {
      for (const listener of spaceListeners) listener(space);
    });
    followed.onPush('ended', async (how) => {
      over = true;
      // When we say that it ended, the guest can be opened again: the keeper's lock goes with its process.
      await waitUntilGone(keeperPid, keeperGoneMs);
      sayEnded(how);
    });
    void followed.closed.then((cause) => {
      if (!hungUp && !over) adopting = goOn(cause);
    });
  };
  /** The keeper was killed: the next one, or the end. */
  const goOn = async (cause: string): Promise<void> => {
    const again = limit.take() ? await adoptAgain(about) : fail(dyingKeepers);
    if (again.ok && again.value.is === 'adopted') {
      follow(again.value.proven);
      if (hungUp) caller.close(); // in the meantime
      return;
    }
    if (hungUp) return;
    over = true;
    if (again.ok && again.value.is === 'ended') return sayEnded(again.value.ended);
    sayEnded(lost(again.ok ? cause : `${cause}; ${again.fault.message}`));
  };
  follow(first);
  /** Asked between two keepers, the next one answers. */
  const call: KeeperCaller['call'] = async (verb, request, options) => {
    await adopting;
    return caller.call(verb, request, options);
  };
  /** When these answer, the guest can be opened again. */
  const untilGone = async <T>(call: Promise<Result<T>>): Promise<Result<T>> => {
    const answer = await call;
    if (answer.ok) await ended;
    return answer;
  };
  return ok({
    id: about.guestId,
    run: () => call('run', {}, { timeoutMs: hourMs }),
    status: () => call('status', {}),
    suspend: () => untilGone(call('suspend', {}, { timeoutMs: hourMs })),
    checkpoint: () => call('checkpoint', {}, { timeoutMs: hourMs }),
    cancelSuspend: () => call('cancelSuspend', {}),
    pressPower: () => call('pressPower', {}),
    screen: () => call('screen', {}),
    fitScreen: ({ width, height }) => call('fitScreen', { width, height }),
    sendKeys: (keys) => call('sendKeys', { keys }),
    pause: () => call('pause', {}),
    goOn: () => call('goOn', {}),
    drop: () => untilGone(call('drop', {})),
    onProgress: (listener) => void listeners.push(listener),
    onFrozen: (listener) => void frozenListeners.push(listener),
    onSpace: (listener) => void spaceListeners.push(listener),
    onCheckpoint: (listener) => void checkpointListeners.push(listener),
    ...{ up, ended },
    close: () => {
      hungUp = true;
      caller.close();
    },
  });
}

const dyingKeepers: Fault = {
  code: 'guestDied',
  stage: 'keeper',
  message: 'keepers of this guest died more than 5 times in a minute',
};

function lost(why: string): Ended {
  return {
    why: 'died',
    fault: { code: 'guestDied', stage: 'keeper', message: `the keeper is gone: ${why}` },
  };
}

type Again =
  | { readonly is: 'adopted'; readonly proven: Proven }
  | { readonly is: 'ended'; readonly ended: Ended };

/** After the keeper was killed: the next one, or how the guest ended. */
async function adoptAgain(about: Whose): Promise<Result<Again>> {
  const spawned = await spawnKeeper({ ...about, engine: 'auto', adoptOnly: true });
  if (!spawned.ok && spawned.fault.code !== 'busy') return spawned;
  if (spawned.ok && spawned.value !== null) return ok({ is: 'ended', ended: spawned.value });
  const proven = await callKeeperSoon(about);
  return proven.ok ? ok({ is: 'adopted', proven: proven.value }) : proven;
}

/** Where another program starts the keeper at this moment, it listens a little later. */
async function callKeeperSoon(about: Whose): Promise<Result<Proven>> {
  const until = performance.now() + listensWithinMs;
  for (;;) {
    const called = await callKeeper(about);
    if (called.ok || called.fault.code !== 'missingFile' || performance.now() > until) return called;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
