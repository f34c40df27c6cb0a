// What this PC's battery does to a desktop that is awake: the person is told that it is almost empty, and the desktop goes
// to sleep by the same way as by the button. Nobody need be there. A way back is offered only once the mains feeds the PC,
// or the next minutes would end unsaved.
import type { Awake, Event, State, Step } from './state';

/** `act`: the machine, for the way that the state has of leaving. Null: not in this state; it is asked again later. */
export function batteryTold<V, G>(about: {
  readonly state: State<V, G>;
  readonly now: 'low' | 'empty' | 'mains';
  readonly act: (state: State<V, G>, event: Event<V, G>) => Step<V, G> | null;
}): Step<V, G> | null {
  const { state, now, act } = about;
  if (!('awake' in state) || state.awake === null) return null;
  const { awake } = state;
  switch (now) {
    case 'low': {
      if (state.at === 'suspending') return null; // says why it is there
      const told = state.at === 'live' && !state.controls && awake.batteryLow === undefined;
      return {
        state: { ...state, awake: { ...awake, batteryLow: true } },
        effects: told ? [{ do: 'showBar', pinned: true }] : [],
      };
    }
    case 'mains': {
      const fed = { ...state, awake: withoutBattery(awake) };
      if (fed.at !== 'suspending' || fed.battery === undefined) return { state: fed, effects: [] };
      return { state: { ...fed, battery: 'onMains' }, effects: [] };
    }
    case 'empty': {
      if (state.at === 'suspending') return null;
      // Behind a failure the guest runs on only where that screen offers to suspend it.
      const leaves: Event<V, G> =
        state.at === 'fault' ? { is: 'exitAsked', exit: 'suspend' } : { is: 'keyPulled' };
      const step = act(state, leaves);
      if (step?.state.at !== 'suspending') return null;
      return { ...step, state: { ...step.state, battery: 'empty' } };
    }
  }
}

function withoutBattery<V, G>({ batteryLow: _, ...awake }: Awake<V, G>): Awake<V, G> {
  return awake;
}
