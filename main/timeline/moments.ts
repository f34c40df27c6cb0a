// A guest's saved moments as a person sees them: newest first, each with its time, its PC and its size, and what making
// room would take away. Reads small files and sizes only, takes no lock: ask it of a guest that does not run.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import { type Moment, shownMoments, type Timeline } from '../../preload/contract/timeline';
import { savingBytes } from '../fit/fit';
import { freeSpace } from '../fit/this-pc';
import {
  type GuestPlace,
  generationPath,
  listGenerations,
  planRoom,
  type RoomPlan,
  readCurrent,
} from '../generation/store';
import { guestPlace } from '../guest/store';
import type { Whose } from './acts';

type Entry = Extract<Awaited<ReturnType<typeof listGenerations>>, { ok: true }>['value'][number];

/** `goes`: the generations that making room would take away, for `makeRoom`. */
export interface Read {
  readonly timeline: Timeline;
  readonly goes: readonly number[];
}

/** `now`: RFC 3339 UTC. Faults: denied, io. What cannot be read of one moment is told as damaged. */
export async function readMoments(whose: Whose, now: string): Promise<Result<Read>> {
  const { places, definition } = whose;
  const place = guestPlace(places.guestsFolder, definition);
  const current = await readCurrent(place);
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  const free = await freeSpace(place.folder);
  const wanted = Math.max(1, savingBytes(definition.ramBytes) - (free ?? 0));
  const planned = await planRoom({ place, wanted, now });
  const plan: RoomPlan | null = planned.ok ? planned.value : null;
  const all = listed.value.filter((entry) => entry.kind === 'whole' || entry.kind === 'damaged').reverse();
  const moments: Moment[] = [];
  for (const entry of all.slice(0, shownMoments)) moments.push(await momentOf({ place, entry, plan }));
  return ok({
    goes: plan?.numbers ?? [],
    timeline: {
      present: current.ok ? current.value : null,
      moments,
      more: Math.max(0, all.length - shownMoments),
      room: plan === null ? null : { moments: plan.numbers.length, bytes: plan.bytes },
      freeBytes: free,
    },
  });
}

async function momentOf(about: {
  readonly place: GuestPlace;
  readonly entry: Entry;
  readonly plan: RoomPlan | null;
}): Promise<Moment> {
  const { place, entry, plan } = about;
  const { bytes, picture } = await ownFiles(place, entry.number);
  const goes = plan?.numbers.includes(entry.number) ?? false;
  const known = { number: entry.number, bytes, hasPicture: picture, goes };
  if (entry.kind !== 'whole') return { ...known, at: null, kind: 'damaged', pc: null };
  const { createdAt, state, savedOn } = entry.manifest;
  return { ...known, at: createdAt, kind: state === null ? 'off' : 'suspended', pc: savedOn?.pc ?? null };
}

/** What lies in a generation's folder, as the disk counts it. */
export async function ownFiles(
  place: GuestPlace,
  number: number,
): Promise<{ bytes: number; picture: boolean }> {
  const folder = generationPath(place, number);
  const names = await readdir(folder).catch((): string[] => []);
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(folder, name)).then(
        (seen) => seen.blocks * 512,
        () => 0,
      ),
    ),
  );
  return { bytes: sizes.reduce((sum, bytes) => sum + bytes, 0), picture: names.includes('screen.png') };
}
