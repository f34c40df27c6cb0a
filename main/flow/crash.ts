// After a session that was never saved: the owner chooses between the last saved moment exactly as it was, and a fresh
// start with everything that was saved to disk since. Neither throws the other away, and leaving decides nothing.
import type { Exit } from '../../preload/contract/view';
import type { Event, State, Step } from './state';
import { leave, lost, wake } from './steps';

type AfterCrash<V, G> = State<V, G> & { at: 'afterCrash' };

export const crashExits: [Exit, ...Exit[]] = ['wakeExact', 'wakeSavedFiles'];

export function crashActs<V, G>(state: AfterCrash<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { inside, card } = state;
  switch (event.is) {
    case 'exitAsked':
      if (event.exit === 'wakeExact') return wake(inside, card.id, { is: 'exact' });
      if (event.exit === 'wakeSavedFiles') return wake(inside, card.id, { is: 'savedFiles' });
      return null;
    case 'switchOffAsked':
      return leave(inside, card);
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}
