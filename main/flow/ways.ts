// The ways into an open vault: list, add, change, remove; and when it locks. Every edit asks for a secret again, so no
// viewer lives meanwhile; a guest that runs goes on behind the page. Leaving throws away what was drawn and not added.
import { savedSince, whileAwake } from './live';
import type { AtWays, Effect, Event, Step } from './state';
import { bareCard, leave, lost, showAgain, suspend } from './steps';
import { showMoments } from './timeline';
import { waitAfter } from './wait';

export function waysActs<V, G>(state: AtWays<V, G>, event: Event<V, G>): Step<V, G> | null {
  const { inside, awake, card, busy } = state;
  const stay = (part: Partial<AtWays<V, G>>, ...effects: Effect<V, G>[]): Step<V, G> => ({
    state: { ...state, ...part },
    effects,
  });
  switch (event.is) {
    case 'waysRead':
      return stay({ told: event.ways });
    case 'waysFailed':
      return stay({ fault: event.fault });
    case 'waysLeft':
      return busy ? null : left(state);
    case 'keyFolderAsked':
      return busy ? null : stay({}, { do: 'pickKeyFolder' });
    case 'keyFolderPicked':
      return stay(event.folder === null ? {} : { folder: event.folder, fault: null });
    case 'newRecoveryAsked':
      return busy ? null : stay({ done: null, fault: null }, { do: 'drawRecovery' });
    case 'newRecoveryDrawn':
      return stay({ asked: event.asked });
    case 'settingsAsked':
      if (busy || state.told === null) return null;
      return stay(
        { told: { ...state.told, settings: event.settings } },
        { do: 'saveSettings', vault: inside.vault, settings: event.settings },
      );
    case 'wayEditAsked':
      if (busy || state.waitSeconds > 0 || state.told === null) return null;
      return stay({ busy: true, fault: null, done: null }, { do: 'editWay', vault: inside.vault });
    case 'wayEdited': {
      const fresh = { folder: null, asked: null, fault: null, wrongTries: 0 };
      return stay({ busy: false, told: event.ways, done: event.done, ...fresh });
    }
    case 'wayEditFailed': {
      const wrong = event.fault.code === 'wrongSecret';
      const wrongTries = state.wrongTries + (wrong ? 1 : 0);
      const waitSeconds = wrong ? waitAfter(wrongTries) : 0;
      const waits: Effect<V, G>[] = waitSeconds > 0 ? [{ do: 'wait', seconds: waitSeconds }] : [];
      return stay({ busy: false, fault: event.fault, wrongTries, waitSeconds }, ...waits);
    }
    case 'waited':
      return stay({ waitSeconds: 0 });
    case 'switchOffAsked':
      if (busy || awake !== null) return null;
      return forgetting(leave(inside, card ?? bareCard('none', '')));
    case 'keyPulled':
      if (busy) return null;
      return forgetting(awake === null ? leave(inside, card ?? bareCard('none', '')) : suspend(awake));
    case 'checkpointed':
      return awake === null ? null : stay({ awake: savedSince(awake, event.at) });
    case 'vaultLost':
      return forgetting(lost(event.fault));
    default: {
      const ended = awake === null ? null : whileAwake(awake, event);
      return ended === null ? null : forgetting(ended);
    }
  }
}

/** Back to where it was asked for. */
function left<V, G>({ inside, card, awake }: AtWays<V, G>): Step<V, G> {
  if (awake !== null) return forgetting(showAgain(awake));
  if (card !== null) return forgetting(showMoments(inside, card));
  return forgetting({ state: { at: 'choosing', inside }, effects: [] });
}

function forgetting<V, G>({ state, effects }: Step<V, G>): Step<V, G> {
  return { state, effects: [{ do: 'forgetWays' }, ...effects] };
}
