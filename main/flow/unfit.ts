// This PC cannot wake the guest, and nothing was changed. Out of here: start it from its disk where that is possible,
// another guest where there is one, or close the vault and take it to another PC.
import type { Exit } from '../../preload/contract/view';
import type { Event, State, Step } from './state';
import { leave, lost, wake } from './steps';
import { showMoments } from './timeline';

type Unfit<V, G> = State<V, G> & { at: 'unfit' };

/** What is offered, the first as the primary: going back is harmless, so it stands first. */
export function unfitExits<V, G>({ inside, fit }: Unfit<V, G>): Exit[] {
  // What lacks is room, and that can be made here.
  const full = fit.reasons.some(({ code }) => code === 'spaceShort');
  return [
    ...(full ? (['showMoments'] as const) : []),
    'closeVault',
    ...(fit.canStartAfresh ? (['startAfresh'] as const) : []),
    ...(inside.guests.length > 1 ? (['chooseAnother'] as const) : []),
  ];
}

export function unfitActs<V, G>(state: Unfit<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { inside, card } = state;
  switch (event.is) {
    case 'exitAsked':
      if (!unfitExits(state).includes(event.exit)) return null;
      if (event.exit === 'startAfresh') return wake(inside, card.id, { is: 'afresh' });
      if (event.exit === 'chooseAnother') return { state: { at: 'choosing', inside }, effects: [] };
      if (event.exit === 'showMoments') return showMoments(inside, card);
      return leave(inside, card);
    case 'switchOffAsked':
      return leave(inside, card);
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}
