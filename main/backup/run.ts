// A backup run: which saved moments are not in the repository yet, each held as it stands and handed to restic as one
// snapshot, the newest first. Cut at any instant it leaves whole snapshots only; the next run goes on where it ended.
// It must never store half a moment as a whole one, and never change anything of a guest.
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { writeDurably } from '../files/durable';
import { type GuestPlace, letGo, listGenerations, readCurrent } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { rateOf } from '../guest/rate';
import { guestPlace, listGuests } from '../guest/store';
import { lockFile } from '../process/file-lock';
import { writeByHand } from './by-hand';
import { checkStored, type Sample } from './check';
import { hold } from './hold';
import { isRemote } from './location';
import { type Pace, type PauseReason, paceOf } from './pace';
import { clearRunning, freeLocks, readRunning, recover, writeRunning } from './recover';
import { type Repository, readKey, readKeyId, repositoryFolder } from './repository';
import { type Access, type Order, restic } from './restic';
import { readBackupLine } from './restic-messages';
import {
  isSameMoment,
  isThere,
  listMoments,
  type MomentName,
  resticTime,
  type StoredMoment,
  tagsOf,
  timeOf,
} from './snapshots';
import { changeState, readState } from './state';

const stage = 'backup.run';
const backupWithinMs = 24 * 3_600_000;

/** What a backup needs of an open vault. */
export interface BackupPlaces {
  readonly mountPoint: string;
  readonly guestsFolder: string;
  /** 0700, outside the vault: for the lock. */
  readonly runtimeFolder: string;
  readonly uuid: string;
}

export interface BackupDone {
  readonly moments: readonly MomentName[];
  /** Bytes that the repository did not have before. */
  readonly bytesMoved: number;
  /** Bytes of the moments' files. */
  readonly readBytes: number;
  readonly seconds: number;
  /** What the person should know: another stick of the same guest backs up here too. */
  readonly others: readonly StoredMoment[];
}

export interface BackupOrder {
  readonly places: BackupPlaces;
  readonly repository: Repository;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
  /** Waits for the mains and a free network. */
  readonly patient?: boolean;
  /** Told the pace once, to hold it and let it go on. */
  readonly onPace?: (pace: Pace) => void;
  readonly onPaused?: (paused: PauseReason | null) => void;
  readonly sample?: Sample;
}

/** One program at a time works on a vault's backups. Faults: busy, toolMissing, and those of `work`. */
export async function withBackupLock<T>(
  places: Pick<BackupPlaces, 'runtimeFolder'>,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const lock = await lockFile({ path: join(places.runtimeFolder, 'backup.lock'), seconds: 1, stage });
  if (!lock.ok) return lock;
  if (lock.value === null)
    return fail({ code: 'busy', stage, message: 'another backup, check or restore is under way' });
  try {
    return await work();
  } finally {
    await lock.value.release();
  }
}

/** Reads the key for as long as `work` takes, and wipes it. Faults: damagedManifest, missingFile, io, and those of `work`. */
export async function withAccess<T>(
  about: { readonly mountPoint: string; readonly repository: Pick<Repository, 'name' | 'location'> },
  work: (access: Access) => Promise<Result<T>>,
): Promise<Result<T>> {
  const folder = repositoryFolder(about.mountPoint, about.repository.name);
  const password = await readKey(folder);
  if (!password.ok) return password;
  try {
    const { location } = about.repository;
    return await work({ folder, location, password: password.value, keyId: await readKeyId(folder) });
  } finally {
    password.value.fill(0);
  }
}

/**
 * Backs up what is missing, then reads a sample back. Faults: busy, missingRepository, wrongBackupKey, wrongHostKey,
 * readOnlyRepository, lockedRepository, damagedBackup, damagedState (a file of a moment cannot be read), full,
 * cancelled, denied, io. Whatever was stored whole before a fault stays.
 */
export function runBackup(order: BackupOrder): Promise<Result<BackupDone>> {
  const { places, repository } = order;
  return withBackupLock(places, () =>
    withAccess({ mountPoint: places.mountPoint, repository }, async (access) => {
      const pace = paceOf({
        patient: order.patient ?? false,
        remote: isRemote(repository.location),
        onChange: order.onPaused,
      });
      order.onPace?.(pace);
      let done: Result<BackupDone>;
      try {
        done = await backUp({ ...order, access, pace });
      } finally {
        pace.end();
      }
      const fault = done.ok ? null : done.fault;
      const known = await changeState(access.folder, { tried: { at: new Date().toISOString(), fault } });
      return done.ok && !known.ok ? known : done;
    }),
  );
}

interface Work extends BackupOrder {
  readonly access: Access;
  readonly pace: Pace;
}

