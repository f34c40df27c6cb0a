// Several vaults are here: which one? Nothing of any is opened before its own secret was typed, and one that cannot be told
// from another, or cannot be read, cannot be chosen: it says why. Wrong tries count on from one vault to the next, so that
// going back and forth shortens no wait.
import type { AtVaults, Event, Step, VaultChoice, Wanting } from './state';
import { lookAgain, off } from './steps';

/** A closed vault was found: its secret is asked for. Several: the one used last, or the person says which. */
export function found<V, G>(
  choice: VaultChoice | undefined,
  before: Pick<Wanting, 'wants'> & { readonly wrongTries?: number },
): Step<V, G> {
  const { wrongTries = 0 } = before;
  const wants = before.wants === undefined ? {} : { wants: before.wants };
  if (choice !== undefined && choice.chosen === null)
    return { state: { at: 'vaults', vaults: choice.vaults, wrongTries, ...wants }, effects: [] };
  const which = choice === undefined ? {} : { choice };
  return {
    state: { at: 'locked', wrongTries, waitSeconds: 0, fault: null, ...wants, ...which },
    effects: [],
  };
}

export function vaultsActs<V, G>(state: AtVaults, event: Event<V, G>): Step<V, G> | null {
  const { vaults } = state;
  switch (event.is) {
    case 'vaultAsked': {
      const card = vaults.find(({ id }) => id === event.id);
      if (card === undefined || card.fault !== null) return null;
      const chosen = found<V, G>({ vaults, chosen: card.id }, state);
      return { ...chosen, effects: [{ do: 'chooseVault', id: card.id }] };
    }
    case 'exitAsked': {
      if (event.exit !== 'lookAgain') return null;
      const { wrongTries } = state;
      return lookAgain({ wrongTries, ...(state.wants === undefined ? {} : { wants: state.wants }) });
    }
    case 'switchOffAsked':
      return off();
    default:
      return null;
  }
}
