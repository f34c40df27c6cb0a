// The backup organ's outside: what CLI and kiosk use of it. Every act takes the open vault's places and a repository by
// name, and holds the vault's backup lock while it works.
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type Checked, checkRepository, type Sample } from './check';
import { holdDrill } from './drill/drill';
import { planPrune, prune } from './prune';
import { type KeepMoments, listRepositories, type Repository, readRepository } from './repository';
import type { Access } from './restic';
import { type Restored, restoreGuest } from './restore';
import { type BackupPlaces, withAccess, withBackupLock } from './run';
import { listMoments, type StoredMoment } from './snapshots';
import { type Drill, readState } from './state';

export { addRepository, forgetRepository, type NewRepository } from './add';
export type { Sample } from './check';
export { type RepositoryFacts, readDrillPicture, repositoryFacts } from './facts';
export { type Found, findMoments, momentPictureIn } from './found';
export { type ReadLocation, readLocation, sayLocation } from './location';
export { paperFolder, reachByPaper, whatServerAsks } from './new-stick';
export type { Pace } from './pace';
export { keepByDefault, type Repository, readRepository } from './repository';
export type { Access } from './restic';
export type { Restored } from './restore';
export { type BackupPlaces, runBackup } from './run';
export type { StoredMoment } from './snapshots';

interface Named {
  readonly places: BackupPlaces;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
}

/** All that are known, or the one named. Faults: missingRepository (none), damagedManifest, io. */
export async function chosenRepositories(
  mountPoint: string,
  name: string | null,
): Promise<Result<readonly Repository[]>> {
  if (name !== null) {
    const one = await readRepository(mountPoint, name);
    return one.ok ? ok([one.value]) : one;
  }
  const listed = await listRepositories(mountPoint);
  if (!listed.ok) return listed;
  const known: Repository[] = [];
  for (const { repository } of listed.value) {
    if (!repository.ok) return repository;
    known.push(repository.value);
  }
  if (known.length > 0) return ok(known);
  return fail({
    code: 'missingRepository',
    stage: 'backup.repository',
    message: 'this vault knows no repository',
    hint: 'soulpad backup init adds one',
  });
}

/** Faults: damagedBackup, and those of reaching it. */
export function checkBackup(
  about: Named & { readonly sample: Sample; readonly takeNote?: boolean },
): Promise<Result<Checked>> {
  return withRepository(about, ({ access }) => checkRepository({ ...about, access }));
}

/** Restores the newest moment to a scratch place, wakes it there and compares. Faults: see holdDrill. */
export function drillBackup(about: Named & { readonly guest: string | null }): Promise<Result<Drill>> {
  return withRepository(about, ({ access }) => holdDrill({ ...about, access }));
}

/** What lies in it, oldest first, of every guest. */
export function storedMoments(about: Named): Promise<Result<readonly StoredMoment[]>> {
  return withRepository(about, ({ access }) => listMoments(access, about.signal));
}

/** The same of one that is reached already. */
export const momentsIn = listMoments;

/** What leaves it by that policy, null: the repository's own. `preview`: nothing is removed. */
export function pruneBackup(
  about: Named & { readonly keep: KeepMoments | null; readonly preview: boolean },
): Promise<Result<readonly StoredMoment[]>> {
  return withRepository(about, async ({ access, repository }) => {
    const stored = await listMoments(access, about.signal);
    if (!stored.ok) return stored;
    const { good: ours } = await readState(access.folder);
    const going = planPrune({ stored: stored.value, ours, keep: about.keep ?? repository.keep });
    if (about.preview) return ok(going);
    const pruned = await prune({ access, repository, stored: stored.value, going, signal: about.signal });
    return pruned.ok ? ok(going) : pruned;
  });
}

/** One moment into this vault; null `guest`: of every guest that the vault has not, the newest. */
export function restoreBackup(
  about: Named & { readonly guest: string | null; readonly generation: number | null },
): Promise<Result<readonly Restored[]>> {
  return withRepository(about, ({ access }) => restoreFrom({ ...about, access }));
}

export async function restoreFrom(
  about: Omit<Named, 'name'> & {
    readonly access: Access;
    readonly guest: string | null;
    readonly generation: number | null;
  },
): Promise<Result<readonly Restored[]>> {
  const { access, signal } = about;
  const stored = await listMoments(access, signal);
  if (!stored.ok) return stored;
  const chosen = chooseMoments(stored.value, about);
  if (chosen.length === 0) return fail(noMoment);
  return restoreMoments({ ...about, moments: chosen });
}

/** These, one after the other; the first that fails ends it. Faults: as restoreGuest's. */
export async function restoreMoments(
  about: Pick<Named, 'signal' | 'onProgress'> & {
    readonly access: Access;
    readonly moments: readonly StoredMoment[];
    readonly places: Pick<BackupPlaces, 'mountPoint' | 'guestsFolder'>;
  },
): Promise<Result<readonly Restored[]>> {
  const { access, signal, places, onProgress } = about;
  const restored: Restored[] = [];
  for (const moment of about.moments) {
    const { mountPoint, guestsFolder } = places;
    const one = await restoreGuest({ access, moment, mountPoint, guestsFolder, signal, onProgress });
    if (!one.ok) return one;
    restored.push(one.value);
  }
  return ok(restored);
}

export const noMoment: Fault = {
  code: 'missingGeneration',
  stage: 'backup.restore',
  message: 'no such moment lies in this repository',
  hint: 'soulpad backup list shows what does',
};

/** The newest of each guest that fits what was asked; of clones that were backed up side by side, the newest of all. */
export function chooseMoments(
  stored: readonly StoredMoment[],
  asked: { readonly guest: string | null; readonly generation: number | null },
): readonly StoredMoment[] {
  const fitting = stored.filter(
    (moment) =>
      (asked.guest === null || moment.guest === asked.guest) &&
      (asked.generation === null || moment.generation === asked.generation),
  );
  const newest = new Map<string, StoredMoment>();
  for (const moment of fitting) newest.set(moment.guest, moment);
  return [...newest.values()];
}

function withRepository<T>(
  about: Named,
  work: (opened: { readonly access: Access; readonly repository: Repository }) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { places, name } = about;
  return withBackupLock(places, async () => {
    const repository = await readRepository(places.mountPoint, name);
    if (!repository.ok) return repository;
    return withAccess({ mountPoint: places.mountPoint, repository: repository.value }, (access) =>
      work({ access, repository: repository.value }),
    );
  });
}
