// The guest's saved moments, while it sleeps in an open vault: go back to one, make room, leave. Going back names the
// moment only when it is woken, and throws nothing away. Making room takes what the screen told, and nothing else.
import type { Progress } from '../../preload/contract/progress';
import type { Exit, GuestCard } from '../../preload/contract/view';
import type { Event, Inside, State, Step } from './state';
import { leave, lost, showWays, wake } from './steps';
import { advance, begin, plans } from './work';

type Shown<V, G> = State<V, G> & { at: 'timeline' };

/** The moments are read first: the screen says so meanwhile. */
export function showMoments<V, G>(inside: Inside<V>, card: GuestCard): Step<V, G> {
  return {
    state: { at: 'timeline', inside, card, timeline: null, work: null, freedBytes: null, fault: null },
    effects: [{ do: 'readMoments', vault: inside.vault, id: card.id }],
  };
}

/** Another guest, where there is one. Leaving is the tool at the top. While room is made there is no other way. */
export function timelineExits<V, G>({ inside, work }: Shown<V, G>): Exit[] {
  return inside.guests.length > 1 && work === null ? ['chooseAnother'] : [];
}

export function timelineActs<V, G>(state: Shown<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { inside, card } = state;
  if (state.work !== null) return makingRoomActs(state, event);
  switch (event.is) {
    case 'momentsRead': {
      const guests = inside.guests.map((guest) => (guest.id === event.card.id ? event.card : guest));
      const { timeline } = event;
      return {
        state: { ...state, inside: { ...inside, guests }, card: event.card, timeline },
        effects: [],
      };
    }
    case 'momentsFailed':
      return { state: { ...state, fault: event.fault }, effects: [] };
    case 'momentAsked':
      return wakeMoment(state, event.number);
    case 'makeRoomAsked':
      if (state.timeline === null || state.timeline.room === null) return null;
      return {
        state: { ...state, work: begin(plans.makeRoom), freedBytes: null, fault: null },
        effects: [{ do: 'makeRoom', vault: inside.vault, id: card.id }],
      };
    case 'waysAsked':
      return showWays({ inside, card, awake: null });
    case 'exitAsked':
      if (!timelineExits(state).includes(event.exit)) return null;
      return { state: { at: 'choosing', inside }, effects: [] };
    case 'switchOffAsked':
      return leave(inside, card);
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}

function makingRoomActs<V, G>(state: Shown<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { inside, card } = state;
  /** What is there now is read anew; the old list stays on the screen until then. */
  const readAgain = { do: 'readMoments', vault: inside.vault, id: card.id } as const;
  switch (event.is) {
    case 'progress':
      return { state: worked(state, event.progress, event.seconds), effects: [] };
    case 'cancelAsked':
      return state.work?.reversible ? { state, effects: [{ do: 'cancelMakeRoom' }] } : null;
    case 'roomMade':
      return { state: { ...state, work: null, freedBytes: event.freedBytes }, effects: [readAgain] };
    case 'roomFailed': {
      const fault = event.fault.code === 'cancelled' ? null : event.fault;
      return { state: { ...state, work: null, fault }, effects: [readAgain] };
    }
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}

function worked<V, G>(state: Shown<V, G>, progress: Progress, seconds: number): Shown<V, G> {
  return { ...state, work: state.work === null ? null : advance(state.work, progress, seconds) };
}

/** The present one wakes as it was left; another one is named first. What is damaged wakes nobody. */
function wakeMoment<V, G>(state: Shown<V, G>, number: number): Step<V, G> | null {
  const { inside, card, timeline } = state;
  const moment = timeline?.moments.find((each) => each.number === number);
  if (timeline === null || moment === undefined || moment.kind === 'damaged') return null;
  if (number === timeline.present) return wake(inside, card.id);
  const suspendedAt = moment.kind === 'suspended' ? moment.at : null;
  const guests = inside.guests.map((guest) => (guest.id === card.id ? { ...guest, suspendedAt } : guest));
  return wake({ ...inside, guests }, card.id, { is: 'older', number });
}
