// Runs the flow: holds the one state, applies events in order, hands effects on, publishes after each step.
// Quick effects (raise, end the viewer, ...) are awaited in order, so that a later effect never starts while a viewer
// is still alive; long ones (open, run, suspend) report back by events and are not waited for.
import type { Effect, Event, State } from './flow/state';
import { transition } from './flow/transition';

export interface Story<V, G> {
  /** False: the present state has no such act, nothing happened. */
  send(event: Event<V, G>): boolean;
  state(): State<V, G>;
}

export function tellStory<V, G>(about: {
  /** Starts an effect; the promise is awaited before the next effect. Failures are events. */
  readonly perform: (effect: Effect<V, G>) => Promise<void>;
  /** An effect threw, which is a bug of ours; the effects after it are carried out all the same. */
  readonly onBug: (error: unknown) => void;
  readonly publish: (state: State<V, G>) => void;
}): Story<V, G> {
  let state: State<V, G> = { at: 'starting' };
  let queue = Promise.resolve();
  return {
    send: (event) => {
      const step = transition(state, event);
      if (step === null) return false;
      state = step.state;
      about.publish(state);
      for (const effect of step.effects) queue = queue.then(() => about.perform(effect)).catch(about.onBug);
      return true;
    },
    state: () => state,
  };
}
