// The pure machine: transition(state, event) -> { state, effects }. One table of acts a state. An event that a state has no
// act for changes nothing (`null`): the caller says so to who asked. A failure is a state with exits; from no state is a
// person stuck (transition.test.ts walks it).
//
//   starting > looking > setup > waking ...           (no vault, or none with a guest: setup.ts)
//                      > vaults                        (several: vaults.ts)
//                      > locked > opening > choosing > timeline > waking > showing > live > suspending > closing > safe
//                      > showing                       (a guest runs already: adopted)
import type { Fault } from '../../preload/contract/fault';
import type { Exit } from '../../preload/contract/view';
import type { Older } from '../../preload/contract/waking';
import { batteryTold } from './battery';
import { brokenActs } from './broken';
import { crashActs } from './crash';
import { idleLockedActs } from './idle-lock';
import { closingActs, desktopUp, liveActs, showingActs, spaceTold, suspendingActs } from './live';
import { firstRun, goOnSettingUp, setupActs } from './setup';
import type { Event, Inside, Running, State, Step, Wanting } from './state';
import { bareCard, broken, close, leave, lookAgain, lost, off, show, showWays, wake } from './steps';
import { showSticks, sticksActs } from './sticks';
import { showMoments, timelineActs } from './timeline';
import { unfitActs } from './unfit';
import { found, vaultsActs } from './vaults';
import { waitAfter } from './wait';
import { waysActs } from './ways';
import { advance, begin, plans } from './work';

/** Faults of a try to open that belong beside the field; all others get a screen of their own. */
const besideTheField: readonly Fault['code'][] = [
  'wrongSecret',
  'missingKey',
  'damagedKeyFile',
  'cancelled',
  'secretTooShort',
  'mistypedKey',
];

export function transition<V, G>(state: State<V, G>, event: Event<V, G>): Step<V, G> | null {
  if (event.is === 'desktopUp') return desktopUp(state);
  if (event.is === 'space') return spaceTold(state, event.left);
  if (event.is === 'battery') return batteryTold({ state, now: event.now, act: transition });
  if (event.is === 'sticksAsked') return showSticks(state);
  switch (state.at) {
    case 'starting':
      return event.is === 'started'
        ? { state: { at: 'looking' }, effects: [{ do: 'raise' }, { do: 'look' }] }
        : null;
    case 'looking':
      return lookingActs(state, event);
    case 'setup':
      return setupActs(state, event);
    case 'vaults':
      return vaultsActs(state, event);
    case 'locked':
      return lockedActs(state, event);
    case 'opening':
      return openingActs(state, event);
    case 'choosing':
      return choosingActs(state, event);
    case 'waking':
      return wakingActs(state, event);
    case 'timeline':
      return timelineActs(state, event);
    case 'unfit':
      return unfitActs(state, event);
    case 'afterCrash':
      return crashActs(state, event);
    case 'showing':
      return showingActs(state, event);
    case 'live':
      return liveActs(state, event);
    case 'ways':
      return waysActs(state, event);
    case 'sticks':
      return sticksActs({ state, event, act: transition });
    case 'idleLocked':
      return idleLockedActs(state, event);
    case 'suspending':
      return suspendingActs(state, event);
    case 'closing':
      return closingActs(state, event);
    case 'safe':
      if (event.is === 'wakeAsked') return lookAgain();
      if (event.is === 'momentsAsked') return lookAgain({ wants: 'moments' });
      if (event.is === 'traceChecked') return { state: { ...state, trace: event.trace }, effects: [] };
      return event.is === 'switchOffAsked' ? off() : null;
    case 'poweringOff':
      return null;
    case 'fault':
      return brokenActs(state, event);
  }
}

function lookingActs<V, G>(state: State<V, G> & { at: 'looking' }, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'foundNothing':
      return firstRun();
    case 'foundVault':
      return found(event.choice, state);
    case 'foundOpen':
      return entered(event, wantingOf(state));
    case 'lookFailed':
      return {
        state: broken({ fault: event.fault, safe: 'nothingOpened', exits: ['lookAgain', 'switchOff'] }),
        effects: [],
      };
    case 'switchOffAsked':
      return off();
    default:
      return null;
  }
}

function lockedActs<V, G>(state: State<V, G> & { at: 'locked' }, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'unlockAsked':
      if (state.waitSeconds > 0) return null;
      return {
        state: {
          at: 'opening',
          by: event.by,
          wrongTries: state.wrongTries,
          work: begin(plans.open),
          ...wantingOf(state),
        },
        effects: [{ do: 'openVault', by: event.by }],
      };
    case 'waited':
      return { state: { ...state, waitSeconds: 0 }, effects: [] };
    case 'otherVaultAsked':
      if (state.waitSeconds > 0 || state.choice === undefined) return null;
      return found({ ...state.choice, chosen: null }, state);
    case 'switchOffAsked':
      return off();
    default:
      return null;
  }
}

