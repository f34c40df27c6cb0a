// The story of a battery that is almost empty under a desktop that is awake.
import { describe, expect, it } from 'vitest';
import { controls } from './controls.fixture';
import type { Event, State } from './state';
import { card } from './timeline.fixture';
import { toView } from './to-view';
import { transition } from './transition';

type V = 'vault';
type G = 'guest';

const live: State<V, G> = {
  at: 'live',
  awake: {
    ...{ vault: 'vault', guests: [card], plainPassphraseFile: false, guest: 'guest', card, since: '' },
    ...{ returnsTo: null, streaming: null, starting: false, spaceLeft: null },
  },
  ...{ controls: false, shuttingDown: false, section: 'desktop', trial: null, hint: false },
};
const empty: Event<V, G> = { is: 'battery', now: 'empty' };
const low: Event<V, G> = { is: 'battery', now: 'low' };
const mains: Event<V, G> = { is: 'battery', now: 'mains' };
const saved: Event<V, G> = { is: 'suspended', at: 'now', writtenBytes: 5, verified: true };

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

const viewOf = (state: State<V, G>) =>
  toView(state, {
    ...{ place: 'desk', home: '/h', version: '0', testBuild: false, hazards: [], controls },
    look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
    ...{ keyboard: null, remembered: false, reader: 'off' },
  });

describe('a battery that is almost empty', () => {
  it('puts the desktop to sleep as the button does, and says why to the last screen', () => {
    const asked = played({ is: 'suspendAsked' });
    const slept = played(empty);
    expect(slept.done).toEqual(asked.done);
    expect(viewOf(slept.state).story).toMatchObject({ state: 'suspending', battery: 'empty' });
    const closing = played(empty, saved);
    expect(closing.done).toContain('closeVault');
    expect(viewOf(closing.state).story).toMatchObject({ battery: 'empty' });
    const last = played(empty, saved, { is: 'vaultClosed' });
    expect(viewOf(last.state).story).toMatchObject({ state: 'safe', why: 'suspended', forBattery: true });
    const byHand = played({ is: 'suspendAsked' }, saved, { is: 'vaultClosed' });
    expect(viewOf(byHand.state).story).toMatchObject({ forBattery: false });
  });

  it('offers a way back only once the mains feeds the PC', () => {
    const sleeping = played(empty).state;
    expect(transition(sleeping, { is: 'cancelAsked' })).toBeNull();
    const fed = played(empty, mains);
    expect(viewOf(fed.state).story).toMatchObject({ battery: 'onMains' });
    expect(transition(fed.state, { is: 'cancelAsked' })?.effects).toMatchObject([{ do: 'cancelSuspend' }]);
  });

  it('does it behind the lock, the control page, the ways into the vault and a failure too', () => {
    for (const event of [
      { is: 'idled', act: 'lock' },
      { is: 'hotKey' },
      { is: 'waysAsked' },
      { is: 'viewerDied', fault: { code: 'bug', stage: 'test', message: 'made by the test' }, again: false },
    ] as const) {
      expect(played(event, empty).state, event.is).toMatchObject({ at: 'suspending', battery: 'empty' });
    }
  });

  it('waits while a secret is looked at, and does nothing where no desktop is awake', () => {
    const proving = played({ is: 'idled', act: 'lock' }, { is: 'unlockAsked', by: 'passphrase' });
    expect(transition(proving.state, empty)).toBeNull();
    expect(transition({ at: 'looking' }, empty)).toBeNull();
    expect(transition(played(empty).state, empty)).toBeNull();
  });

  it('is only told where it was so at waking: once, by the bar, until the mains feeds the PC', () => {
    const told = played(low);
    expect(told.done).toEqual(['showBar']);
    expect(viewOf(told.state)).toMatchObject({ story: { state: 'live' }, hazards: ['batteryLow'] });
    expect(played(low, low).done).toEqual([]);
    expect(played({ is: 'hotKey' }, low).done).toEqual([]);
    expect(viewOf(played(low, mains).state).hazards).toEqual([]);
  });
});
