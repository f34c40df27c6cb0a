// Walks the machine from its start through what happens, for the tests that tell a person's way. Nothing here is shipped.
import type { Effect, Event, State } from './state';
import { transition } from './transition';

export type Told = Event<'vault', 'guest'>;

/** Where it leads, and what the last step asks for. Throws where the machine has no act for what happens. */
export function told(...given: readonly Told[]) {
  let state: State<'vault', 'guest'> = { at: 'starting' };
  let effects: readonly Effect<'vault', 'guest'>[] = [];
  for (const event of given) {
    const step: ReturnType<typeof transition<'vault', 'guest'>> = transition(state, event);
    if (step === null) throw new Error(`${state.at} has no act for ${event.is}`);
    ({ state, effects } = step);
  }
  return { state, effects };
}

export const does = (...given: readonly Told[]) => told(...given).effects.map((effect) => effect.do);
/** The step of set-up, or where else it stands. */
export const stepOf = (...given: readonly Told[]) => {
  const { state } = told(...given);
  return state.at === 'setup' ? state.on.step : state.at;
};
export const takes = (given: readonly Told[], event: Told): boolean =>
  transition(told(...given).state, event) !== null;
