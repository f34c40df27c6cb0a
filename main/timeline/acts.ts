// What a person does with the saved moments of a guest that does not run: go back to one, choose after a crash, start
// afresh, make room. Each holds the guest's lock for as long as it works. CLI and kiosk share these acts, so that both
// can do the same and neither does it otherwise.

import type { OnProgress, Progress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { mergeSteps, planMerge } from '../generation/merge';
import {
  collect,
  freeRoom,
  type GuestPlace,
  interruptedAfter,
  type Keep,
  listGenerations,
  type Manifest,
  olderGeneration,
  planThin,
  type RolledBack,
  readCurrent,
  readManifest,
  rollBack,
  savedUntil,
} from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { mergeLayers } from '../guest/merge-layers';
import { startAfresh, startFromInterrupted } from '../guest/start-afresh';
import { guestPlace } from '../guest/store';
import { type KeeperPlaces, withGuestLock } from '../keeper/guest-lock';

const stage = 'timeline';
/** A merge that was asked for may take this long. */
const mergeWithinMs = 3_600_000;

export interface Whose {
  readonly places: KeeperPlaces;
  readonly definition: GuestDefinition;
}

/** What is left to decide after a crash. Times are RFC 3339 UTC. */
export interface CrashChoice {
  readonly session: number;
  /** *Exactly as at*: when CURRENT's generation was saved. */
  readonly savedAt: string | null;
  /** *Everything saved to disk until*: the layer's last write. */
  readonly until: string;
  readonly layerBytes: number;
}

/** Null: nothing to choose. Reads small files only, takes no lock: ask it of a guest that does not run. */
export async function crashChoice(place: GuestPlace): Promise<CrashChoice | null> {
  const listed = await listGenerations(place);
  const current = await readCurrent(place);
  if (!listed.ok || !current.ok) return null;
  const found = interruptedAfter({ entries: listed.value, current: current.value, isAwake: false });
  if (found === null) return null;
  const saved = await readManifest(place, current.value);
  const until = await savedUntil(place, found.number);
  if (!saved.ok || !until.ok) return null;
  // A guest that was off has nothing to be woken to: there is one way to start it, with all that was saved.
  const savedAt = saved.value.ram === null ? null : saved.value.createdAt;
  return { session: found.number, savedAt, until: until.value, layerBytes: found.layerBytes };
}

/** CURRENT names the interrupted session's disk. Faults: missingGeneration (nothing to choose), busy, damagedGuest, ... */
export function chooseSavedFiles(whose: Whose): Promise<Result<Manifest>> {
  return locked(whose, async (place) => {
    const choice = await crashChoice(place);
    if (choice !== null) return startFromInterrupted(place, choice.session);
    const message = `${place.id} has no session that was interrupted`;
    return fail({ code: 'missingGeneration', stage, message });
  });
}

/** CURRENT names a switched-off guest on CURRENT's disk. Faults: busy, full, damagedGuest, ... */
export function chooseAfresh(whose: Whose, now: string): Promise<Result<Manifest>> {
  return locked(whose, (place) => startAfresh(place, now));
}

/** `to` null: the newest whole generation before CURRENT. Faults: missingGeneration, damaged*, busy, full, ... */
export function goBackTo(whose: Whose, to: number | null): Promise<Result<RolledBack>> {
  return locked(whose, async (place) => {
    if (to !== null) return rollBack(place, to);
    const current = await readCurrent(place);
    const older = await olderGeneration(place, current.ok ? current.value : Number.MAX_SAFE_INTEGER);
    if (older !== null) return rollBack(place, older.number);
    return fail({ code: 'missingGeneration', stage, message: 'there is no older generation that is whole' });
  });
}

export interface Thinned {
  /** Generations that went. */
  readonly removed: readonly number[];
  /** Layers that one file stands for now; 0 when the chain was short enough. */
  readonly mergedLayers: number;
  readonly freedBytes: number;
  readonly chainLength: number;
}

/** Which moments go: by a rule, or exactly those that were told before. */
export type Goes =
  | { readonly by: 'rule'; readonly keep: Keep; readonly now: string }
  | { readonly by: 'number'; readonly numbers: readonly number[] };

/** A merge that ends sooner for the person: all but the base become one layer. */
export const chainAfterThinning = 2;

/**
 * Thins out, merges the chain where it is longer than `longest`, and removes what nothing needs. Cancelling ends the
 * merge; what went before stays gone, and so it is where the merge finds no room for its copy. Faults:
 * missingGeneration, damagedCurrent, busy, cancelled, timeout, io.
 */
export function makeRoom(
  whose: Whose,
  about: {
    readonly goes: Goes;
    readonly longest?: number;
    readonly onProgress?: OnProgress;
    readonly signal: AbortSignal;
  },
): Promise<Result<Thinned>> {
  return locked(whose, async (place) => {
    const { goes, onProgress } = about;
    const current = await readCurrent(place);
    if (!current.ok) return current;
    const listed = await listGenerations(place);
    if (!listed.ok) return listed;
    const removed =
      goes.by === 'number'
        ? goes.numbers
        : planThin({ ...goes, entries: listed.value, current: current.value });
    report(onProgress, { stage: 'thin', done: 0, total: 1, reversible: false });
    const before = await freeRoom(place, removed);
    if (!before.ok) return before;
    const manifest = await readManifest(place, current.value);
    if (!manifest.ok) return manifest;
    const plan = planMerge(manifest.value, about.longest);
    const unmerged = {
      ...{ removed, mergedLayers: 0, freedBytes: before.value },
      chainLength: manifest.value.layers.length,
    };
    if (plan === null) return ok(unmerged);
    const merged = await mergeLayers({
      ...{ place, manifest: manifest.value, plan, timeoutMs: mergeWithinMs, signal: about.signal },
      onStep: (step) => {
        const done = mergeSteps.findIndex(({ name }) => name === step);
        // From the manifest on the new chain is named: too late to stop, and nothing to lose.
        const reversible = done < mergeSteps.findIndex(({ name }) => name === 'writeManifest');
        report(onProgress, { stage: 'merge', done, total: mergeSteps.length, reversible });
      },
    });
    if (!merged.ok) return merged.fault.code === 'full' ? ok(unmerged) : merged;
    const freed = await collect(place, current.value);
    if (!freed.ok) return freed;
    return ok({
      removed,
      mergedLayers: plan.merged.length,
      freedBytes: before.value + freed.value,
      chainLength: merged.value.layers.length,
    });
  });
}

function report(
  onProgress: OnProgress | undefined,
  at: Pick<Progress, 'stage' | 'done' | 'total' | 'reversible'>,
): void {
  onProgress?.({ ...at, unit: 'steps', secondsLeft: null });
}

function locked<T>(whose: Whose, work: (place: GuestPlace) => Promise<Result<T>>): Promise<Result<T>> {
  const { places, definition } = whose;
  const place = guestPlace(places.guestsFolder, definition);
  return withGuestLock({ places, guestId: definition.id, uuid: definition.uuid }, () => work(place));
}
