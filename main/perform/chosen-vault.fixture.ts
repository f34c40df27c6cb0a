// A place whose one vault lies in /home, for tests that are about something else. Nothing here is shipped.
import { ok } from '../../preload/contract/result';
import { type ChosenVault, chosenVault } from './chosen-vault';

export function oneVault(): ChosenVault {
  return chosenVault({
    place: '/home',
    survey: async () => ok([]),
    memory: { lastVault: () => null, usedVault: () => {} },
  });
}
