// The exits of a fault: each is one act, offered only where the state still has what the act needs.
import type { Exit } from '../../preload/contract/view';
import { frozen, savedSince } from './live';
import type { Broken, Event, Saved, Step } from './state';
import { close, lookAgain, off, showAgain, suspend, wake } from './steps';
import { showMoments } from './timeline';
import { found } from './vaults';

export function brokenActs<V, G>(state: Broken<V, G>, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'exitAsked':
      return state.exits.includes(event.exit) ? givenUp(state, take(state, event.exit)) : null;
    case 'switchOffAsked':
      return state.exits.includes('switchOff') ? off() : null;
    default:
      return state.awake === null ? null : behindTheFault(state, event);
  }
}

/** A guest behind a fault screen may still end by itself. */
function behindTheFault<V, G>(state: Broken<V, G>, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'frozen':
      if (state.awake === null) return null;
      if (event.fault !== null) return frozen(state.awake, event.fault, event.older);
      return state.frozen ? showAgain(state.awake) : null;
    case 'checkpointed': {
      if (state.awake === null) return null;
      const awake = savedSince(state.awake, event.at);
      return { state: { ...state, awake, card: awake.card, savedAt: event.at }, effects: [] };
    }
    case 'guestDied': {
      const { inside, card, savedAt } = state;
      return {
        state: {
          at: 'fault',
          fault: event.fault,
          safe: 'oldGeneration',
          savedAt,
          exits: ['wakeAgain', 'closeVault'],
          inside,
          card,
          awake: null,
          older: null,
          frozen: false,
        },
        effects: [],
      };
    }
    case 'poweredOff':
      return closeIt(state, { why: 'poweredOff', at: event.at, writtenBytes: null, verified: false });
    case 'suspended': {
      const { at, writtenBytes, verified } = event;
      return closeIt(state, { why: 'suspended', at, writtenBytes, verified });
    }
    default:
      return null;
  }
}

function take<V, G>(state: Broken<V, G>, exit: Exit): Step<V, G> | null {
  switch (exit) {
    case 'lookAgain':
      return lookAgain();
    case 'unlockAgain':
      return found(state.choice, {});
    case 'wakeAgain':
      return state.inside === null || state.card === null ? null : wake(state.inside, state.card.id);
    case 'wakeOlder':
      if (state.inside === null || state.card === null || state.older === null) return null;
      return wake(state.inside, state.card.id, { is: 'older', number: state.older.number });
    case 'wakeExact':
    case 'wakeSavedFiles':
    case 'startAfresh':
    case 'chooseAnother':
      return null; // exits of other screens
    case 'showMoments':
      return state.inside === null || state.card === null ? null : showMoments(state.inside, state.card);
    case 'backToDesktop':
      return state.awake === null ? null : showAgain(state.awake);
    case 'suspend':
      return state.awake === null ? null : suspend(state.awake);
    case 'closeVault':
      return closeIt(state, {
        why: 'nothingOpened',
        at: state.savedAt ?? '',
        writtenBytes: null,
        verified: false,
      });
    case 'switchOff':
      return off();
  }
}

/** A guest that stands still is in the way of everything but itself: it ends first, unsaved. */
function givenUp<V, G>({ frozen, awake }: Broken<V, G>, step: Step<V, G> | null): Step<V, G> | null {
  if (!frozen || awake === null || step === null || step.state.at === 'showing') return step;
  return { ...step, effects: [{ do: 'drop', guest: awake.guest }, ...step.effects] };
}

function closeIt<V, G>(state: Broken<V, G>, saved: Saved): Step<V, G> | null {
  return state.inside === null ? null : close({ inside: state.inside, card: state.card, saved });
}
