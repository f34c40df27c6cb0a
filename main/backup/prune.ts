// Which moments leave the repository. Told before it is done, by name and date; what goes is exactly what was told. It
// must never take the last two good moments of a guest, whatever the policy says, nor anything while the clock of this
// PC is plainly wrong, nor try it on a server that lets nobody remove.
import { fail, ok, type Result } from '../../preload/contract/result';
import { clearRunning, freeLocks, readRunning, writeRunning } from './recover';
import type { KeepMoments, Repository } from './repository';
import { type Access, restic } from './restic';
import { isThere, type StoredMoment } from './snapshots';
import { type BackupState, changeState, readState } from './state';

const stage = 'backup.prune';
const pruneWithinMs = 12 * 3_600_000;
const dayMs = 86_400_000;
/** Of each guest, whatever a policy says. */
export const everKept = 2;

/**
 * The moments that may go, oldest first. Pure: no clock; the spans count back from the newest moment of each guest, and
 * of each stick: what a clone of this one stored counts by itself, so that each keeps its own last two.
 */
export function planPrune(about: {
  readonly stored: readonly StoredMoment[];
  /** Those that this vault stored. */
  readonly ours: BackupState['good'];
  readonly keep: KeepMoments;
}): readonly StoredMoment[] {
  const { stored, ours, keep } = about;
  const isOurs = (moment: StoredMoment): boolean => ours.some((one) => isThere([moment], one.snapshot));
  const guests = [...new Set(stored.map((moment) => moment.uuid))];
  const histories = guests.flatMap((uuid) =>
    [true, false].map((own) => stored.filter((moment) => moment.uuid === uuid && isOurs(moment) === own)),
  );
  return histories.flatMap((moments) => goingOf(moments, keep)).sort((a, b) => a.at.localeCompare(b.at));
}

function goingOf(moments: readonly StoredMoment[], keep: KeepMoments): readonly StoredMoment[] {
  const newestFirst = moments.toSorted((a, b) => b.at.localeCompare(a.at) || b.generation - a.generation);
  const [newest] = newestFirst;
  if (newest === undefined) return [];
  const today = Math.floor(Date.parse(newest.at) / dayMs);
  const seen = new Set<string>();
  /** True for the first that asks, which is the newest. */
  const isFirstOf = (span: string): boolean => seen.size !== seen.add(span).size;
  return newestFirst.filter((moment, at) => {
    const day = Math.floor(Date.parse(moment.at) / dayMs);
    const week = Math.floor(day / 7);
    const month = monthOf(moment.at);
    const ofDay = isFirstOf(`day ${day}`) && day > today - keep.days;
    const ofWeek = isFirstOf(`week ${week}`) && week > Math.floor(today / 7) - keep.weeks;
    const ofMonth = isFirstOf(`month ${month}`) && month > monthOf(newest.at) - keep.months;
    return at >= Math.max(everKept, keep.last) && !ofDay && !ofWeek && !ofMonth;
  });
}

function monthOf(at: string): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/**
 * Removes exactly these, and the data that only they had. Faults: denied (append-only: the server prunes), clockWrong,
 * lockedRepository, damagedBackup, cancelled, io.
 */
export async function prune(about: {
  readonly access: Access;
  readonly repository: Pick<Repository, 'appendOnly'>;
  readonly stored: readonly StoredMoment[];
  readonly going: readonly StoredMoment[];
  readonly signal: AbortSignal;
}): Promise<Result<void>> {
  const { access, going, signal } = about;
  if (about.repository.appendOnly)
    return fail({
      code: 'denied',
      stage,
      message: 'this server lets nobody remove anything: making room there is its owner’s',
    });
  const ahead = about.stored.find((moment) => Date.parse(moment.at) > Date.now() + dayMs);
  if (ahead !== undefined)
    return fail({
      code: 'clockWrong',
      stage,
      message: `a moment is of ${ahead.at}, which this PC's clock has not reached: nothing was removed`,
      hint: 'set the clock of this PC',
    });
  if (going.length === 0) return ok(undefined);
  const gone = new Set(going.map((moment) => moment.snapshot));
  const { good } = await readState(access.folder);
  const goes = (one: { readonly snapshot: string }): boolean =>
    [...gone].some((snapshot) => snapshot.startsWith(one.snapshot));
  const known = await changeState(access.folder, {
    good: good.map((one) => (goes(one) ? { ...one, going: true } : one)),
  });
  if (!known.ok) return known;
  const startedAt = new Date().toISOString();
  const take = () =>
    restic(access, {
      ...{ stage, signal, timeoutMs: pruneWithinMs, args: ['forget', '--prune', ...gone] },
      onStart: (pid) => void writeRunning(access.folder, { startedAt, pids: [pid] }),
    });
  const running = await readRunning(access.folder);
  let pruned = await take();
  if (!pruned.ok && pruned.fault.code === 'lockedRepository') {
    // A lock that a cut run left, ours or another's.
    const freed = await freeLocks(access, running, signal);
    if (!freed.ok) return freed;
    pruned = await take();
  }
  if (!pruned.ok) return pruned;
  await clearRunning(access.folder);
  return changeState(access.folder, { good: good.filter((one) => !goes(one)) });
}
