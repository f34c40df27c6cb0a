// Executes the suspend protocol (generation/protocol.ts) on a running guest. Until the rename everything can be taken
// back: the guest goes on in the same layer, half-written files are removed. QEMU ends only when the new generation
// was named and read back; what cannot be read back is not kept while the guest that it should replace still lives.
import type { Fault } from '../../preload/contract/fault';
import type { Suspended } from '../../preload/contract/keeper';
import type { OnProgress, StageId } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type OnStep, type StepName, suspendSteps } from '../generation/protocol';
import {
  fsyncGuestFolder,
  fsyncSession,
  fsyncSessionFolder,
  type Manifest,
  readCurrent,
  recordSums,
  renameCurrent,
  savedFilesOf,
  stageCurrent,
  unseal,
  writeManifest,
} from '../generation/store';
import type { Engine, SavedState } from '../guest/engine';
import { fullEngine } from '../guest/full';
import { takePicture } from '../guest/picture';
import { giveBackCheckpoint } from './checkpoint';
import { quitQemu } from './ending';
import { alignSession } from './live-session';
import { manifestOf } from './manifest';
import { orDeath } from './qemu';
import { letRun } from './run';
import { savedAnswer, tookOf } from './saved-answer';
import { savedOnThisPc } from './saved-on';
import { groundOf, type LiveGuest } from './session';
import { secondsSince } from './stopwatch';

const stage = 'guest.suspend';
/** `stop` flushes all disks, which takes long on a slow stick with much unwritten. */
const stopTimeoutMs = 300_000;

export interface Suspending {
  readonly live: LiveGuest;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  readonly onStep: OnStep;
  /** Called at the last moment before the rename: from here on a cancel is refused. */
  readonly onIrreversible: () => void;
}

export type SuspendOutcome =
  | { readonly is: 'suspended'; readonly suspended: Suspended }
  /** The guest goes on, or is dead (`alive` false) with the old generation in its place. */
  | { readonly is: 'failed'; readonly fault: Fault; readonly alive: boolean };

export async function suspendGuest(about: Suspending): Promise<SuspendOutcome> {
  const { live } = about;
  const work: Work = { saved: null, manifest: null, seconds: {} };
  for (const step of suspendSteps) {
    if (step.reversible && about.signal.aborted) return takeBack(about, cancelled);
    await about.onStep(step);
    if (step.name === 'renameCurrent') about.onIrreversible();
    const began = performance.now();
    reportStep(about.onProgress, step.name);
    const done = await acts[step.name](about, work);
    work.seconds[step.name] = secondsSince(began);
    if (!done.ok) return takeBack(about, done.fault);
  }
  const { saved, manifest } = work;
  if (saved === null || manifest === null) throw new Error('a step of the protocol did not do its work');
  return { is: 'suspended', suspended: suspendedOf({ live, work, saved, manifest }) };
}

const cancelled: Fault = { code: 'cancelled', stage, message: 'saving was cancelled; the guest goes on' };

interface Work {
  saved: SavedState | null;
  manifest: Manifest | null;
  readonly seconds: Partial<Record<StepName, number>>;
}

type Act = (about: Suspending, work: Work) => Promise<Result<unknown>>;

