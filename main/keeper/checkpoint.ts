// Executes the steps of a live checkpoint (generation/checkpoint-protocol.ts). The guest stands from `pause` to `goOn`
// and never longer: whatever fails, it is let go on first, in the layer that QEMU writes to by then. After `goOn` QEMU
// is not needed: a guest that dies meanwhile still gets its checkpoint.
import { statfs } from 'node:fs/promises';
import type { Fault } from '../../preload/contract/fault';
import type { Suspended } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile } from '../files/durable';
import type { Log } from '../files/log';
import { type CheckpointStepName, checkpointSteps } from '../generation/checkpoint-protocol';
import type { OnStep } from '../generation/protocol';
import {
  beginNextSession,
  clearSaving,
  collect,
  discardSession,
  fsyncGuestFolder,
  fsyncSession,
  fsyncSessionFolder,
  type Manifest,
  readCurrent,
  recordSums,
  renameCurrent,
  type SavedOn,
  type SessionPlace,
  savedFilesOf,
  stageCurrent,
  standOn,
  thinOut,
  unseal,
  writeManifest,
} from '../generation/store';
import { createLayer } from '../guest/disk';
import type { CopiedState, ReadyToCopy, SavedState } from '../guest/engine';
import { addLayer, removeLayer, switchToLayer } from '../guest/live-disk';
import { takePicture } from '../guest/picture';
import { alignSession, forgetUnnamed } from './live-session';
import { manifestOf } from './manifest';
import { memoryToSpare } from './memory-to-spare';
import { orDeath } from './qemu';
import { readKeeperRecord, writeKeeperRecord } from './record';
import { waitsForRoom } from './room';
import { letRun } from './run';
import { savedAnswer, tookOf } from './saved-answer';
import { savedOnThisPc } from './saved-on';
import { groundOf, type LiveGuest } from './session';
import { secondsSince } from './stopwatch';

const stage = 'guest.checkpoint';
const stopTimeoutMs = 300_000;
/** Stays free beside what the checkpoint and the suspend after it write. */
const spareBytes = 64 << 20;

export interface Checkpointing {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onStep: OnStep;
}

/** Faults: cancelled, busy (the guest stands still), kernelLacks (engine), full, denied, guestDied, damagedState, io. */
export async function checkpointGuest(about: Checkpointing): Promise<Result<Suspended>> {
  const work: Work = { session: about.live.session, seconds: {}, pausedAt: null, pausedSeconds: 0 };
  for (const step of checkpointSteps) {
    if (about.signal.aborted && !isNamed(step.name)) return takeBack(about, work, cancelled);
    await about.onStep(step);
    const began = performance.now();
    const done = await acts[step.name](about, work);
    work.seconds[step.name] = secondsSince(began);
    if (!done.ok) return takeBack(about, work, done.fault);
  }
  return ok(madeOf(about, work));
}

const cancelled: Fault = {
  code: 'cancelled',
  stage,
  message: 'the checkpoint was given up; the guest goes on',
};

/** From the rename on it is carried to its end: there is little left to do. */
function isNamed(step: CheckpointStepName): boolean {
  const order = checkpointSteps.map(({ name }) => name);
  return order.indexOf(step) > order.indexOf('renameCurrent');
}

interface Work {
  /** Becomes the generation. */
  session: SessionPlace;
  readonly seconds: Partial<Record<CheckpointStepName, number>>;
  next?: SessionPlace;
  switched?: true;
  ready?: ReadyToCopy;
  copied?: CopiedState;
  saved?: SavedState;
  savedOn?: SavedOn;
  manifest?: Manifest;
  /** While the guest stands: performance.now(). */
  pausedAt: number | null;
  pausedSeconds: number;
}

/** What an earlier step made. */
function made<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a step of the checkpoint did not do its work');
  return value;
}

type Act = (about: Checkpointing, work: Work) => Promise<Result<unknown>>;

