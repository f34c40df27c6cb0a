// Long work as stages: turns progress reports into what a screen shows. Pure. `seconds` are the reporter's
// monotonic seconds; a stage's own time is the difference. The whole fraction weighs stages by how long they usually
// take, so that the bar moves evenly; a stage of unknown size gives no fraction at all rather than a guess.
import type { Progress, StageId } from '../../preload/contract/progress';
import type { Work } from '../../preload/contract/view';

export interface Tracker {
  readonly plan: readonly StageId[];
  readonly at: StageId | null;
  readonly startedAt: number;
  readonly took: Readonly<Partial<Record<StageId, number>>>;
  readonly fraction: number | null;
  readonly secondsLeft: number | null;
  readonly reversible: boolean;
}

export const plans = {
  open: ['key', 'mount'],
  wake: ['check', 'start', 'load', 'firstRun', 'show'],
  /** A guest without a saved moment: there are no programs to bring back. */
  wakeAfresh: ['check', 'start', 'firstRun', 'show'],
  suspend: ['stop', 'ram', 'fsync', 'verify', 'close'],
  /** The vault stays open. */
  suspendAndStay: ['stop', 'ram', 'fsync', 'verify'],
  makeRoom: ['thin', 'merge'],
  stick: ['copy', 'verify', 'grow'],
  powerOff: ['fsync', 'close'],
  /** Nothing ran, so nothing was written: no stage may say that it was. */
  leave: ['close'],
} as const satisfies Record<string, readonly StageId[]>;

/** Reports that are shown as part of another stage. */
const partOf: Partial<Record<StageId, StageId>> = { rename: 'fsync' };

/** Share of the whole, measured with the full engine on a 30 MiB/s disk; unnamed stages count 1. */
const weight: Partial<Record<StageId, number>> = {
  load: 6,
  ram: 6,
  fsync: 2,
  verify: 3,
  check: 3,
  firstRun: 1,
  fetch: 8,
  unpack: 6,
  configure: 8,
  image: 6,
  copy: 6,
  merge: 4,
  grow: 0.1,
};

export function begin(plan: readonly StageId[], seconds = 0): Tracker {
  return {
    plan,
    at: null,
    startedAt: seconds,
    took: {},
    fraction: null,
    secondsLeft: null,
    reversible: true,
  };
}

export function advance(tracker: Tracker, progress: Progress, seconds: number): Tracker {
  const stage = partOf[progress.stage] ?? progress.stage;
  const now = tracker.plan.indexOf(stage);
  if (now < 0) return tracker;
  const before = tracker.at === null ? -1 : tracker.plan.indexOf(tracker.at);
  if (now < before) return tracker; // a late report of a stage that is over
  const moved = now !== before;
  const took =
    moved && tracker.at !== null
      ? { ...tracker.took, [tracker.at]: Math.max(0, seconds - tracker.startedAt) }
      : tracker.took;
  return {
    ...tracker,
    at: stage,
    startedAt: moved ? seconds : tracker.startedAt,
    took,
    fraction: wholeFraction(tracker.plan, now, progress),
    secondsLeft: progress.secondsLeft,
    reversible: progress.reversible,
  };
}

function wholeFraction(plan: readonly StageId[], now: number, progress: Progress): number | null {
  if (progress.total === null || progress.total <= 0) return null;
  const weigh = (stage: StageId): number => weight[stage] ?? 1;
  const all = plan.reduce((sum, stage) => sum + weigh(stage), 0);
  const past = plan.slice(0, now).reduce((sum, stage) => sum + weigh(stage), 0);
  const current = plan[now];
  const inside = current === undefined ? 0 : weigh(current) * Math.min(1, progress.done / progress.total);
  return Math.min(1, (past + inside) / all);
}

export function workOf(tracker: Tracker): Work {
  // Before the first report the first stage is under way: it is what was asked for.
  const now = tracker.at === null ? 0 : tracker.plan.indexOf(tracker.at);
  return {
    stages: tracker.plan.map((id, index) => ({
      id,
      state: index < now ? 'done' : index === now ? 'now' : 'toCome',
      seconds: tracker.took[id] ?? null,
    })),
    fraction: tracker.at === null ? 0 : tracker.fraction,
    secondsLeft: tracker.secondsLeft,
    reversible: tracker.reversible,
  };
}
