// The keeper: owns one running guest and answers for it on a socket (contract/keeper.ts). It takes every way between
// the states of session.ts. It must never end normally and leave a QEMU behind; if it is killed, QEMU lives on and
// the next keeper takes it over.
import { unlinkSync } from 'node:fs';
import type { Fault } from '../../preload/contract/fault';
import {
  type Ended,
  type EngineChoice,
  type KeeperStatus,
  keeperPushes,
  keeperVerbs,
  type Ran,
  type Suspended,
} from '../../preload/contract/keeper';
import type { Progress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { SentKeys } from '../../preload/contract/screen';
import type { Log } from '../files/log';
import type { OnStep } from '../generation/protocol';
import { readCurrent, readManifest } from '../generation/store';
import { guestPlace, readGuest } from '../guest/store';
import { type Serving, serveSocket } from '../socket/serve';
import { adoptGuest } from './adopt';
import { type AfterResume, careAfterResume } from './after-resume';
import { type BringIn, bringIn } from './bring-in';
import { type Checkpoints, keepCheckpoints } from './checkpoints';
import { freezePoweredOff, quitQemu } from './ending';
import { chooseEngines, enginesOf } from './engines';
import { type Hold, holdVault } from './owner';
import { guestFiles, type KeeperPlaces } from './places';
import { mergeRamWhileIdle, type RamMerging } from './ram-merging';
import { readKeeperRecord, removeKeeperRecord } from './record';
import { goOnWhenThereIsRoom } from './room';
import { runGuest } from './run';
import { fitGuestScreen, screenOfGuest, sendKeysTo } from './screen';
import { guestStateOf, type LiveGuest, type SessionState, type Subject } from './session';
import { type SpaceWatch, watchSpace } from './space-watch';
import { type StartWatch, watchStart } from './start-watch';
import { suspendGuest } from './suspend';

/** A keeper that nobody told to run within this time ends: whoever started it is gone. */
const idleMs = 60_000;

export interface Keeper {
  /** Fulfils when the guest is no longer there and everything was let go. */
  readonly done: Promise<Ended>;
  /** Leave now, as the system asks with SIGTERM: a guest that runs is saved, one that does not yet run is dropped. */
  leave(): void;
}

export interface KeeperOrder {
  readonly places: KeeperPlaces;
  readonly guestId: string;
  readonly engine: EngineChoice;
  /** Only take over a QEMU that runs; fault missingGuest when there is none. */
  readonly adoptOnly: boolean;
}

/** `finished`: there was nothing left to keep, a killed keeper's guest only had to be brought to its end. */
export type Started =
  | { readonly is: 'keeping'; readonly keeper: Keeper }
  | { readonly is: 'finished'; readonly ended: Ended };

/** Listens when it fulfils. The caller holds the guest's lock. Faults: missingGuest, damagedGuest, busy, denied, io. */
export async function startKeeper(
  order: KeeperOrder,
  about: { log: Log; onStep?: OnStep },
): Promise<Result<Started>> {
  const { log } = about;
  const stage = 'keeper.start';
  const { places } = order;
  const files = guestFiles(places, order.guestId);
  const definition = await readGuest(places.guestsFolder, order.guestId);
  if (!definition.ok) return definition;
  const place = guestPlace(places.guestsFolder, definition.value);
  const last = await readKeeperRecord(files.record);
  const known = { definition: definition.value, place, files };
  const taken: Subject = { ...known, engines: enginesOf(last.ok ? last.value.engine : 'full') };
  const adopted = await adoptGuest(taken, log);
  if (!adopted.ok) return adopted;
  const adoption = adopted.value;
  if (adoption.is === 'finished' && order.adoptOnly) return ok({ is: 'finished', ended: adoption.ended });
  if (adoption.is === 'nothing' && order.adoptOnly) {
    return fail({ code: 'missingGuest', stage, message: `${order.guestId} does not run` });
  }
  const live = adoption.is === 'live' ? adoption.live : null;
  const engines = live === null ? await chooseEngines({ asked: order.engine, place }) : ok(taken.engines);
  if (!engines.ok) return engines;
  const subject: Subject = { ...known, engines: engines.value };
  log.say(`saved by the ${subject.engines.saves.name} engine: ${subject.engines.reason}`);
  const held = await holdVault({ socket: places.ownerSocket, log, atOnce: live === null });
  if (!held.ok) return held;
  const kept = await keep({ subject, adopted: live, hold: held.value, ...about });
  if (!kept.ok) held.value.release();
  return kept.ok ? ok({ is: 'keeping', keeper: kept.value }) : kept;
}

async function keep(about: {
  readonly subject: Subject;
  readonly adopted: LiveGuest | null;
  readonly hold: Hold;
  readonly log: Log;
  readonly onStep?: OnStep;
}): Promise<Result<Keeper>> {
  const { subject, adopted, log } = about;
  const { files, definition } = subject;
  let state: SessionState = { is: 'off' };
  let vcpusRun = true;
  let switchedOff = false;
  let after: AfterResume | null = null;
  let serving: Serving<typeof keeperPushes> | null = null;
  let running: Promise<Result<Ran>> | null = null;
  let sayDone: (ended: Ended) => void = () => {};
  const done = new Promise<Ended>((resolve) => {
    sayDone = resolve;
  });

  const onProgress = (progress: Progress): void => serving?.push('progress', progress);
  let rest: BringIn | null = null;
  let merging: RamMerging | null = null;
  let start: StartWatch | null = null;
  let space: SpaceWatch | null = null;
  let checkpoints: Checkpoints | null = null;

  /** The one way out. The answer to the call that led here is written before the push (next turn of the loop). */
  const end = (how: Ended): void => {
    if (state.is === 'ended') return;
    state = { is: 'ended', how };
    rest?.stop();
    checkpoints?.stop();
    void merging?.stop();
    start?.stop();
    space?.stop();
    log.say(`ended: ${how.why}`);
    if (how.fault !== null) log.fault(how.fault);
    setImmediate(async () => {
      await space?.release();
      await removeKeeperRecord(files.record);
      serving?.push('ended', how);
      about.hold.release();
      await serving?.close();
      const { qmpSocket, serialSocket, spiceSocket, agentSocket } = files;
      for (const socket of [qmpSocket, serialSocket, spiceSocket, agentSocket]) removeSocket(socket);
      sayDone(how);
    });
  };

  /** From now on the guest may end by itself: power off, or QEMU's death. */
  const watch = (live: LiveGuest): void => {
    live.qmp.onEvent('STOP', () => {
      vcpusRun = false;
    });
    live.qmp.onEvent('RESUME', () => {
      vcpusRun = true;
    });
    goOnWhenThereIsRoom({ live, log, isOurs: () => state.is === 'running' && rest?.frozen() == null });
    rest = bringIn({
      ...{ live, log, onProgress, adopted: live === adopted },
      onFrozen: (fault) => serving?.push('frozen', { fault }),
      onWhole: (touched) => {
        if (state.is === 'running') merging = mergeRamWhileIdle({ live, log, touched });
      },
    });
    space = watchSpace({
      ...{ folder: subject.place.folder, ramBytes: definition.ramBytes, log },
      tell: (told) => serving?.push('space', told),
    });
    live.qmp.onEvent('BLOCK_IO_ERROR', () => void space?.look());
    start = watchStart({ ...live, definition: subject.definition, onUp: () => serving?.push('up', {}) });
    live.qmp.onEvent('SHUTDOWN', (why) => {
      switchedOff ||= why.guest; // our own `quit` says `guest: false` afterwards
      // -no-shutdown keeps QEMU there until it is told: the guest is off, its disks are flushed.
      if (why.guest && state.is === 'running') void quitQemu(live);
    });
    void live.qemu.ended.then(async () => {
      if (state.is !== 'running') return; // saving sees it by itself
      // What was copied before it died is still worth writing; what it saved itself is worth more.
      await (switchedOff ? checkpoints?.halt() : checkpoints?.settled());
      if (state.is !== 'running') return;
      if (switchedOff) return end(await freezePoweredOff(live, log));
      end({ why: 'died', fault: await live.qemu.deathFault('guest') });
    });
    checkpoints = keepCheckpoints({
      ...{ live, log, onStep, mayMake },
      before: async () => after?.done,
      beforeMerge: async () => merging?.done,
      onMade: (at) => serving?.push('checkpointed', { at }),
    });
  };

  const onStep: OnStep = async (step) => {
    log.say(`step ${step.name}`);
    await about.onStep?.(step);
  };

  const mayMake = (): Fault | null => {
    const frozen = rest?.frozen() ?? null;
    if (frozen !== null) return frozen; // memory that is known to be wrong is never saved
    if (state.is === 'running') return null;
    return refusal('busy', `checkpoint: the guest is ${guestStateOf(state, vcpusRun)}`);
  };

  /** What happened before we listened: events are not repeated, but the state they led to is still there. */
  const catchUp = async (live: LiveGuest): Promise<void> => {
    const seen = await live.qmp.execute('query-status', {});
    if (!seen.ok || state.is !== 'running') return;
    vcpusRun = seen.value.running;
    if (seen.value.status !== 'shutdown') return;
    switchedOff = true;
    void quitQemu(live);
  };

  const begin = async (): Promise<Result<Ran>> => {
    const abort = new AbortController();
    state = { is: 'resuming', abort };
    const ran = await runGuest({ subject, onProgress, signal: abort.signal });
    if (!ran.ok) {
      end({ why: ran.fault.code === 'cancelled' ? 'dropped' : 'died', fault: ran.fault });
      return ran;
    }
    log.say(`runs: QEMU ${ran.value.qemu.pid}, session ${ran.value.session.number}`);
    state = { is: 'running', live: ran.value };
    watch(ran.value);
    after = careAfterResume({ live: ran.value, log, adopted: false });
    await catchUp(ran.value);
    return ok(ran.value.ran);
  };

  const notRunning = (verb: string): Result<never> =>
    fail(refusal('busy', `${verb}: the guest is ${guestStateOf(state, vcpusRun)}`));

  const suspend = async (): Promise<Result<Suspended>> => {
    if (state.is !== 'running') return notRunning('suspend');
    const { live } = state;
    const frozen = rest?.frozen() ?? null;
    if (frozen !== null) return fail(frozen); // memory that is known to be wrong is never saved
    const abort = new AbortController();
    const saving: SessionState = { is: 'saving', live, abort, reversible: true };
    state = saving;
    await Promise.all([after?.end(), merging?.stop(), checkpoints?.halt()]);
    await space?.release();
    const outcome = await suspendGuest({
      ...{ live, onProgress, signal: abort.signal, onStep },
      onIrreversible: () => {
        saving.reversible = false;
      },
    });
    if (outcome.is === 'suspended') {
      end({ why: 'suspended', fault: null });
      return ok(outcome.suspended);
    }
    log.fault(outcome.fault);
    if (outcome.alive && live.qemu.isAlive()) {
      state = { is: 'running', live };
      void space?.hold();
      if (switchedOff) void quitQemu(live);
    } else end({ why: 'died', fault: outcome.fault });
    return fail(outcome.fault);
  };

  const status = async (): Promise<Result<KeeperStatus>> => {
    const live = 'live' in state ? state.live : null;
    const frozen = rest?.frozen() ?? null;
    // A QEMU that the kernel has stopped answers nothing.
    const asked = live === null || frozen !== null ? null : await live.qmp.execute('query-uuid', {});
    const current = await readCurrent(subject.place);
    const manifest =
      current.ok && current.value > 0 ? await readManifest(subject.place, current.value) : null;
    return ok({
      id: definition.id,
      name: definition.name,
      // QEMU's own word where it is there: what adopts us compares it with QEMU's arguments.
      uuid: asked?.ok ? asked.value.UUID : definition.uuid,
      keeperPid: process.pid,
      qemuPid: live?.qemu.isAlive() ? live.qemu.pid : null,
      state: guestStateOf(state, vcpusRun),
      ran: live === null ? null : { ...live.ran, ...after?.told() },
      since: live?.since ?? null,
      spiceSocket: files.spiceSocket,
      serialSocket: files.serialSocket,
      qmpSocket: files.qmpSocket,
      streaming: rest?.streamed() ?? null,
      frozen,
      space: space?.now() ?? null,
      starting: start?.isStarting() ?? false,
      lastGenerationAt: manifest?.ok ? manifest.value.createdAt : null,
      checkpoints: checkpoints?.told() ?? null,
    });
  };

  const drop = async (): Promise<Result<Record<string, never>>> => {
    if (state.is === 'resuming') state.abort.abort();
    if (state.is === 'off') end({ why: 'dropped', fault: null });
    if (state.is === 'saving') return fail(refusal('busy', 'drop: the guest is being saved'));
    if (state.is === 'running') {
      const { live } = state;
      state = { is: 'dropping', live };
      await Promise.all([checkpoints?.halt(), quitQemu(live)]);
      end({ why: 'dropped', fault: null });
    }
    return ok({});
  };

  /** What is asked of the guest itself. */
  const whileRunning =
    <Asked, Told>(verb: string, ask: (live: LiveGuest, asked: Asked) => Promise<Result<Told>>) =>
    async (asked: Asked): Promise<Result<Told>> =>
      state.is === 'running' ? ask(state.live, asked) : notRunning(verb);
  const answers = {
    run: () => {
      running ??= begin();
      return running;
    },
    status,
    suspend,
    checkpoint: async () => (checkpoints === null ? notRunning('checkpoint') : checkpoints.make()),
    cancelSuspend: async (): Promise<Result<Record<string, never>>> => {
      if (state.is !== 'saving') return notRunning('cancelSuspend');
      if (!state.reversible)
        return fail(refusal('busy', 'cancelSuspend: the new generation is named already'));
      state.abort.abort();
      return ok({});
    },
    pressPower: async (): Promise<Result<Record<string, never>>> => {
      if (state.is !== 'running') return notRunning('pressPower');
      const pressed = await state.live.qmp.execute('system_powerdown', {});
      return pressed.ok ? ok({}) : pressed;
    },
    screen: whileRunning('screen', (live) => screenOfGuest(live)),
    fitScreen: whileRunning('fitScreen', fitGuestScreen),
    sendKeys: whileRunning('sendKeys', (live, { keys }: { keys: SentKeys }) => sendKeysTo(live, keys)),
    // qapi/misc.json: told twice they do nothing more.
    pause: whileRunning('pause', async (live) => empty(await live.qmp.execute('stop', {}))),
    goOn: whileRunning('goOn', async (live) => empty(await live.qmp.execute('cont', {}))),
    drop,
  };

  if (adopted !== null) {
    running = Promise.resolve(ok(adopted.ran));
    state = { is: 'running', live: adopted };
    watch(adopted);
    after = careAfterResume({ live: adopted, log, adopted: true });
    await catchUp(adopted);
  }
  // We hold the lock: nobody else listens there, what is left of a killed keeper can go.
  removeSocket(files.keeperSocket);
  const served = await serveSocket({
    ...{ path: files.keeperSocket, stage: 'keeper.serve', verbs: keeperVerbs, pushes: keeperPushes },
    answers,
  });
  if (!served.ok) return served;
  serving = served.value;
  setTimeout(() => {
    if (running === null) end({ why: 'dropped', fault: null });
  }, idleMs).unref();
  const leave = (): void => void (state.is === 'running' ? suspend() : drop());
  return ok({ done, leave });
}

function empty(done: Result<unknown>): Result<Record<string, never>> {
  return done.ok ? ok({}) : done;
}

function refusal(code: Fault['code'], message: string): Fault {
  return { code, stage: 'keeper', message };
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or QEMU removed it.
  }
}