const acts: Readonly<Record<CheckpointStepName, Act>> = {
  prepare,
  pause: async ({ live }, work) => {
    const { qmp, qemu } = live;
    work.pausedAt = performance.now();
    // Sent together: QEMU answers in order, and each answer that is waited for is time in which the guest stands.
    const [stopped, status] = await Promise.all([
      orDeath({ qemu, stage, work: qmp.execute('stop', {}, { timeoutMs: stopTimeoutMs }) }),
      qmp.execute('query-status', {}, { timeoutMs: stopTimeoutMs }),
    ]);
    if (!stopped.ok) return stopped;
    if (!status.ok || status.value.status !== 'shutdown') return status;
    return fail({ code: 'guestDied', stage, message: 'the guest has switched itself off' });
  },
  switchLayer: async ({ live }, work) => {
    const next = made(work.next);
    const [from, to] = [work.session.layer, next.layer];
    if (from !== null && to !== null) {
      const { qemu, qmp } = live;
      const switched = await orDeath({ qemu, stage, work: switchToLayer(qmp, { from, to }) });
      if (!switched.ok) return switched;
    }
    work.switched = true;
    live.session = next;
    return ok(undefined);
  },
  copyState: async ({ live }, work) => {
    const copied = await orDeath({ qemu: live.qemu, stage, work: made(work.ready).copy() });
    if (copied.ok) work.copied = copied.value;
    return copied;
  },
  goOn: async ({ live }, work) => {
    const { qemu, qmp } = live;
    const went = await orDeath({ qemu, stage, work: letRun(qmp) });
    if (went.ok) noteRuns(work);
    return went;
  },
  writeState: async ({ live: { subject, session } }, work) => {
    // For the next keeper of a guest without a disk; of others QEMU tells.
    const { record } = subject.files;
    const known = await readKeeperRecord(record);
    const noted = known.ok
      ? await writeKeeperRecord(record, { ...known.value, session: session.number })
      : known;
    if (!noted.ok) return noted;
    const saved = await made(work.copied).write();
    if (saved.ok) work.saved = saved.value;
    return saved;
  },
  fsyncFiles: (_, work) => {
    const saved = made(work.saved);
    return fsyncSession(work.session, savedFilesOf({ ...saved, number: work.session.number }));
  },
  writeManifest: async ({ live: { subject } }, work) => {
    const { session, saved = null, savedOn = null } = work;
    const manifest = await manifestOf({ subject, session, saved, savedOn, checkpoint: true });
    if (!manifest.ok) return manifest;
    work.manifest = manifest.value;
    return writeManifest(subject.place, manifest.value);
  },
  fsyncFolder: ({ live }, { session }) => fsyncSessionFolder(live.subject.place, session.number),
  writeCurrent: ({ live }, { session }) => stageCurrent(live.subject.place, session.number),
  renameCurrent: async ({ live }, work) => {
    const renamed = await renameCurrent(live.subject.place);
    if (renamed.ok) live.session = standOn(made(work.next), made(work.manifest));
    return renamed;
  },
  fsyncGuestFolder: ({ live }) => fsyncGuestFolder(live.subject.place),
  verify: ({ live }, work) => recordSums(live.subject.place, made(work.manifest)),
  giveBack: async ({ live, log }, { session }) => {
    const given = await giveBackCheckpoint({ live, older: session.parent, current: session.number });
    if (!given.ok) log.fault(given.fault); // it costs space, the next one tries again
    return ok(undefined);
  },
};

/** The disk that ran full stops a guest that writes on its own (keeper/room.ts lets it go on). */
async function whyItStands(live: LiveGuest, status: string): Promise<Fault> {
  if (await waitsForRoom(live))
    return { code: 'full', stage, message: 'the disk is full: the guest waits for room' };
  return { code: 'busy', stage, message: `the guest stands still (${status})` };
}

/** All that takes long. */
async function prepare({ live, signal }: Checkpointing, work: Work): Promise<Result<unknown>> {
  const { subject, qmp, qemu } = live;
  const { place, engines, definition } = subject;
  const refuse = (code: Fault['code'], message: string): Result<never> => fail({ code, stage, message });
  if (engines.saves.readyToCopy === undefined) return fail(engineLacks(live));
  const aligned = await alignSession(live);
  if (!aligned.ok) return aligned;
  work.session = live.session;
  const status = await qmp.execute('query-status', {});
  if (!status.ok) return status;
  if (!status.value.running) return fail(await whyItStands(live, status.value.status));
  const { session } = live;
  await takePicture({ qmp, folder: session.folder });
  work.savedOn = await savedOnThisPc(qmp);
  const ready = await engines.saves.readyToCopy({
    ...{ qmp, qemuPid: qemu.pid, ground: groundOf(live), folder: session.folder, number: session.number },
    ...{ ramBytes: definition.ramBytes, onProgress: () => {}, signal, mostBytes: await memoryToSpare() },
  });
  if (!ready.ok) return ready;
  work.ready = ready.value;
  const space = await statfs(place.folder).catch(() => null);
  const need = 2 * ready.value.bytes + spareBytes;
  if (space !== null && space.bavail * space.bsize < need)
    return refuse(
      'full',
      `${Math.ceil(need / 2 ** 20)} MiB must be free, so that it can be suspended afterwards`,
    );
  const { layer } = session;
  const next = await beginNextSession({
    ...{ place, session, startedAt: new Date().toISOString() },
    makeLayer: (file) => createLayer({ file, backing: layer ?? '', inUse: true }),
  });
  if (!next.ok) return next;
  work.next = next.value;
  if (layer === null || next.value.layer === null) return ok(undefined);
  const added = await addLayer(qmp, next.value.layer);
  // What the guest has written until now is on the disk before it stands: QEMU flushes only the rest.
  return added.ok ? fsyncFile(layer, stage) : added;
}