const acts: Readonly<Record<StepName, Act>> = {
  pause: async ({ live }) => {
    const { qmp, qemu } = live;
    const aligned = await alignSession(live);
    if (!aligned.ok) return aligned;
    // While the guest still runs: a picture that cannot be had is no reason to stay.
    await takePicture({ qmp, folder: live.session.folder });
    const stopped = await orDeath({
      qemu,
      stage,
      work: qmp.execute('stop', {}, { timeoutMs: stopTimeoutMs }),
    });
    if (!stopped.ok) return stopped;
    // It may have switched itself off at that very moment: then there is no RAM worth saving.
    const status = await qmp.execute('query-status', {});
    if (!status.ok || status.value.status !== 'shutdown') return status;
    return fail({ code: 'guestDied', stage, message: 'the guest has switched itself off' });
  },
  saveState: async ({ live, onProgress, signal }, work) => {
    const { subject, qmp, qemu, session } = live;
    const { folder, number } = session;
    const { ramBytes } = subject.definition;
    const about = { qmp, qemuPid: qemu.pid, ground: groundOf(live), folder, number, ramBytes };
    const saveBy = (engine: Engine) =>
      orDeath({
        qemu,
        stage: 'guest.saveState',
        work: engine.saveState({ ...about, onProgress, signal }),
      });
    const first = await saveBy(subject.engines.saves);
    // A keeper that took over is not QEMU's parent and may not be let into its memory: QEMU writes it all itself.
    const saved = first.ok || first.fault.code !== 'denied' ? first : await saveBy(fullEngine);
    if (saved.ok) work.saved = saved.value;
    return saved;
  },
  fsyncFiles: ({ live }, work) => {
    if (work.saved === null) throw new Error('fsyncFiles comes after saveState');
    return fsyncSession(live.session, savedFilesOf({ ...work.saved, number: live.session.number }));
  },
  writeManifest: async ({ live }, work) => {
    const savedOn = await savedOnThisPc(live.qmp);
    const made = await manifestOf({ ...live, saved: work.saved, savedOn });
    if (!made.ok) return made;
    work.manifest = made.value;
    return writeManifest(live.subject.place, made.value);
  },
  fsyncFolder: ({ live }) => fsyncSessionFolder(live.subject.place, live.session.number),
  writeCurrent: ({ live }) => stageCurrent(live.subject.place, live.session.number),
  renameCurrent: ({ live }) => renameCurrent(live.subject.place),
  fsyncGuestFolder: ({ live }) => fsyncGuestFolder(live.subject.place),
  verify: async ({ live, onProgress }, work) => {
    if (work.manifest === null) throw new Error('verify comes after writeManifest');
    const read = await recordSums(live.subject.place, work.manifest, { onProgress });
    // The session's last checkpoint was for a crash: this moment takes its place.
    if (read.ok)
      await giveBackCheckpoint({ live, older: live.session.parent, current: work.manifest.number });
    return read;
  },
  quit: async ({ live }) => {
    await quitQemu(live);
    return ok(undefined);
  },
};

/** Steps that report themselves (saveState, verify) are not in it. */
const stageOfStep: Partial<Record<StepName, StageId>> = {
  pause: 'stop',
  fsyncFiles: 'fsync',
  renameCurrent: 'rename',
};

function reportStep(onProgress: OnProgress, step: StepName): void {
  const at = stageOfStep[step];
  if (at === undefined) return;
  const reversible = step !== 'renameCurrent';
  onProgress({ stage: at, done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible });
}

/**
 * While QEMU lives: CURRENT names the old generation (again), half-written files go, the guest goes on.
 * QEMU dead before the rename: the half-written files go, the layer stays. Dead after it: nothing is touched, since the
 * new generation may be whole, and the next wake checks it.
 */
async function takeBack(about: Suspending, fault: Fault): Promise<SuspendOutcome> {
  const { live } = about;
  const { place } = live.subject;
  const current = await readCurrent(place);
  const renamed = current.ok && current.value === live.session.number;
  if (!live.qemu.isAlive() && renamed) return { is: 'failed', fault, alive: false };
  const undone = await unseal(place, live.session);
  if (!live.qemu.isAlive()) return { is: 'failed', fault, alive: false };
  // A guest that went on in a layer which CURRENT's generation counts on would destroy that generation.
  if (!undone.ok && renamed) {
    await quitQemu(live);
    return { is: 'failed', fault: undone.fault, alive: false };
  }
  const goesOn = await goOn(live);
  if (goesOn.ok) return { is: 'failed', fault, alive: true };
  return { is: 'failed', fault: goesOn.fault, alive: live.qemu.isAlive() };
}

/** Lets the guest run unless it does already (`stop` itself may have failed). */
async function goOn({ qmp, qemu }: LiveGuest): Promise<Result<unknown>> {
  const status = await qmp.execute('query-status', {});
  if (status.ok && status.value.running) return status;
  return orDeath({ qemu, stage, work: letRun(qmp) });
}

function suspendedOf(about: {
  live: LiveGuest;
  work: Work;
  saved: SavedState;
  manifest: Manifest;
}): Suspended {
  const { live, work, saved, manifest } = about;
  const took = tookOf(work.seconds);
  const total = took(
    ...suspendSteps.filter((step) => step.reversible).map((step) => step.name),
    'fsyncGuestFolder',
  );
  return savedAnswer({
    ...{ subject: live.subject, saved, manifest, took },
    pausedSeconds: Math.max(0, total - took('pause')),
    seconds: { stop: took('pause'), state: saved.seconds.state, total },
  });
}
