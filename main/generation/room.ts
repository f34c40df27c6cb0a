// Making room: which saved moments go first, and how much comes free. The gentlest way that gives what is wanted is
// taken; what is told before and what is done after are the same numbers. It may be carried out beside a running guest:
// CURRENT, what it stands on and the session that runs are never touched (collect.ts).
import { ok, type Result } from '../../preload/contract/result';
import { collect, collectable } from './collect';
import { type GuestPlace, listGenerations, readCurrent } from './read';
import { type Keep, keepByDefault, planThin, thinOut } from './thin';

/** Tried in this order. The last keeps only what wakes next. */
const ladder: readonly Keep[] = [
  keepByDefault,
  { last: 3, days: 0, weeks: 0 },
  { last: 1, days: 0, weeks: 0 },
  { last: 0, days: 0, weeks: 0 },
];

export interface RoomPlan {
  /** Generations that go, oldest first. */
  readonly numbers: readonly number[];
  /** At least so many bytes come free. */
  readonly bytes: number;
}

/**
 * The gentlest plan that frees `wanted` bytes, else the one that frees most; null where nothing would come free.
 * `now`: RFC 3339 UTC. Reads small files only. Faults: missingGeneration, damagedCurrent, denied, io.
 */
export async function planRoom(about: {
  readonly place: GuestPlace;
  readonly wanted: number;
  readonly now: string;
}): Promise<Result<RoomPlan | null>> {
  const { place, wanted, now } = about;
  const current = await readCurrent(place);
  if (!current.ok) return current;
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  let best: RoomPlan | null = null;
  for (const keep of ladder) {
    const numbers = planThin({ entries: listed.value, current: current.value, keep, now });
    const freed = await collectable({ place, current: current.value, without: numbers });
    if (!freed.ok) return freed;
    if (freed.value > (best?.bytes ?? 0)) best = { numbers, bytes: freed.value };
    if (best !== null && best.bytes >= wanted) break;
  }
  return ok(best);
}

/**
 * Exactly these go, of those that still may; answers the bytes that came free. The caller holds the guest's lock.
 * Faults: missingGeneration, damagedCurrent, denied, io; what went before stays gone.
 */
export async function freeRoom(place: GuestPlace, numbers: readonly number[]): Promise<Result<number>> {
  const current = await readCurrent(place);
  if (!current.ok) return current;
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  const may = listed.value.filter((entry) => entry.kind === 'whole' && entry.number < current.value);
  const going = numbers.filter((number) => may.some((entry) => entry.number === number));
  const thinned = await thinOut(place, going);
  return thinned.ok ? collect(place, current.value) : thinned;
}
