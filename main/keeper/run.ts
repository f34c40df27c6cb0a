// Waking a guest: check -> start -> load -> firstRun. Nothing starts before the generation was checked; until `cont`
// the guest has done nothing, so a failure before it removes the new session's folder and leaves all as it was.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import type { Ran } from '../../preload/contract/keeper';
import type { OnProgress, StageId } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { acceleratorFor } from '../fit/fit';
import {
  beginSession,
  chainOf,
  discardSession,
  generationPath,
  type Manifest,
  olderGeneration,
  readCurrent,
  type SessionPlace,
  verifyBeforeResume,
} from '../generation/store';
import { guestArgv } from '../guest/argv';
import { createLayer } from '../guest/disk';
import type { RamGround } from '../guest/engine';
import { probeKvm, queryQemu } from '../guest/qemu';
import { connectQmp, type Qmp } from '../qmp/commands';
import { orDeath, type QemuProcess, startQemu } from './qemu';
import { type KeeperRecord, removeKeeperRecord, writeKeeperRecord } from './record';
import type { LiveGuest, Subject } from './session';
import { secondsSince, timed } from './stopwatch';
import { tidyBeforeWake } from './tidy';

const stage = 'guest.run';
const qmpTimeoutMs = 60_000;
const contTimeoutMs = 30_000;

/** Faults: damaged*, missingGeneration (hint: the older one), cancelled, toolMissing, guestDied, full, timeout, io. */
export async function runGuest(about: {
  readonly subject: Subject;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}): Promise<Result<LiveGuest>> {
  const { subject, signal } = about;
  const checked = await timed(() => checkGeneration(about));
  if (!checked.value.ok) return checked.value;
  const manifest = await tidyBeforeWake({ ...subject, manifest: checked.value.value, signal });
  if (signal.aborted) return fail(cancelled);
  report(about.onProgress, 'start');
  const began = performance.now();
  const since = new Date().toISOString();
  const [accelerator, begun] = await Promise.all([
    probeKvm(subject.definition).then((kvm) =>
      acceleratorFor(kvm === 'usable' ? 'kvm' : 'tcg', stateOf(manifest)),
    ),
    beginSession({
      place: subject.place,
      parent: manifest,
      startedAt: since,
      makeLayer: (layer) => createLayer({ file: layer, backing: layersOf(subject, manifest).at(-1) ?? '' }),
    }),
  ]);
  if (!begun.ok) return begun;
  const session = begun.value;
  const live = await startSession({
    ...about,
    manifest,
    session,
    accelerator,
    began,
    since,
    check: checked.seconds,
  });
  if (live.ok) return live;
  await removeKeeperRecord(subject.files.record);
  await discardSession(session);
  return signal.aborted ? fail(cancelled) : live;
}

const cancelled: Fault = { code: 'cancelled', stage, message: 'waking was cancelled; nothing was changed' };

function report(onProgress: OnProgress, at: StageId): void {
  onProgress({ stage: at, done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible: true });
}

async function checkGeneration(about: {
  subject: Subject;
  onProgress: OnProgress;
  signal: AbortSignal;
}): Promise<Result<Manifest>> {
  const { place, definition } = about.subject;
  report(about.onProgress, 'check');
  const qemu = await queryQemu();
  if (!qemu.ok) return qemu;
  if (!qemu.value.ok) {
    const message = `QEMU ${qemu.value.version ?? 'of unknown version'} is too old: 9.0 is needed`;
    return fail({ code: 'toolTooOld', stage, message });
  }
  const current = await readCurrent(place);
  if (!current.ok) return offerOlder(about.subject, current.fault, Number.MAX_SAFE_INTEGER);
  const whole = await verifyBeforeResume(place, current.value, {
    onProgress: (progress) => about.onProgress({ ...progress, stage: 'check', reversible: true }),
    signal: about.signal,
  });
  if (!whole.ok) return offerOlder(about.subject, whole.fault, current.value);
  const manifest = whole.value;
  const same =
    manifest.machine === definition.machine &&
    manifest.cpuModel === definition.cpuModel &&
    manifest.ramBytes === definition.ramBytes &&
    manifest.layers.length > 0 === definition.disks.length > 0;
  if (same || (manifest.state === null && manifest.layers.length > 0 === definition.disks.length > 0))
    return whole;
  const message = `generation ${manifest.number} was saved on another machine than guest.json says`;
  return offerOlder(about.subject, { code: 'damagedManifest', stage, message }, current.value);
}

