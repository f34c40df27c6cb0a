// The acts of the bar and the control page while a guest is live: call them up, choose how the guest is shown and keep it
// or not, send it keys. None of them touches the guest's state, and every one leads back to the desktop.
import { trialSeconds } from '../../preload/contract/view';
import type { Awake, Effect, Event, State, Step } from './state';
import { showAgain } from './steps';

type Live<V, G> = State<V, G> & { at: 'live' };

/** Which key brings the controls is said for so long. */
const hintSeconds = 5;
/** So long the bar says that a backup disk is here. */
const nearbySeconds = 8;

/** The viewer covers its place: the desktop has the screen. */
export function ceded<V, G>(state: State<V, G> & { at: 'showing' }): Step<V, G> {
  const { trial } = state;
  const hint = state.awake.toldKey !== true && !state.awake.starting && trial === null;
  const awake: Awake<V, G> = { ...state.awake, toldKey: true };
  const bar: Effect<V, G>[] = [{ do: 'showBar', pinned: true }];
  return {
    state: { at: 'live', awake, controls: false, section: 'desktop', shuttingDown: false, trial, hint },
    effects: [
      { do: 'cede' },
      // Text on black comes now: without a word of ours it looks like a fault.
      ...(awake.starting || hint || trial !== null ? bar : []),
      ...(hint ? [{ do: 'wait', seconds: hintSeconds, of: 'hint' } as const] : []),
      ...(trial === null ? [] : [{ do: 'wait', seconds: trialSeconds, of: 'trial' } as const]),
    ],
  };
}

/** Null: none of these. */
export function controlActs<V, G>(state: Live<V, G>, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    // Whoever finds the bar's buttons or the control page has read what it says: it is not pinned again.
    case 'hotKey':
      return raised(state, state.section);
    case 'controlsAsked':
      return raised(state, event.section);
    case 'hideBarAsked':
      return { state: { ...told(state), hint: false }, effects: [{ do: 'hideBar' }] };
    case 'backAsked':
      return {
        state: { ...state, controls: false, section: 'desktop' },
        effects: [{ do: 'hideBar' }, { do: 'cede' }, ...askedStill(state)],
      };
    case 'keysAsked':
      return {
        state: { ...state, controls: false, section: 'desktop' },
        effects: [
          { do: 'hideBar' },
          { do: 'cede' },
          { do: 'sendKeys', guest: state.awake.guest, keys: event.keys },
        ],
      };
    case 'displayAsked':
      return shownAnew(told(state).awake, event.choice);
    case 'keepAsked':
      if (state.trial === null) return null;
      return event.keep ? kept(state) : shownAnew(state.awake);
    case 'backupNearby':
      // The page says it itself, and what was chosen by hand is asked about first.
      if (state.controls || state.trial !== null || state.awake.starting) return null;
      return {
        state: { ...state, hint: false },
        effects: [
          { do: 'showBar', pinned: true },
          { do: 'wait', seconds: nearbySeconds, of: 'nearby' },
        ],
      };
    case 'waited':
      return waited(state, event.of ?? '');
    case 'screensChanged':
      return shownAnew(state.awake, state.trial);
    default:
      return null;
  }
}

/** The control page comes over the guest. A trial goes on: it is taken back although nobody looks. */
function raised<V, G>(state: Live<V, G>, section: Live<V, G>['section']): Step<V, G> {
  return {
    state: { ...told(state), controls: true, section, hint: false },
    effects: [{ do: 'hideBar' }, { do: 'raise' }],
  };
}

function kept<V, G>(state: Live<V, G>): Step<V, G> {
  return {
    state: { ...state, trial: null },
    effects: [
      { do: 'rememberDisplay', vault: state.awake.vault },
      ...(state.controls ? [] : [{ do: 'hideBar' } as const]),
    ],
  };
}

function waited<V, G>(state: Live<V, G>, of: string): Step<V, G> | null {
  if (of === 'hint' && state.hint) {
    return { state: { ...state, hint: false }, effects: [{ do: 'unpinBar' }, { do: 'hideBar' }] };
  }
  if (of === 'nearby' && !state.controls && state.trial === null) {
    return { state, effects: [{ do: 'unpinBar' }, { do: 'hideBar' }] };
  }
  if (state.trial !== null && of === 'trial') return shownAnew(state.awake);
  return null;
}

/** Our own window covers the guest while it is shown in another way, or again. */
export function shownAnew<V, G>(awake: Awake<V, G>, trial: Live<V, G>['trial'] = null): Step<V, G> {
  const step = showAgain(awake, trial);
  return { ...step, effects: [{ do: 'hideBar' }, { do: 'raise' }, ...step.effects] };
}

/** A trial that still runs is asked about again. */
function askedStill<V, G>({ trial }: Live<V, G>): Effect<V, G>[] {
  return trial === null ? [] : [{ do: 'showBar', pinned: true }];
}

/** Whoever acts has read that the guest starts. */
export function told<V, G, S extends { readonly awake: Awake<V, G> }>(state: S): S {
  return { ...state, awake: { ...state.awake, starting: false } };
}
