// The story of the lock over a desktop that runs.
import { describe, expect, it } from 'vitest';
import type { Event, State } from './state';
import { card } from './timeline.fixture';
import { transition } from './transition';

type V = 'vault';
type G = 'guest';

const live: State<V, G> = {
  at: 'live',
  awake: {
    ...{ vault: 'vault', guests: [card], plainPassphraseFile: false },
    ...{
      guest: 'guest',
      card,
      since: '',
      returnsTo: null,
      streaming: null,
      starting: false,
      spaceLeft: null,
    },
  },
  controls: false,
  shuttingDown: false,
  section: 'desktop',
  trial: null,
  hint: false,
};

function played(...events: readonly Event<V, G>[]) {
  let state: State<V, G> = live;
  let done: string[] = [];
  for (const event of events) {
    const step = transition(state, event);
    if (step === null) throw new Error(`${state.at} has no ${event.is}`);
    state = step.state;
    done = step.effects.map((effect) => effect.do);
  }
  return { state, done };
}

const idled = (act: 'lock' | 'pause' | 'suspend'): Event<V, G> => ({ is: 'idled', act });
const tried: Event<V, G> = { is: 'unlockAsked', by: 'passphrase' };
const wrong: Event<V, G> = {
  is: 'proveFailed',
  fault: { code: 'wrongSecret', stage: 'test', message: 'made by the test' },
};

describe('a desktop that nobody touches', () => {
  it('is saved, and the vault closed, when the key USB that opened it is pulled', () => {
    const pulled: Event<V, G> = { is: 'keyPulled' };
    expect(played(pulled).state).toMatchObject({ at: 'suspending', next: 'leave' });
    expect(played(idled('lock'), pulled).state).toMatchObject({ at: 'suspending', next: 'leave' });
  });

  it('is covered, its viewer ends, and a right secret brings it back', () => {
    const locked = played(idled('lock'));
    expect(locked.state.at).toBe('idleLocked');
    expect(locked.done).toEqual(['hideBar', 'raise', 'endViewer']);
    expect(played(idled('lock'), tried).done).toEqual(['proveSecret']);
    const back = played(idled('lock'), tried, { is: 'proved' });
    expect(back.state.at).toBe('showing');
    expect(back.done).toEqual(['show']);
  });

  it('stands still where its owner chose that, and goes on before it is shown', () => {
    expect(played(idled('pause')).done).toEqual(['hideBar', 'raise', 'endViewer', 'pauseGuest']);
    expect(played(idled('pause'), tried, { is: 'proved' }).done).toEqual(['goOn', 'show']);
  });

  it('is saved where its owner chose that', () => {
    expect(played(idled('suspend')).state).toMatchObject({ at: 'suspending', next: 'leave' });
  });

  it('waits longer after each wrong secret, and takes none meanwhile', () => {
    const one = played(idled('lock'), tried, wrong).state;
    expect(one).toMatchObject({ at: 'idleLocked', wrongTries: 1, waitSeconds: 1, checking: null });
    expect(transition(one, tried)).toBeNull();
    const two = played(idled('lock'), tried, wrong, { is: 'waited' }, tried, wrong).state;
    expect(two).toMatchObject({ wrongTries: 2, waitSeconds: 2 });
  });

  it('can be saved without a secret, but shown, rolled back or shut down only with one', () => {
    const { state } = played(idled('lock'));
    expect(transition(state, { is: 'suspendAsked' })?.state.at).toBe('suspending');
    for (const event of [
      { is: 'backAsked' },
      { is: 'shutDownAsked' },
      { is: 'momentsAsked', id: null },
      { is: 'hotKey' },
      { is: 'edge' },
      { is: 'shown' },
    ] satisfies Event<V, G>[])
      expect(transition(state, event), event.is).toBeNull();
  });

  it('that ends behind the lock says so', () => {
    expect(played(idled('lock'), { is: 'poweredOff', at: '2026-01-02T03:04:05Z' }).state.at).toBe('closing');
    const died: Event<V, G> = {
      is: 'guestDied',
      fault: { code: 'guestDied', stage: 'test', message: 'made by the test' },
    };
    expect(played(idled('lock'), died).state.at).toBe('fault');
  });
});
