// The first run where a backup is brought back in place of a new guest: where it is, the recovery key from the paper, what
// of it; then a passphrase for the new vault, or building at once where the vault is made already (setup.ts has both).
// Address, paper and what the server wants to see lie in the performer; every way out of here says `forgetBackup`.
import type { Fault } from '../../preload/contract/fault';
import type { RestoreChoice, RestoreView } from '../../preload/contract/restore';
import type { Effect, Event, Inside, Restoring, SettingUp, Step } from './state';
import { begin, type Tracker } from './work';

const nothingSaid: Restoring = {
  ...{ place: null, keyed: false, asks: null, busy: null, found: null, choice: null },
};

export function beginRestoring<V, G>(state: SettingUp<V>): Step<V, G> {
  return step(state, { on: { step: 'where' }, restore: nothingSaid });
}

export function restoringActs<V, G>(state: SettingUp<V>, event: Event<V, G>): Step<V, G> | null {
  if (state.restore === null) return null;
  return state.on.step === 'where'
    ? whereActs(state, state.restore, event)
    : momentActs(state, state.restore, event);
}

function whereActs<V, G>(state: SettingUp<V>, restore: Restoring, event: Event<V, G>): Step<V, G> | null {
  const stay = (part: Partial<Restoring>, ...effects: Effect<V, G>[]): Step<V, G> =>
    step(state, { restore: { ...restore, ...part } }, effects);
  switch (event.is) {
    case 'backupFolderAsked':
      return restore.busy === null ? stay({ busy: 'picking' }, { do: 'pickBackupFolder' }) : null;
    case 'backupPlaced':
      if (restore.busy === 'reading') return null;
      return event.place === null
        ? stay({ busy: null })
        : stay({ busy: null, place: event.place, keyed: false, asks: null, found: null });
    case 'backupRefused':
      return step(state, { restore: { ...restore, busy: null }, fault: event.fault });
    case 'backupOpenAsked':
    case 'backupRetryAsked':
      if (restore.busy !== null || restore.place === null) return null;
      if (event.is === 'backupRetryAsked' && !restore.keyed) return null;
      return stay({ keyed: true, busy: 'reading' }, { do: 'readBackup' });
    case 'backupFound':
      return step(state, {
        on: { step: 'moments' },
        restore: { ...restore, busy: null, asks: null, found: event.found },
      });
    case 'backupUnread': {
      // Another paper is typed anew; a server that wants something first is asked once more with the same one.
      const part = { busy: null, asks: event.asks, keyed: event.asks !== null };
      const fault = event.fault.code === 'cancelled' || event.asks !== null ? null : event.fault;
      return step(state, { restore: { ...restore, ...part }, fault });
    }
    case 'cancelAsked':
      return restore.busy === 'reading' ? { state, effects: [{ do: 'cancelRestore' }] } : null;
    case 'setupBackAsked':
      if (restore.busy !== null) return null;
      // One question back: from the paper to the place, from the place out of here.
      if (restore.place !== null) return step(state, { restore: nothingSaid }, [{ do: 'forgetBackup' }]);
      return step(state, { on: before(state), restore: null }, [{ do: 'forgetBackup' }]);
    default:
      return null;
  }
}

function before<V>(state: SettingUp<V>): SettingUp<V>['on'] {
  return state.inside === null ? { step: 'language' } : { step: 'guest', picking: false };
}

function momentActs<V, G>(state: SettingUp<V>, restore: Restoring, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'backupChosen': {
      if (!mayComeBack(restore, event.choice)) return null;
      const chosen = { ...state, restore: { ...restore, choice: event.choice } };
      if (state.inside === null) return step(chosen, { on: { step: 'passphrase' } });
      return restoreGuests(chosen, state.inside, begin(['restore']));
    }
    case 'setupBackAsked':
      return step(state, { on: { step: 'where' }, restore: nothingSaid }, [{ do: 'forgetBackup' }]);
    default:
      return null;
  }
}

function mayComeBack({ found }: Restoring, choice: RestoreChoice): boolean {
  const chosen = choice === 'all' ? found?.whole : found?.moments[choice];
  return chosen?.fits === true;
}

/** A passphrase was taken: the new vault gets it, and the paper's recovery key. */
export function makeForBackup<V, G>(state: SettingUp<V>): Step<V, G> {
  const work = begin(['key', 'mount', 'restore']);
  return step(state, { on: { step: 'building', work, stop: null } }, [
    { do: 'makeVault', recovery: 'paper' },
  ]);
}

/** Into a vault that is made. */
export function restoreGuests<V, G>(state: SettingUp<V>, inside: Inside<V>, work: Tracker): Step<V, G> {
  const choice = state.restore?.choice ?? null;
  if (choice === null) return step(state, { on: { step: 'moments' } });
  const effect: Effect<V, G> = { do: 'restoreGuests', vault: inside.vault, choice };
  return step({ ...state, inside }, { on: { step: 'building', work, stop: null } }, [effect]);
}

/** The paper lay too long, and was wiped: the way begins anew. A restore that is under way goes on: it has its own. */
export function backupForgotten<V, G>(state: SettingUp<V>, fault: Fault): Step<V, G> | null {
  if (state.on.step === 'building') return null;
  return step(state, { on: { step: 'where' }, restore: nothingSaid, fault });
}

export function shownRestore({ place, keyed, asks, busy, found }: Restoring): RestoreView {
  return { place, keyed, asks, busy, found };
}

function step<V, G>(
  state: SettingUp<V>,
  change: Partial<Pick<SettingUp<V>, 'on' | 'restore' | 'fault'>>,
  effects: readonly Effect<V, G>[] = [],
): Step<V, G> {
  return { state: { ...state, fault: null, ...change }, effects };
}
