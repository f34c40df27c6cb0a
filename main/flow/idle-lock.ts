// The lock over a desktop that runs: nobody touched it for as long as its owner chose. The viewer ends before the
// passphrase is asked, the guest goes on behind the lock or stands still, and a right secret brings it back. Saving it
// needs no secret: it ends with a closed vault.
import { whileAwake } from './live';
import type { Effect, Event, IdleLocked, Step } from './state';
import { showAgain, suspend } from './steps';
import { waitAfter } from './wait';

export function idleLockedActs<V, G>(state: IdleLocked<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { awake } = state;
  switch (event.is) {
    case 'unlockAsked':
      if (state.waitSeconds > 0 || state.checking !== null) return null;
      return {
        state: { ...state, checking: event.by, fault: null },
        effects: [{ do: 'proveSecret', by: event.by }],
      };
    case 'cancelAsked':
      return state.checking === null ? null : { state, effects: [{ do: 'cancelProve' }] };
    case 'proved': {
      const shown = showAgain(awake);
      const goesOn: Effect<V, G>[] = state.paused ? [{ do: 'goOn', guest: awake.guest }] : [];
      return { state: shown.state, effects: [...goesOn, ...shown.effects] };
    }
    case 'proveFailed': {
      const wrong = event.fault.code === 'wrongSecret';
      const wrongTries = state.wrongTries + (wrong ? 1 : 0);
      const waitSeconds = wrong ? waitAfter(wrongTries) : 0;
      const fault = event.fault.code === 'cancelled' ? null : event.fault;
      return {
        state: { ...state, checking: null, wrongTries, waitSeconds, fault, keys: event.keys ?? [] },
        effects: waitSeconds > 0 ? [{ do: 'wait', seconds: waitSeconds }] : [],
      };
    }
    case 'waited':
      return { state: { ...state, waitSeconds: 0 }, effects: [] };
    case 'suspendAsked':
      if (state.checking !== null) return null;
      return suspend(awake);
    case 'keyPulled':
      return state.checking === null ? suspend(awake) : null;
    case 'checkpointed': {
      const card = { ...awake.card, suspendedAt: event.at };
      return { state: { ...state, awake: { ...awake, card, returnsTo: event.at } }, effects: [] };
    }
    default:
      return whileAwake(awake, event);
  }
}