function openingActs<V, G>(state: State<V, G> & { at: 'opening' }, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'progress':
      return { state: { ...state, work: advance(state.work, event.progress, event.seconds) }, effects: [] };
    case 'cancelAsked':
      return { state, effects: [{ do: 'cancelOpen' }] };
    case 'vaultOpened':
      return entered(event, wantingOf(state));
    case 'openFailed':
      return openFailed(state, event);
    default:
      return null;
  }
}

function openFailed<V, G>(
  state: State<V, G> & { at: 'opening' },
  { fault, keys = [] }: Extract<Event<V, G>, { is: 'openFailed' }>,
): Step<V, G> {
  if (!besideTheField.includes(fault.code)) {
    return {
      state: broken({
        ...{ fault, safe: 'nothingOpened', choice: state.choice },
        exits: ['unlockAgain', 'lookAgain', 'switchOff'],
      }),
      effects: [],
    };
  }
  const wrong = fault.code === 'wrongSecret';
  const wrongTries = state.wrongTries + (wrong ? 1 : 0);
  const waitSeconds = wrong ? waitAfter(wrongTries) : 0;
  return {
    state: {
      ...{ at: 'locked', wrongTries, waitSeconds, fault: fault.code === 'cancelled' ? null : fault },
      keys,
      ...wantingOf(state),
    },
    effects: waitSeconds > 0 ? [{ do: 'wait', seconds: waitSeconds }] : [],
  };
}

/** A vault is open: a guest that runs already is shown, one guest is woken, several are offered, without one set-up goes on. */
function entered<V, G>(
  opened: { readonly inside: Inside<V>; readonly running: Running<G> | null },
  { wants }: Wanting,
): Step<V, G> {
  const { inside, running } = opened;
  if (running !== null) return show(inside, running, begin(['show']));
  const [only, ...others] = inside.guests;
  if (only === undefined) return goOnSettingUp(inside);
  if (others.length > 0) return { state: { at: 'choosing', inside }, effects: [] };
  return wants === 'moments' ? showMoments(inside, only) : wake(inside, only.id);
}

function wantingOf({ wants, choice }: Wanting): Wanting {
  return { ...(wants === undefined ? {} : { wants }), ...(choice === undefined ? {} : { choice }) };
}

function choosingActs<V, G>(state: State<V, G> & { at: 'choosing' }, event: Event<V, G>): Step<V, G> | null {
  const { inside } = state;
  switch (event.is) {
    case 'chooseAsked':
      return inside.guests.some((guest) => guest.id === event.id) ? wake(inside, event.id) : null;
    case 'waysAsked':
      return showWays({ inside, card: null, awake: null });
    case 'momentsAsked': {
      const card = inside.guests.find((guest) => guest.id === event.id);
      return card === undefined ? null : showMoments(inside, card);
    }
    case 'switchOffAsked':
      return close({
        inside,
        card: null,
        saved: { why: 'nothingOpened', at: event.at, writtenBytes: null, verified: false },
      });
    case 'keyPulled':
      return leave(inside, bareCard('none', ''));
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}

/** What is damaged will not mend by waking it again; a disk that answered badly once may. */
function exitsOf(fault: Fault, older: Older | null): [Exit, ...Exit[]] {
  if (fault.code === 'full') return ['showMoments', 'wakeAgain', 'closeVault'];
  if (older !== null) return ['wakeOlder', 'wakeAgain', 'closeVault'];
  return fault.code.startsWith('damaged') ? ['closeVault', 'wakeAgain'] : ['wakeAgain', 'closeVault'];
}

function wakingActs<V, G>(state: State<V, G> & { at: 'waking' }, event: Event<V, G>): Step<V, G> | null {
  const { inside, card } = state;
  switch (event.is) {
    case 'progress':
      return { state: { ...state, work: advance(state.work, event.progress, event.seconds) }, effects: [] };
    case 'cancelAsked':
      return state.cancelled
        ? null
        : { state: { ...state, cancelled: true }, effects: [{ do: 'cancelRun' }] };
    case 'guestRuns':
      return show(inside, event.running, state.work);
    // Asked before anything was changed. Who has stopped it meanwhile is not asked any more.
    case 'unfit':
      if (state.cancelled) return leave(inside, card);
      return { state: { at: 'unfit', inside, card, fit: event.fit }, effects: [] };
    case 'crashed':
      if (state.cancelled) return leave(inside, card);
      return {
        state: { at: 'afterCrash', inside, card, savedAt: event.savedAt, until: event.until },
        effects: [],
      };
    case 'runFailed':
      // Stopped by the person: nothing is wrong. The vault closes and the screen says so.
      if (state.cancelled) return leave(inside, card);
      return {
        state: broken({
          fault: event.fault,
          safe: 'oldGeneration',
          savedAt: card.suspendedAt,
          exits: exitsOf(event.fault, event.older ?? null),
          older: event.older ?? null,
          inside,
          card,
        }),
        effects: [],
      };
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}
