// A saved moment out of the repository into a vault, as a guest that can be woken. It is restored beside the guests,
// compared with every sum that was recorded when it was saved, and gets its name last: a cut or a damaged repository
// leaves no guest rather than a wrong one. It must never write over a guest that is there.
import { lstat, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFolder, fsyncTree, writeDurably } from '../files/durable';
import { attempt, errnoOf } from '../files/errno';
import {
  type GuestPlace,
  generationPath,
  listGenerations,
  renameCurrent,
  stageCurrent,
} from '../generation/store';
import { rateOf } from '../guest/rate';
import { guestPlace, readGuest } from '../guest/store';
import { backupFolder } from './repository';
import { type Access, restic, resticVersion } from './restic';
import { readRestoreBytes } from './restic-messages';
import type { StoredMoment } from './snapshots';
import { verifyWholeMoment } from './verify-moment';

const stage = 'backup.restore';
const restoreWithinMs = 24 * 3_600_000;
/** What stays free: a vault that is full to the brim cannot wake anything. */
export const spareBytes = 64 << 20;

export interface Restored {
  readonly guest: string;
  readonly generation: number;
  readonly at: string;
  readonly bytes: number;
  readonly seconds: number;
}

interface Restoring {
  readonly access: Access;
  readonly moment: StoredMoment;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Faults: alreadyThere (a guest of that name is in the vault), full (says how much is missing), damagedBackup,
 * damagedState (it is not what was saved), missingRepository, wrongBackupKey, cancelled, io. Then no guest was made.
 */
export async function restoreGuest(
  about: Restoring & { readonly mountPoint: string; readonly guestsFolder: string },
): Promise<Result<Restored>> {
  const { moment, mountPoint, guestsFolder } = about;
  const began = performance.now();
  const target = join(guestsFolder, moment.guest);
  if (await exists(target)) return fail(alreadyThere(moment.guest));
  const scratch = join(backupFolder(mountPoint), 'restoring');
  const restored = await restoreTo({ ...about, scratch });
  if (!restored.ok) return restored;
  const { bytes, folder } = restored.value;
  const named = await attempt(stage, async () => {
    await mkdir(guestsFolder, { recursive: true, mode: 0o700 });
    await rename(folder, target);
  });
  const synced = named.ok ? await fsyncFolder(guestsFolder, stage) : named;
  await rm(scratch, { recursive: true, force: true }).catch(() => {});
  if (!synced.ok) return (await exists(target)) ? fail(alreadyThere(moment.guest)) : synced;
  const { guest, generation, at } = moment;
  return ok({ guest, generation, at, bytes, seconds: (performance.now() - began) / 1000 });
}

/**
 * Restores into `scratch`/guests/<id> and proves it; the caller removes `scratch`. What an earlier try left there is
 * replaced. Faults: full, damagedBackup, damagedState, damagedGuest, missingRepository, cancelled, io.
 */
export async function restoreTo(
  about: Restoring & { readonly scratch: string },
): Promise<Result<{ readonly folder: string; readonly bytes: number }>> {
  const { moment, scratch, signal } = about;
  const cleared = await attempt(stage, async () => {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
  });
  if (!cleared.ok) return cleared;
  const done = await fetchAndProve(about);
  if (!done.ok) await rm(scratch, { recursive: true, force: true }).catch(() => {});
  if (!done.ok && signal.aborted)
    return fail({ code: 'cancelled', stage, message: 'restoring was cancelled; nothing was made' });
  return done.ok ? ok({ folder: join(scratch, 'guests', moment.guest), bytes: done.value }) : done;
}

async function fetchAndProve(about: Restoring & { readonly scratch: string }): Promise<Result<number>> {
  const { access, moment, scratch, signal } = about;
  const version = await resticVersion();
  if (!version.ok) return version;
  const bytes = await bytesOf(access, moment, signal);
  if (!bytes.ok) return bytes;
  const room = await missingRoom(scratch, bytes.value);
  if (room !== null) return fail(room);
  const stop = watchFolder({ ...about, total: bytes.value });
  const { major, minor } = version.value;
  const ran = await restic(access, {
    ...{ stage, signal, timeoutMs: restoreWithinMs },
    args: [
      ...['restore', moment.snapshot, '--no-lock', '--target', scratch],
      // The holes of a flat RAM file stay holes.
      ...(major > 0 || minor >= 15 ? ['--sparse'] : []),
    ],
  }).finally(stop);
  if (!ran.ok) return ran;
  const guestsFolder = join(scratch, 'guests');
  const definition = await readGuest(guestsFolder, moment.guest);
  if (!definition.ok) return definition;
  if (definition.value.uuid !== moment.uuid)
    return fail({ code: 'damagedBackup', stage, message: `the snapshot has another guest than it says` });
  const place = guestPlace(guestsFolder, definition.value);
  const named = await nameMoment(place, moment.generation);
  if (!named.ok) return named;
  const whole = await verifyWholeMoment(place, moment.generation, { onProgress: about.onProgress, signal });
  if (!whole.ok) return whole;
  const synced = await fsyncTree(join(guestsFolder, moment.guest), stage);
  return synced.ok ? bytes : synced;
}

/**
 * CURRENT names it, and the older moments of which only layers are there are ones that were thinned out: a backup has
 * neither file, since both say how things stand in one vault at one time.
 */
async function nameMoment(place: GuestPlace, number: number): Promise<Result<void>> {
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  for (const entry of listed.value) {
    if (entry.kind !== 'interrupted') continue;
    const noted = await writeDurably(
      join(generationPath(place, entry.number), 'thinned.json'),
      '{}\n',
      stage,
    );
    if (!noted.ok) return noted;
  }
  const staged = await stageCurrent(place, number);
  return staged.ok ? renameCurrent(place) : staged;
}

/** Bytes that a moment takes when it is restored. Faults: damagedBackup, and those of `restic`. */
export async function bytesOf(
  access: Access,
  moment: StoredMoment,
  signal: AbortSignal,
): Promise<Result<number>> {
  const args = ['stats', '--json', '--no-lock', '--mode', 'restore-size', moment.snapshot];
  const asked = await restic(access, { stage, signal, args });
  if (!asked.ok) return asked;
  const bytes = readRestoreBytes(asked.value.stdout);
  if (bytes !== null) return ok(bytes);
  return fail({ code: 'protocol', stage, message: 'restic did not tell how large the moment is' });
}

async function missingRoom(folder: string, bytes: number): Promise<Fault | null> {
  const space = await statfs(folder).catch(() => null);
  const free = space === null ? null : space.bavail * space.bsize;
  if (free === null || free >= bytes + spareBytes) return null;
  const [need, have] = [bytes + spareBytes, free].map((each) => Math.round(each / (1 << 20)));
  const message = `this moment needs ${need} MiB, ${have} MiB are free`;
  const hint = 'use a larger stick, or restore another moment or another guest';
  return { code: 'full', stage, message, hint };
}

/** restic of Debian 12 tells no progress of a restore: what has come is counted. Answers the way to stop. */
function watchFolder(about: Restoring & { readonly scratch: string; readonly total: number }): () => void {
  const { onProgress, scratch, total } = about;
  if (onProgress === undefined) return () => {};
  const rate = rateOf(performance.now());
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    const done = Math.min(total, await bytesBelow(scratch));
    looking = false;
    const secondsLeft = rate({ done, total, nowMs: performance.now() });
    onProgress({ stage: 'restore', done, total, unit: 'bytes', secondsLeft, reversible: true });
  };
  const timer = setInterval(() => void look(), 500);
  return () => clearInterval(timer);
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(path);
    else
      bytes += await lstat(path).then(
        (seen) => seen.size,
        () => 0,
      );
  }
  return bytes;
}

function alreadyThere(guest: string): Fault {
  return {
    code: 'alreadyThere',
    stage,
    message: `a guest called ${guest} is in this vault; it is left as it is`,
    hint: 'restore into a new vault, or move that guest away first',
  };
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error) => errnoOf(error) !== 'ENOENT',
  );
}