/** A damaged generation is never guessed around: the fault says which older one is whole, the person chooses. */
async function offerOlder(subject: Subject, fault: Fault, number: number): Promise<Result<never>> {
  if (!/^damaged|^missingGeneration$/.test(fault.code)) return fail(fault);
  const older = await olderGeneration(subject.place, number);
  if (older === null) return fail(fault);
  return fail({ ...fault, hint: `generation ${older.number} of ${older.createdAt} is whole` });
}

/** A state goes on under what it was saved by: KVM and software emulation do not take each other's. */
function stateOf(manifest: Manifest): { accelerator: 'kvm' | 'tcg' | null } | null {
  return manifest.state === null ? null : { accelerator: manifest.savedOn?.accelerator ?? null };
}

function groundFor(subject: Subject, manifest: Manifest): RamGround {
  return {
    place: subject.place,
    ramBytes: subject.definition.ramBytes,
    loads: manifest.state === null ? null : manifest,
    runtimeFolder: subject.files.runtimeFolder,
  };
}

function layersOf(subject: Subject, manifest: Manifest): readonly string[] {
  return chainOf(manifest).map((layer) => join(subject.place.folder, layer.folder, layer.file));
}

interface Starting {
  readonly subject: Subject;
  readonly manifest: Manifest;
  readonly session: SessionPlace;
  readonly accelerator: 'kvm' | 'tcg';
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  readonly began: number;
  readonly since: string;
  /** Seconds. */
  readonly check: number;
}

async function startSession(about: Starting): Promise<Result<LiveGuest>> {
  const { subject, manifest, session, signal } = about;
  const ground = groundFor(subject, manifest);
  const ordered = await subject.engines.wakes.start(ground);
  if (!ordered.ok) return offerOlder(subject, ordered.fault, manifest.number);
  const argv = guestArgv({
    definition: subject.definition,
    guestFolder: subject.place.folder,
    layers: [...layersOf(subject, manifest), ...(session.layer === null ? [] : [session.layer])],
    sockets: {
      qmp: subject.files.qmpSocket,
      serial: subject.files.serialSocket,
      spice: subject.files.spiceSocket,
      agent: subject.files.agentSocket,
    },
    accelerator: about.accelerator,
    engineArgv: ordered.value.argv,
    incoming: manifest.state !== null,
    isolated: subject.onTrial ?? false,
  });
  const started = startQemu({ ...ordered.value, argv, diesWithUs: subject.onTrial ?? false });
  void ordered.value.close();
  if (!started.ok) return started;
  const qemu = started.value;
  const killed = (): void => void qemu.kill();
  signal.addEventListener('abort', killed, { once: true });
  const live = await bringUp({ ...about, qemu, warmed: ordered.value.warmed ?? Promise.resolve(ok(0)) });
  signal.removeEventListener('abort', killed);
  if (live.ok && !signal.aborted) return live;
  await qemu.kill();
  if (live.ok) live.value.qmp.close();
  return live.ok ? fail(cancelled) : live;
}

async function bringUp(
  about: Starting & { readonly qemu: QemuProcess; readonly warmed: Promise<Result<number>> },
): Promise<Result<LiveGuest>> {
  const { subject, manifest, session, qemu, since } = about;
  const record: KeeperRecord = {
    format: 'soulpad-keeper',
    version: 1,
    guest: subject.definition.id,
    uuid: subject.definition.uuid,
    keeperPid: process.pid,
    qemuPid: qemu.pid,
    session: session.number,
    engine: subject.engines.saves.name,
    ran: null,
    since: null,
  };
  const noted = await writeKeeperRecord(subject.files.record, record);
  if (!noted.ok) return noted;
  const connected = await connectOwn(subject, qemu);
  if (!connected.ok) return connected;
  const qmp = connected.value;
  const start = secondsSince(about.began);
  const loaded = await timed(() => load({ ...about, qmp }));
  if (!loaded.value.ok) return closing(qmp, loaded.value);
  const ground = groundFor(subject, manifest);
  const proven = await subject.engines.wakes.proveMapping({ qemuPid: qemu.pid, ground });
  if (!proven.ok) return closing(qmp, proven);
  const warmed = await about.warmed;
  if (!warmed.ok) return closing(qmp, await offerOlder(subject, warmed.fault, manifest.number));
  report(about.onProgress, 'firstRun');
  const seconds = { check: about.check, start, load: loaded.seconds, firstRun: 0 };
  const ran = ranOf({ subject, manifest, prefetchBytes: warmed.value, seconds });
  // Before `cont`: a record without `ran` proves that the guest never ran.
  const known = await writeKeeperRecord(subject.files.record, { ...record, ran, since });
  if (!known.ok) return closing(qmp, known);
  const first = await timed(() => orDeath({ qemu, stage, work: letRun(qmp) }));
  if (!first.value.ok) return closing(qmp, first.value);
  const measured = { ...ran, seconds: { ...seconds, firstRun: first.seconds } };
  const told = await writeKeeperRecord(subject.files.record, { ...record, ran: measured, since });
  if (!told.ok) return closing(qmp, told);
  return ok({ subject, qemu, qmp, session, ground: ground.loads, ran: measured, since });
}

