// The steps that more than one state takes: waking, showing, closing, losing the vault, a failure with its exits.
// Apart from the tables of acts (transition.ts, live.ts, broken.ts) so that these need not import each other.
import type { DisplayChoice } from '../../preload/contract/controls';
import type { Fault } from '../../preload/contract/fault';
import type { GuestCard } from '../../preload/contract/view';
import type { Older, WakeFrom } from '../../preload/contract/waking';
import type {
  Awake,
  Broken,
  Effect,
  Inside,
  Running,
  SafeKind,
  Saved,
  State,
  Step,
  VaultChoice,
  Wanting,
} from './state';
import { advance, begin, plans, type Tracker } from './work';

export function off<V, G>(): Step<V, G> {
  return { state: { at: 'poweringOff' }, effects: [{ do: 'end' }] };
}

export function lookAgain<V, G>(
  wanting: Pick<Wanting, 'wants'> & { readonly wrongTries?: number } = {},
): Step<V, G> {
  return { state: { at: 'looking', ...wanting }, effects: [{ do: 'look' }] };
}

export function wake<V, G>(inside: Inside<V>, id: string, from: WakeFrom = { is: 'asLeft' }): Step<V, G> {
  const known = inside.guests.find((guest) => guest.id === id) ?? bareCard(id);
  const bringsBack = from.is === 'asLeft' || from.is === 'exact' || from.is === 'older';
  const card = bringsBack ? known : { ...known, suspendedAt: null };
  return {
    state: {
      at: 'waking',
      inside,
      card,
      work: begin(card.suspendedAt === null ? plans.wakeAfresh : plans.wake),
      cancelled: false,
    },
    effects: [{ do: 'runGuest', vault: inside.vault, id, from }],
  };
}

/** A guest runs: bring the viewer up. `work` goes on where waking stopped. */
export function show<V, G>(inside: Inside<V>, running: Running<G>, work: Tracker): Step<V, G> {
  return shown({ ...inside, ...running, streaming: null }, { work, woke: true, trial: null });
}

/** `trial`: as it was chosen by hand, to be tried. */
export function showAgain<V, G>(awake: Awake<V, G>, trial: DisplayChoice | null = null): Step<V, G> {
  return shown({ ...awake, streaming: null }, { work: begin(['show']), woke: false, trial });
}

function shown<V, G>(
  awake: Awake<V, G>,
  how: { readonly work: Tracker; readonly woke: boolean; readonly trial: DisplayChoice | null },
): Step<V, G> {
  const { woke, trial } = how;
  return {
    state: { at: 'showing', awake, work: reached(how.work, 'show'), woke, trial },
    effects: [{ do: 'show', vault: awake.vault, guest: awake.guest, trying: trial }],
  };
}

export function suspend<V, G>(awake: Awake<V, G>, next: 'leave' | 'moments' = 'leave'): Step<V, G> {
  const plan = next === 'leave' ? plans.suspend : plans.suspendAndStay;
  return {
    state: { at: 'suspending', awake, work: begin(plan), next },
    effects: [...cover<V, G>(), { do: 'suspend', guest: awake.guest }],
  };
}

/** Nobody is there. `act`: what its owner chose for that. */
export function lock<V, G>(
  state: State<V, G> & { at: 'live' },
  act: 'lock' | 'pause' | 'suspend',
): Step<V, G> {
  const { awake } = state;
  if (act === 'suspend') return suspend(awake);
  const pauses: Effect<V, G>[] = act === 'pause' ? [{ do: 'pauseGuest', guest: awake.guest }] : [];
  return {
    state: {
      ...{ at: 'idleLocked', awake, paused: act === 'pause' },
      ...{ wrongTries: 0, waitSeconds: 0, fault: null, checking: null },
    },
    effects: [...cover<V, G>(), ...pauses],
  };
}

/** What opens the vault, and when it locks. A guest that runs goes on behind the page, without its viewer. */
export function showWays<V, G>(about: {
  readonly inside: Inside<V>;
  readonly card: GuestCard | null;
  readonly awake: Awake<V, G> | null;
}): Step<V, G> {
  const covers: Effect<V, G>[] = about.awake === null ? [] : cover();
  return {
    state: {
      ...{ at: 'ways', ...about, told: null, folder: null, asked: null, busy: false, done: null },
      ...{ fault: null, wrongTries: 0, waitSeconds: 0 },
    },
    effects: [...covers, { do: 'readWays', vault: about.inside.vault }],
  };
}

/** The kiosk covers the guest first, then the viewer goes: at no instant is the bare screen seen. */
export function cover<V, G>(): Effect<V, G>[] {
  return [{ do: 'hideBar' }, { do: 'raise' }, { do: 'endViewer' }];
}

export function close<V, G>(
  about: { readonly inside: Inside<V>; readonly card: GuestCard | null; readonly saved: Saved },
  work: Tracker = begin(about.saved.why === 'nothingOpened' ? plans.leave : plans.powerOff),
): Step<V, G> {
  return {
    state: { at: 'closing', ...about, work: reached(work, 'close') },
    effects: [...cover<V, G>(), { do: 'closeVault', vault: about.inside.vault }],
  };
}

/** Nothing was woken: the vault closes and the screen says so. */
export function leave<V, G>(inside: Inside<V>, card: GuestCard): Step<V, G> {
  const at = card.suspendedAt ?? '';
  return close({ inside, card, saved: { why: 'nothingOpened', at, writtenBytes: null, verified: false } });
}

/** The mount is gone (owner crashed, stick pulled): nothing can be written any more, the last generation stands. */
export function lost<V, G>(fault: Fault): Step<V, G> {
  return {
    state: broken<V, G>({ fault, safe: 'oldGeneration', exits: ['lookAgain', 'switchOff'] }),
    effects: cover(),
  };
}

export function broken<V, G>(about: {
  readonly fault: Fault;
  readonly safe: SafeKind;
  readonly exits: Broken<V, G>['exits'];
  readonly savedAt?: string | null;
  readonly inside?: Inside<V>;
  readonly card?: GuestCard | null;
  readonly awake?: Awake<V, G>;
  readonly older?: Older | null;
  readonly frozen?: boolean;
  readonly choice?: VaultChoice | undefined;
}): Broken<V, G> {
  return {
    at: 'fault',
    fault: about.fault,
    safe: about.safe,
    savedAt: about.savedAt ?? null,
    exits: about.exits,
    inside: about.inside ?? null,
    card: about.card ?? null,
    awake: about.awake ?? null,
    older: about.older ?? null,
    frozen: about.frozen ?? false,
    ...(about.choice === undefined ? {} : { choice: about.choice }),
  };
}

/** For a guest of which only the name is known. */
export function bareCard(id: string, name = id): GuestCard {
  return { id, name, suspendedAt: null, hasPicture: false, state: 'off', bytes: null };
}

export function insideOf<V, G>(awake: Awake<V, G>): Inside<V> {
  return { vault: awake.vault, guests: awake.guests, plainPassphraseFile: awake.plainPassphraseFile };
}

function reached(work: Tracker, stage: 'show' | 'close'): Tracker {
  return advance(
    work,
    { stage, done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible: false },
    work.startedAt,
  );
}