async function backUp(work: Work): Promise<Result<BackupDone>> {
  const { access, repository, signal, pace } = work;
  const began = performance.now();
  const recovered = await recover(access, { appendOnly: repository.appendOnly, signal });
  if (!recovered.ok) return recovered;
  const stored = await listMoments(access, signal);
  if (!stored.ok) return stored;
  const lost = await vanishedOf(access, stored.value);
  if (lost !== null) return fail(lost);
  const wanted = await wantedMoments(work, stored.value);
  if (!wanted.ok) return wanted;
  const moments: MomentName[] = [];
  let bytesMoved = 0;
  let readBytes = 0;
  const parents = new Map(stored.value.map((moment) => [moment.uuid, moment.snapshot]));
  for (const [at, { name, definition }] of wanted.value.entries()) {
    await pace.whenGoing(signal);
    if (signal.aborted) return fail(cancelled);
    const one = await storeMoment({
      ...{ work, name, definition, parent: parents.get(name.uuid) ?? null },
      share: { at, of: wanted.value.length },
    });
    if (!one.ok && one.fault.code === 'missingGeneration') continue; // thinned out since it was listed
    if (!one.ok) return one;
    parents.set(name.uuid, one.value.snapshot);
    moments.push(name);
    bytesMoved += one.value.bytesMoved;
    readBytes += one.value.readBytes;
  }
  const seconds = (performance.now() - began) / 1000;
  if (moments.length > 0) {
    await pace.whenGoing(signal);
    const checked = await checkStored({
      access,
      signal,
      sample: work.sample,
      onProgress: work.onProgress,
    });
    if (!checked.ok) return checked;
  }
  const now = new Date().toISOString();
  const last = { at: now, moments: moments.length, bytesMoved, seconds, readBytes };
  const noted = await changeState(access.folder, { last });
  const others = othersOf(stored.value, wanted.value);
  return noted.ok ? ok({ moments, bytesMoved, readBytes, seconds, others }) : noted;
}

const cancelled: Fault = {
  code: 'cancelled',
  stage,
  message: 'the backup was cancelled; what was stored stays',
};

/** A snapshot that was seen to be good and is gone although we did not prune it: the repository lost it. */
async function vanishedOf(access: Access, stored: readonly StoredMoment[]): Promise<Fault | null> {
  const { good } = await readState(access.folder);
  const newest = good.findLast((one) => one.going !== true);
  if (newest === undefined || isThere(stored, newest.snapshot)) return null;
  return {
    code: 'damagedBackup',
    stage,
    message: `the last good backup, snapshot ${newest.snapshot.slice(0, 8)}, is not in the repository any more`,
    hint: 'if somebody pruned it: soulpad backup check, which takes note of what is there',
  };
}

interface Wanted {
  readonly name: MomentName;
  readonly definition: GuestDefinition;
}

/** Newest first of each guest: the moment that matters most is safe first. */
async function wantedMoments(
  { places, repository }: Work,
  stored: readonly StoredMoment[],
): Promise<Result<readonly Wanted[]>> {
  const guests = await listGuests(places.guestsFolder);
  if (!guests.ok) return guests;
  const wanted: Wanted[] = [];
  for (const { definition } of guests.value) {
    if (!definition.ok) return definition;
    const place = guestPlace(places.guestsFolder, definition.value);
    const current = await readCurrent(place);
    if (!current.ok) return current;
    const listed = await listGenerations(place);
    if (!listed.ok) return listed;
    const whole = listed.value.flatMap((entry) => (entry.kind === 'whole' ? [entry.manifest] : []));
    const names = whole
      .filter(({ number }) => number <= current.value)
      .filter(({ number }) => repository.moments === 'all' || number === current.value)
      .map(({ number, createdAt }) => ({
        ...{ guest: definition.value.id, uuid: definition.value.uuid },
        ...{ generation: number, ...timeOf(createdAt) },
      }))
      .reverse();
    for (const name of names)
      if (!stored.some((one) => isSameMoment(one, name))) wanted.push({ name, definition: definition.value });
  }
  return ok(wanted);
}

/** Of our guests, moments that this vault never had: a clone of the stick, or what was rolled back elsewhere. */
function othersOf(stored: readonly StoredMoment[], wanted: readonly Wanted[]): readonly StoredMoment[] {
  return wanted.flatMap(({ name }) =>
    stored.filter(
      (one) => one.uuid === name.uuid && one.generation === name.generation && !isSameMoment(one, name),
    ),
  );
}

interface Stored {
  readonly snapshot: string;
  readonly bytesMoved: number;
  readonly readBytes: number;
}

interface Storing {
  readonly work: Work;
  readonly name: MomentName;
  readonly definition: GuestDefinition;
  readonly parent: string | null;
  readonly share: { readonly at: number; readonly of: number };
}

/** A merge happens once a wake: twice in one backup is a busy day. */
const mostTries = 3;

async function storeMoment(about: Storing): Promise<Result<Stored>> {
  const { places } = about.work;
  const place = guestPlace(places.guestsFolder, about.definition);
  try {
    for (let tries = 1; ; tries++) {
      const stored = await storeHeld({ ...about, place });
      if (!stored.ok) return stored;
      if (stored.value !== null) return ok(stored.value);
      if (tries < mostTries) continue;
      return fail({ code: 'busy', stage, message: `${nameOf(about)} was rewritten again and again` });
    }
  } finally {
    await letGo(place);
  }
}

