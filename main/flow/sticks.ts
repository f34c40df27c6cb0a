// A disk becomes a stick: which one, its name typed, written, read back, done. It is asked for where no guest runs, and what
// was there goes on behind the page: a wait ends, a vault that is open closes when its key USB is pulled. Nothing of a disk
// is changed before its name was typed, and while one is written the page is not left, only stopped.
import type { Fault } from '../../preload/contract/fault';
import type { FoundDisks } from '../../preload/contract/sticks';
import type { AtSticks, Event, State, Step, StickWriting } from './state';
import { advance, begin, plans } from './work';

type Act<V, G> = (state: State<V, G>, event: Event<V, G>) => Step<V, G> | null;

/** Where neither a guest runs nor a secret was given that leaving would lose. */
function mayWrite<V, G>(state: State<V, G>): boolean {
  switch (state.at) {
    case 'locked':
    case 'vaults':
    case 'choosing':
      return true;
    case 'safe':
      return state.vaultClosed;
    case 'setup':
      return state.on.step === 'language' && state.inside === null && state.restore === null;
    default:
      return false;
  }
}

const nothing = { asked: null, misnamed: false, writing: null, done: null, fault: null, touched: false };

/** Null: not from here. */
export function showSticks<V, G>(from: State<V, G>): Step<V, G> | null {
  if (!mayWrite(from)) return null;
  return { state: { at: 'sticks', from, found: null, ...nothing }, effects: [{ do: 'watchDisks' }] };
}

/** `act`: the machine, for what goes on behind the page. */
export function sticksActs<V, G>(about: {
  readonly state: AtSticks<V, G>;
  readonly event: Event<V, G>;
  readonly act: Act<V, G>;
}): Step<V, G> | null {
  const { state, event } = about;
  switch (event.is) {
    case 'disksFound':
      return { state: plugged(state, event.found), effects: [] };
    case 'disksFailed':
      return state.writing === null ? { state: unlisted(state, event.fault), effects: [] } : null;
    default:
      return state.writing === null ? choosingActs(about) : writingActs(about, state.writing);
  }
}

/** That a disk is empty now stays said, whatever the list has to say after it. */
function unlisted<V, G>(state: AtSticks<V, G>, fault: Fault): AtSticks<V, G> {
  return { ...state, found: null, asked: null, misnamed: false, ...(state.touched ? {} : { fault }) };
}

/** One that is pulled while its name is asked cannot be asked for any more; whatever else was said stays said. */
function plugged<V, G>(state: AtSticks<V, G>, found: FoundDisks): AtSticks<V, G> {
  const first = state.found === null && state.writing === null && !state.touched ? { fault: null } : {};
  const { asked } = state;
  const still = found.disks.find(({ id }) => id === asked?.id);
  if (asked === null || still?.refused === null) return { ...state, ...first, found };
  return { ...state, found, asked: null, misnamed: false, fault: gone, touched: false };
}

const gone = {
  code: 'missingDisk',
  stage: 'stick.disks',
  message: 'it was unplugged, or is in use now',
} as const;

function choosingActs<V, G>(about: {
  readonly state: AtSticks<V, G>;
  readonly event: Event<V, G>;
  readonly act: Act<V, G>;
}): Step<V, G> | null {
  const { state, event, act } = about;
  switch (event.is) {
    case 'diskAsked': {
      // Why nothing is listed stays said: the same answer is not told twice.
      if (event.id === null && state.found === null) return { state: { ...state, done: null }, effects: [] };
      if (event.id === null) return { state: { ...state, ...nothing }, effects: [] };
      const disk = state.found?.disks.find(({ id }) => id === event.id);
      if (disk === undefined || disk.refused !== null || state.found?.image == null) return null;
      return { state: { ...state, ...nothing, asked: disk }, effects: [] };
    }
    case 'diskNamed': {
      if (state.asked === null) return null;
      if (!event.right) return { state: { ...state, misnamed: true }, effects: [] };
      const disk = state.asked;
      const writing = { disk, work: begin(plans.stick), bytesPerSecond: null, stopping: false };
      return { state: { ...state, ...nothing, writing }, effects: [{ do: 'writeStick', id: disk.id }] };
    }
    case 'sticksLeft':
      return { state: state.from, effects: [{ do: 'forgetDisks' }] };
    case 'switchOffAsked':
      return leaving(act(state.from, event));
    default: {
      const step = behind(about);
      if (step === null) return null;
      return mayWrite(step.state) ? { ...step, state: { ...state, from: step.state } } : leaving(step);
    }
  }
}

function writingActs<V, G>(
  about: { readonly state: AtSticks<V, G>; readonly event: Event<V, G>; readonly act: Act<V, G> },
  writing: StickWriting,
): Step<V, G> | null {
  const { state, event } = about;
  switch (event.is) {
    case 'stickProgress': {
      const work = advance(writing.work, event.progress, event.seconds);
      const { bytesPerSecond } = event;
      return { state: { ...state, writing: { ...writing, work, bytesPerSecond } }, effects: [] };
    }
    case 'cancelAsked':
      if (!mayStop(writing)) return null;
      return {
        state: { ...state, writing: { ...writing, stopping: true } },
        effects: [{ do: 'cancelStick' }],
      };
    case 'stickWritten':
      return { state: { ...state, ...nothing, done: event.done }, effects: [] };
    case 'stickFailed': {
      // The first report comes before the first byte, and says that there is no way back from it.
      const touched = !writing.work.reversible;
      return { state: { ...state, ...nothing, fault: event.fault, touched }, effects: [] };
    }
    default: {
      // Whatever comes of it is shown when the disk is written.
      const step = behind(about);
      return step === null ? null : { ...step, state: { ...state, from: step.state } };
    }
  }
}

/** Once all of it was read back, the rest is over in a moment, and the stick is whole. */
export function mayStop({ work, stopping }: StickWriting): boolean {
  return !stopping && work.at !== 'grow';
}

/** From the system alone: what a person may press there is not on this page. */
const fromTheSystem: readonly Event<unknown, unknown>['is'][] = [
  ...(['waited', 'keyPulled', 'vaultLost', 'secretsForgotten'] as const),
  ...(['progress', 'vaultClosed', 'closeFailed', 'traceChecked', 'offersKnown'] as const),
];

function behind<V, G>(about: {
  readonly state: AtSticks<V, G>;
  readonly event: Event<V, G>;
  readonly act: Act<V, G>;
}): Step<V, G> | null {
  const { state, event, act } = about;
  return fromTheSystem.includes(event.is) ? act(state.from, event) : null;
}

function leaving<V, G>(step: Step<V, G> | null): Step<V, G> | null {
  return step === null ? null : { ...step, effects: [{ do: 'forgetDisks' }, ...step.effects] };
}
