// What lies in a repository as a person chooses from it: the newest moments with their sizes, whether each fits the disk
// that it shall come to, and the picture of its last screen. Reads only; what is chosen is restored by restore.ts, which
// counts the room again.
import { type FoundBackup, mostMoments } from '../../preload/contract/restore';
import { ok, type Result } from '../../preload/contract/result';
import { maxPictureBytes } from '../../preload/contract/setup';
import { generationFolder } from '../generation/manifest';
import { isWholePng, pictureFile } from '../guest/picture';
import { type Access, restic } from './restic';
import { bytesOf, spareBytes } from './restore';
import { listMoments, type StoredMoment } from './snapshots';

const stage = 'backup.found';
/** Asked of restic one by one, about a second each, where a snapshot does not say its size itself. */
const mostAsked = 8;

export interface Found {
  /** In the order of `told.moments`. */
  readonly moments: readonly StoredMoment[];
  /** The newest of every guest. */
  readonly newest: readonly StoredMoment[];
  readonly told: FoundBackup;
}

/** Faults: damagedBackup, cancelled, and the others of `restic`. */
export async function findMoments(about: {
  readonly access: Access;
  /** Where they shall come to; null: nobody can tell. */
  readonly freeBytes: number | null;
  readonly signal: AbortSignal;
}): Promise<Result<Found>> {
  const { access, freeBytes, signal } = about;
  const stored = await listMoments(access, signal);
  if (!stored.ok) return stored;
  const newestFirst = [...stored.value].reverse();
  const newest = newestOfEach(newestFirst);
  const sizes = new Map<string, number>();
  for (const moment of newestFirst) if (moment.bytes !== null) sizes.set(moment.snapshot, moment.bytes);
  for (const moment of newest.slice(0, mostAsked)) {
    if (moment.bytes !== null) continue;
    const asked = await bytesOf(access, moment, signal);
    if (!asked.ok) return asked;
    sizes.set(moment.snapshot, asked.value);
  }
  const sizeOf = (moment: StoredMoment): number | null => sizes.get(moment.snapshot) ?? null;
  const fits = (bytes: number | null): boolean =>
    freeBytes === null || bytes === null || bytes + spareBytes <= freeBytes;
  const moments = newestFirst.slice(0, mostMoments);
  return ok({
    moments,
    newest,
    told: {
      whole: wholeOf(newest, sizeOf, fits),
      moments: moments.map((moment) => {
        const bytes = sizeOf(moment);
        return { guest: moment.guest, at: moment.at, bytes, fits: fits(bytes) };
      }),
      more: newestFirst.length - moments.length,
      freeBytes,
    },
  });
}

function wholeOf(
  newest: readonly StoredMoment[],
  sizeOf: (moment: StoredMoment) => number | null,
  fits: (bytes: number | null) => boolean,
): FoundBackup['whole'] {
  const [latest] = newest;
  if (latest === undefined || newest.length < 2) return null;
  const sizes = newest.map(sizeOf);
  const bytes = sizes.reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);
  return { guests: newest.length, at: latest.at, bytes, fits: fits(bytes) };
}

function newestOfEach(newestFirst: readonly StoredMoment[]): readonly StoredMoment[] {
  const guests = new Map<string, StoredMoment>();
  for (const moment of newestFirst) if (!guests.has(moment.guest)) guests.set(moment.guest, moment);
  return [...guests.values()];
}

/** A moment's last screen as PNG; null when there is none, or none that may be shown. */
export async function momentPictureIn(
  access: Access,
  { snapshot, guest, generation }: StoredMoment,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const path = `/guests/${guest}/${generationFolder(generation)}/${pictureFile}`;
  const read = await restic(access, { stage, args: ['dump', '--no-lock', '-q', snapshot, path] });
  if (!read.ok || read.value.stdout.length > maxPictureBytes || !isWholePng(read.value.stdout)) return null;
  return Uint8Array.from(read.value.stdout);
}