function nameOf({ name: { guest, generation } }: Pick<Storing, 'name'>): string {
  return `generation ${generation} of ${guest}`;
}

/** Null: the moment was merged while it was read; what was stored of it is forgotten. */
async function storeHeld(about: Storing & { readonly place: GuestPlace }): Promise<Result<Stored | null>> {
  const { work, definition, parent, place } = about;
  const { places, access } = work;
  const held = await hold({ place, definition, number: about.name.generation });
  if (!held.ok) return held;
  const { mountPoint } = places;
  const byHand = await writeByHand({ mountPoint, definition, manifest: held.value.manifest });
  if (!byHand.ok) return byHand;
  const bytes = held.value.bytes + byHand.value.bytes;
  const list = join(access.folder, 'files');
  const names = [...held.value.names, byHand.value.name];
  const listed = await writeDurably(list, names.map((each) => `${each}\0`).join(''), stage);
  if (!listed.ok) return listed;
  const args = [
    ...['backup', '--json', '--host', `soulpad-${places.uuid.slice(0, 8)}`],
    ...['--time', resticTime(about.name.at), ...tagsOf(about.name, bytes).flatMap((tag) => ['--tag', tag])],
    // Times and sizes tell: a saved file never changes, and inodes of a mounted vault are no names.
    ...['--ignore-inode', '--ignore-ctime', ...(parent === null ? ['--force'] : ['--parent', parent])],
    ...['--files-from-raw', list],
  ];
  const sent = await send(work, args, about.share);
  if (!sent.ok) return sent;
  const { snapshot, readBytes } = sent.value;
  const isWhole = readBytes === bytes;
  if (isWhole && (await held.value.isStillSo())) return noteGood(access, sent.value, about.name);
  await restic(access, { stage, args: ['forget', snapshot] });
  if (isWhole) return ok(null);
  const message = `${nameOf(about)}: ${bytes} bytes were to be read, ${readBytes} were`;
  return fail({ code: 'damagedState', stage, message });
}

async function noteGood(access: Access, stored: Stored, name: MomentName): Promise<Result<Stored>> {
  const { good } = await readState(access.folder);
  const { guest, generation, at: momentAt } = name;
  const one = { snapshot: stored.snapshot, guest, generation, momentAt };
  const noted = await changeState(access.folder, { good: [...good, one] });
  return noted.ok ? ok(stored) : noted;
}

/** Runs `restic backup`; a lock of a dead run is cleared once. */
async function send(
  work: Work,
  args: readonly string[],
  share: { readonly at: number; readonly of: number },
): Promise<Result<Stored>> {
  const first = await sendOnce(work, args, share);
  if (first.ok || first.fault.code !== 'lockedRepository') return first;
  const freed = await freeLocks(work.access, await readRunning(work.access.folder), work.signal);
  return freed.ok ? sendOnce(work, args, share) : freed;
}

async function sendOnce(
  work: Work,
  args: readonly string[],
  share: { readonly at: number; readonly of: number },
): Promise<Result<Stored>> {
  const { access, places, pace, signal } = work;
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const rate = rateOf(began);
  let summary: Stored | null = null;
  const ran = await watched(work, {
    ...{
      stage,
      args,
      signal,
      low: work.patient ?? false,
      cwd: places.mountPoint,
      timeoutMs: backupWithinMs,
      expected: [3],
    },
    onStart: (pid) => {
      pace.attach(pid);
      void writeRunning(access.folder, { startedAt, pids: [pid] });
    },
    onLine: (line) => {
      const said = readBackupLine(line);
      if (said?.message_type === 'summary') {
        const bytesMoved = said.data_added_packed ?? said.data_added;
        summary = { snapshot: said.snapshot_id, bytesMoved, readBytes: said.total_bytes_processed };
      }
      if (said?.message_type !== 'status' || said.total_bytes === 0) return;
      const { bytes_done: done, total_bytes: total } = said;
      const nowMs = performance.now();
      work.onProgress?.({
        ...{ stage: 'backup', done: Math.min(done, total), total, unit: 'bytes', reversible: true },
        // Of this moment; those before it in time share most of it and take little.
        secondsLeft: share.at === 0 || share.of > 1 ? rate({ done, total, nowMs }) : null,
      });
    },
  });
  pace.detach();
  if (!ran.ok) return ran;
  await clearRunning(access.folder);
  // Read back through a variable that a callback set: the compiler cannot see that it may be there.
  const stored = summary as Stored | null;
  if (stored === null)
    return fail({ code: 'protocol', stage, message: 'restic did not tell what it stored' });
  if (ran.value.status !== 3) return ok(stored);
  await restic(access, { stage, args: ['forget', stored.snapshot] });
  const message = `a file of the moment could not be read: ${ran.value.stderr.slice(0, 300)}`;
  return fail({ code: 'damagedState', stage, message });
}

function watched(work: Work, order: Order): ReturnType<typeof restic> {
  // A stopped process does not hear that it is to end.
  const wake = (): void => work.pace.goOn();
  work.signal.addEventListener('abort', wake, { once: true });
  return restic(work.access, order).finally(() => work.signal.removeEventListener('abort', wake));
}
