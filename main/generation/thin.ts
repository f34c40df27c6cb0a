// Thinning out: which saved moments go, and how. A generation goes by one rename (manifest.json becomes thinned.json);
// its files follow when nobody needs them any more (collect.ts). It must never take CURRENT, anything newer (what a
// roll back left behind), or a layer that another generation stands on.
//
// Kept, of the generations before CURRENT: the last ones, then the newest of each day, then the newest of each week.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import { fsyncFolder } from '../files/durable';
import { attempt } from '../files/errno';
import { type GenerationEntry, type GuestPlace, generationPath, manifestPath } from './read';

export interface Keep {
  /** So many of the newest before CURRENT. */
  readonly last: number;
  /** The newest of each day, so many days back. */
  readonly days: number;
  /** The newest of each week, so many weeks back. */
  readonly weeks: number;
}

export const keepByDefault: Keep = { last: 10, days: 14, weeks: 8 };

const dayMs = 86_400_000;

/** Numbers of the generations that may go, oldest first. Pure. `now`: RFC 3339. */
export function planThin(about: {
  readonly entries: readonly GenerationEntry[];
  readonly current: number;
  readonly keep: Keep;
  readonly now: string;
}): readonly number[] {
  const { keep } = about;
  const today = Math.floor(Date.parse(about.now) / dayMs);
  const older = about.entries
    .flatMap((entry) => (entry.kind === 'whole' ? [entry.manifest] : []))
    .filter((manifest) => manifest.number < about.current)
    .reverse();
  const seen = new Set<string>();
  /** True for the first that asks, which is the newest. */
  const isFirstOf = (span: string): boolean => seen.size !== seen.add(span).size;
  const goes = older.filter((manifest, at) => {
    const day = Math.floor(Date.parse(manifest.createdAt) / dayMs);
    const week = Math.floor(day / 7);
    const ofDay = isFirstOf(`day ${day}`) && day > today - keep.days;
    const ofWeek = isFirstOf(`week ${week}`) && week > Math.floor(today / 7) - keep.weeks;
    return at >= keep.last && !ofDay && !ofWeek;
  });
  return goes.map((manifest) => manifest.number).reverse();
}

/** What is left of a manifest whose generation was thinned out while its layer is still needed. */
export function thinnedPath(place: GuestPlace, number: number): string {
  return join(generationPath(place, number), 'thinned.json');
}

/** The caller holds the guest's lock, and collects afterwards. Faults: denied, io; what went before stays gone. */
export async function thinOut(place: GuestPlace, numbers: readonly number[]): Promise<Result<void>> {
  const stage = 'generation.thin';
  for (const number of numbers) {
    const gone = await attempt(stage, () => rename(manifestPath(place, number), thinnedPath(place, number)));
    if (!gone.ok) return gone;
    const synced = await fsyncFolder(generationPath(place, number), stage);
    if (!synced.ok) return synced;
  }
  return ok(undefined);
}
