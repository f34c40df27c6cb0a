// The saved moments that lie in a repository: one restic snapshot each, complete in itself, told by its tags. The
// snapshot's time is the moment's own, so that `restic snapshots` reads like the timeline. A guest of another stick, or
// of a clone of this one, lies beside ours and is never taken for it.
//
//   soulpad-moment       it is one of ours to read
//   guest-<id>           the guest's folder name
//   uuid-<uuid>          which guest it truly is
//   generation-<number>  its number there
//   bytes-<number>       of its files, so that a list can say it; older snapshots have none
//   ms-<number>          of the second of its time, which restic keeps whole; older snapshots have none
import { z } from 'zod';
import { guestIdSchema } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { generationNumberSchema } from '../generation/manifest';
import { type Access, restic } from './restic';
import { type ResticSnapshot, readSnapshotList } from './restic-messages';

const stage = 'backup.list';
const mark = 'soulpad-moment';

export interface MomentName {
  readonly guest: string;
  readonly uuid: string;
  readonly generation: number;
  /** RFC 3339 UTC, whole seconds: when it was saved. */
  readonly at: string;
  /** Of that second; null: the snapshot does not say. */
  readonly milliseconds: number | null;
}

export interface StoredMoment extends MomentName {
  /** restic's name of the snapshot. */
  readonly snapshot: string;
  /** Of all of its files; null: the snapshot does not say. */
  readonly bytes: number | null;
  /** The vault that it came from, as restic's host name. */
  readonly from: string;
}

export function tagsOf(name: MomentName, bytes: number): readonly string[] {
  const { guest, uuid, generation, milliseconds } = name;
  const tags = [mark, `guest-${guest}`, `uuid-${uuid}`, `generation-${generation}`, `bytes-${bytes}`];
  return milliseconds === null ? tags : [...tags, `ms-${milliseconds}`];
}

/** When a moment was saved, as its snapshot has it. */
export function timeOf(createdAt: string): Pick<MomentName, 'at' | 'milliseconds'> {
  return { at: wholeSeconds(createdAt), milliseconds: Date.parse(createdAt) % 1000 };
}

/** restic's --time; its process has TZ=UTC. */
export function resticTime(at: string): string {
  return wholeSeconds(at).replace('T', ' ').replace('Z', '');
}

function wholeSeconds(at: string): string {
  return new Date(Math.floor(Date.parse(at) / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Two clones of one stick save moments of the same number, and may do so in the same second. */
export function isSameMoment(a: MomentName, b: MomentName): boolean {
  const [one, other] = [a.milliseconds, b.milliseconds];
  if (one !== null && other !== null && one !== other) return false;
  return a.uuid === b.uuid && a.generation === b.generation && a.at === b.at;
}

/** Older versions of restic tell only the first letters of a new snapshot's name. */
export function isThere(stored: readonly StoredMoment[], snapshot: string): boolean {
  return stored.some((moment) => moment.snapshot.startsWith(snapshot));
}

const namesSchema = z.object({
  guest: guestIdSchema,
  uuid: z.uuid(),
  generation: generationNumberSchema,
});

/** Null: it is not a moment of a guest. */
export function momentOf(snapshot: ResticSnapshot): StoredMoment | null {
  const tags = snapshot.tags ?? [];
  const after = (start: string): string | undefined =>
    tags.find((tag) => tag.startsWith(start))?.slice(start.length);
  const number = after('generation-');
  const read = namesSchema.safeParse({
    guest: after('guest-'),
    uuid: after('uuid-'),
    generation: number !== undefined && /^\d{1,9}$/.test(number) ? Number(number) : undefined,
  });
  const time = Date.parse(snapshot.time);
  if (!tags.includes(mark) || !read.success || Number.isNaN(time)) return null;
  const at = wholeSeconds(new Date(time).toISOString());
  const size = after('bytes-');
  const bytes = size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : null;
  const part = after('ms-');
  const milliseconds = part !== undefined && /^\d{1,3}$/.test(part) ? Number(part) : null;
  return { ...read.data, at, milliseconds, bytes, snapshot: snapshot.id, from: snapshot.hostname };
}

/** Oldest first. Faults: damagedBackup (one of them cannot be read), and those of `restic`. */
export async function listMoments(
  access: Access,
  signal?: AbortSignal,
): Promise<Result<readonly StoredMoment[]>> {
  const asked = await restic(access, {
    stage,
    signal,
    args: ['snapshots', '--json', '--no-lock', '--tag', mark],
  });
  if (!asked.ok) return asked;
  // It ends well although a snapshot could not be read: then the list is not all there is.
  const unread = /(could not load snapshot|failed to load snapshot) ([0-9a-f]{8,64})/.exec(
    asked.value.stderr,
  );
  if (unread !== null)
    return fail({ code: 'damagedBackup', stage, message: `snapshot ${unread[2]} cannot be read` });
  const list = readSnapshotList(asked.value.stdout);
  if (list === null)
    return fail({ code: 'protocol', stage, message: 'restic did not tell its snapshots as a list' });
  return ok(
    list
      .map(momentOf)
      .filter((moment) => moment !== null)
      .sort((a, b) => a.at.localeCompare(b.at) || a.generation - b.generation),
  );
}