function closing(qmp: Qmp, failed: Result<never>): Result<never> {
  qmp.close();
  return failed;
}

/** Connects to our QEMU and asks it whose it is. Faults: guestDied, toolMissing, timeout, protocol, denied. */
async function connectOwn(subject: Subject, qemu: QemuProcess): Promise<Result<Qmp>> {
  const dead = new AbortController();
  void qemu.ended.then(() => dead.abort());
  const work = connectQmp({
    path: subject.files.qmpSocket,
    stage,
    timeoutMs: qmpTimeoutMs,
    signal: dead.signal,
  });
  const connected = await orDeath({ qemu, stage, work });
  if (!connected.ok) return qemu.isAlive() ? connected : fail(await qemu.deathFault(stage));
  const asked = await connected.value.execute('query-uuid', {});
  if (asked.ok && asked.value.UUID === subject.definition.uuid) return connected;
  connected.value.close();
  return asked.ok
    ? fail({ code: 'denied', stage, message: 'another guest answers on our QMP socket' })
    : asked;
}

async function load(about: Starting & { qemu: QemuProcess; qmp: Qmp }): Promise<Result<void>> {
  const { manifest, subject, qemu, qmp } = about;
  if (manifest.state === null) return ok(undefined);
  report(about.onProgress, 'load');
  const folder = generationPath(subject.place, manifest.number);
  const { onProgress, signal } = about;
  const ground = groundFor(subject, manifest);
  const work = subject.engines.wakes.restoreState({
    ...{ qmp, qemuPid: qemu.pid, ground, folder, state: manifest.state },
    ...{ onProgress, signal },
  });
  const loaded = await orDeath({ qemu, stage: 'guest.restoreState', work });
  // QEMU 9.0 ends when it cannot load a state; every other death at this point is its own.
  return loaded.ok || signal.aborted ? loaded : offerOlder(subject, loaded.fault, manifest.number);
}

/** `cont`, and the RESUME event that says that the vCPUs go. */
export async function letRun(qmp: Qmp): Promise<Result<void>> {
  let timer: NodeJS.Timeout | undefined;
  const resumed = new Promise<Result<void>>((resolve) => {
    const unlisten = qmp.onEvent('RESUME', () => settle(ok(undefined)));
    const settle = (answer: Result<void>): void => {
      clearTimeout(timer);
      unlisten();
      resolve(answer);
    };
    const late = 'the guest did not begin to run';
    timer = setTimeout(() => settle(fail({ code: 'timeout', stage, message: late })), contTimeoutMs);
    void qmp.closed.then((message) => settle(fail({ code: 'guestDied', stage, message })));
  });
  const sent = await sendCont(qmp);
  if (sent.ok) return resumed;
  clearTimeout(timer);
  return sent;
}

/** A migration that says `completed` is put away a moment later; until then QEMU refuses `cont`. */
async function sendCont(qmp: Qmp): Promise<Result<unknown>> {
  for (const deadline = performance.now() + contTimeoutMs; ; await delay(5)) {
    const sent = await qmp.execute('cont', {}, { timeoutMs: contTimeoutMs });
    if (sent.ok || performance.now() > deadline) return sent;
    const status = await qmp.execute('query-status', {});
    if (!status.ok || status.value.status !== 'finish-migrate') return sent;
  }
}

function ranOf(about: {
  subject: Subject;
  manifest: Manifest;
  prefetchBytes: number;
  seconds: Ran['seconds'];
}): Ran {
  const { subject, manifest, prefetchBytes, seconds } = about;
  const resumed = manifest.state !== null;
  return {
    id: subject.definition.id,
    resumed,
    fromGeneration: resumed ? manifest.number : null,
    engine: manifest.engine ?? subject.engines.wakes.name,
    engineReason: subject.engines.reason,
    prefetchBytes,
    clockStepSeconds: null,
    clock: null,
    seconds,
  };
}