/** Of an engine without `readyToCopy`. */
export function engineLacks({ subject: { engines } }: LiveGuest): Fault {
  const message = `the ${engines.saves.name} engine saves no running guest: ${engines.reason}`;
  return { code: 'kernelLacks', stage, message };
}

/** After a failure: unless it runs already, or is off. */
async function goOn(live: LiveGuest, work: Work): Promise<Result<unknown>> {
  if (work.pausedAt === null) return ok(undefined);
  const status = await live.qmp.execute('query-status', {});
  const off = status.ok && status.value.status === 'shutdown';
  const runs = status.ok && status.value.running;
  const went = off || runs ? status : await orDeath({ qemu: live.qemu, stage, work: letRun(live.qmp) });
  if (went.ok) noteRuns(work);
  return went;
}

function noteRuns(work: Work): void {
  if (work.pausedAt !== null) work.pausedSeconds = secondsSince(work.pausedAt);
  work.pausedAt = null;
}

/**
 * The guest first. Before the switch the next folder goes, after it the guest stays there and this session's layer
 * stays in its chain. What CURRENT names already is taken back too: it could not be read back, or its name not kept.
 */
async function takeBack(about: Checkpointing, work: Work, fault: Fault): Promise<Result<never>> {
  const { live, log } = about;
  const { place } = live.subject;
  const went = await goOn(live, work);
  if (!went.ok) log.fault(went.fault);
  const undone = await undo(about, work);
  if (!undone.ok) log.fault(undone.fault);
  const current = await readCurrent(place);
  const stands = work.manifest !== undefined && current.ok && current.value === work.session.number;
  if (stands && work.next !== undefined && work.manifest !== undefined)
    live.session = standOn(work.next, work.manifest);
  return fail(went.ok || !live.qemu.isAlive() ? fault : went.fault);
}

async function undo({ live }: Checkpointing, work: Work): Promise<Result<unknown>> {
  const { place } = live.subject;
  const { session, next } = work;
  // QEMU's answer may have been lost: it is asked. Dead before it answered, it has written nothing since.
  const asked = work.switched || !live.qemu.isAlive() ? ok(undefined) : await alignSession(live);
  if (!asked.ok) return asked;
  if (live.session.number === session.number) {
    if (next?.layer != null && live.qemu.isAlive()) await removeLayer(live.qmp, next.layer);
    if (next !== undefined) await discardSession(next);
    return clearSaving(place, session);
  }
  const undone = await unseal(place, session);
  return undone.ok ? forgetUnnamed(live) : undone;
}

/**
 * A checkpoint that a newer moment of the same session took the place of: its state and pages go, its layer stays in
 * the chain. What the guest woke from is nobody's to take. Faults: denied, io.
 */
export async function giveBackCheckpoint(about: {
  readonly live: LiveGuest;
  readonly older: Manifest;
  readonly current: number;
}): Promise<Result<unknown>> {
  const { live, older, current } = about;
  if (older.checkpoint !== true || older.number === live.ground?.number) return ok(undefined);
  const { place } = live.subject;
  const thinned = await thinOut(place, [older.number]);
  return thinned.ok ? collect(place, current, older.number) : thinned;
}

function madeOf({ live }: Checkpointing, work: Work): Suspended {
  const took = tookOf(work.seconds);
  const all = checkpointSteps.map(({ name }) => name).filter((name) => name !== 'verify');
  return savedAnswer({
    ...{ subject: live.subject, saved: made(work.saved), manifest: made(work.manifest), took },
    pausedSeconds: work.pausedSeconds,
    seconds: {
      stop: took('pause', 'switchLayer'),
      state: took('copyState', 'goOn'),
      total: took(...all),
    },
  });
}
