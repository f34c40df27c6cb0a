// The timeline's part of the machine: how a person gets there, goes back and forward, and makes room.
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../preload/contract/fault';
import type { Progress } from '../../preload/contract/progress';
import { controls } from './controls.fixture';
import type { Event, Inside, State, Step } from './state';
import { bareCard } from './steps';
import { card, spaceShort, timeline } from './timeline.fixture';
import { toView } from './to-view';
import { transition } from './transition';

type V = 'vault';
type G = 'guest';
const inside: Inside<V> = { vault: 'vault', guests: [card], plainPassphraseFile: false };
const several: Inside<V> = { ...inside, guests: [card, bareCard('witness', 'Witness')] };
const read: Event<V, G> = { is: 'momentsRead', timeline, card };
const full: Fault = { code: 'full', stage: 'test', message: 'made by the test' };
const merging = (reversible: boolean): Event<V, G> => {
  const progress: Progress = {
    ...{ stage: 'merge', done: 1, total: 2, unit: 'steps', secondsLeft: null },
    reversible,
  };
  return { is: 'progress', seconds: 10, progress };
};

function walk(from: State<V, G>, ...told: Event<V, G>[]): Step<V, G> {
  let step: Step<V, G> = { state: from, effects: [] };
  for (const event of told) {
    const next: Step<V, G> | null = transition(step.state, event);
    if (next === null) throw new Error(`${step.state.at} has no act for ${event.is}`);
    step = next;
  }
  return step;
}

const choosing: State<V, G> = { at: 'choosing', inside: several };
const shown = walk(choosing, { is: 'momentsAsked', id: 'debian' }, read).state;

describe('the saved moments of a guest', () => {
  it('are read when they are asked for, and several guests can be chosen from again', () => {
    const asked = walk(choosing, { is: 'momentsAsked', id: 'debian' });
    expect(asked.effects).toEqual([{ do: 'readMoments', vault: 'vault', id: 'debian' }]);
    expect(walk(shown, { is: 'exitAsked', exit: 'chooseAnother' }).state.at).toBe('choosing');
    expect(transition(choosing, { is: 'momentsAsked', id: 'nobody' })).toBeNull();
  });

  it('are shown before a guest of a vault that was just closed wakes, after the passphrase', () => {
    const safe: State<V, G> = {
      at: 'safe',
      saved: { why: 'suspended', at: '2026-01-02T05:00:00Z', writtenBytes: 5, verified: true },
      ...{ vaultClosed: true, canWake: true, plainPassphraseFile: false, trace: null },
    };
    const wrong: Event<V, G> = { is: 'openFailed', fault: { ...full, code: 'wrongSecret' } };
    const unlock: Event<V, G> = { is: 'unlockAsked', by: 'passphrase' };
    const asked = walk(safe, { is: 'momentsAsked', id: null }, { is: 'foundVault' }, unlock, wrong);
    const opened = walk(asked.state, { is: 'waited' }, unlock, { is: 'vaultOpened', inside, running: null });
    expect(opened.effects).toMatchObject([{ do: 'readMoments' }]);
  });

  it('a guest that runs is saved first, and its vault stays open', () => {
    const running = { guest: 'guest', card, since: '2026-01-02T04:00:00Z', returnsTo: null } as const;
    const live: State<V, G> = {
      ...{ at: 'live', controls: true, section: 'desktop', shuttingDown: false, trial: null, hint: false },
      awake: { ...inside, ...running, streaming: null, starting: false, spaceLeft: null },
    };
    const asked = walk(live, { is: 'momentsAsked', id: null });
    expect(asked.effects.map((effect) => effect.do)).toContain('suspend');
    const saved: Event<V, G> = {
      ...{ is: 'suspended', at: '2026-01-02T05:00:00Z', writtenBytes: 5 },
      verified: true,
    };
    const done = walk(asked.state, saved);
    expect(done.state).toMatchObject({ at: 'timeline', card: { suspendedAt: '2026-01-02T05:00:00Z' } });
    expect(done.effects).toEqual([{ do: 'readMoments', vault: 'vault', id: 'debian' }]);
  });

  it('the present one wakes as it was left, an older one is named by its number and its time', () => {
    expect(walk(shown, { is: 'momentAsked', number: 4 }).effects).toMatchObject([{ from: { is: 'asLeft' } }]);
    const older = walk(shown, { is: 'momentAsked', number: 3 });
    expect(older.effects).toMatchObject([{ from: { is: 'older', number: 3 } }]);
    expect(older.state).toMatchObject({ at: 'waking', card: { suspendedAt: '2026-01-01T03:04:05Z' } });
    const off = walk(shown, { is: 'momentAsked', number: 0 });
    expect(off.state).toMatchObject({ card: { suspendedAt: null } });
  });

  it('what is damaged or not there wakes nobody', () => {
    expect(transition(shown, { is: 'momentAsked', number: 5 })).toBeNull();
    expect(transition(shown, { is: 'momentAsked', number: 99 })).toBeNull();
  });
});

describe('making room', () => {
  const making = walk(shown, { is: 'makeRoomAsked' });

  it('is for what the screen told, and nothing is told where nothing would come free', () => {
    expect(making.effects).toEqual([{ do: 'makeRoom', vault: 'vault', id: 'debian' }]);
    const none = walk(shown, { ...read, timeline: { ...timeline, room: null } }).state;
    expect(transition(none, { is: 'makeRoomAsked' })).toBeNull();
  });

  it('can be stopped while its merge can be taken back, and leaves no other way meanwhile', () => {
    const early = walk(making.state, merging(true)).state;
    expect(walk(early, { is: 'cancelAsked' }).effects).toEqual([{ do: 'cancelMakeRoom' }]);
    expect(transition(walk(early, merging(false)).state, { is: 'cancelAsked' })).toBeNull();
    expect(transition(early, { is: 'momentAsked', number: 4 })).toBeNull();
    expect(transition(early, { is: 'switchOffAsked', at: '2026-01-02T05:00:00Z' })).toBeNull();
  });

  it('reads the moments anew however it ends, and says what came of it', () => {
    const done = walk(making.state, { is: 'roomMade', freedBytes: 9 });
    expect(done.state).toMatchObject({ work: null, freedBytes: 9, fault: null });
    expect(done.effects).toMatchObject([{ do: 'readMoments' }]);
    const stopped = walk(making.state, { is: 'roomFailed', fault: { ...full, code: 'cancelled' } });
    expect(stopped.state).toMatchObject({ fault: null });
    expect(walk(making.state, { is: 'roomFailed', fault: full }).state).toMatchObject({ fault: full });
  });

  it('is offered first where a full vault keeps a guest from waking', () => {
    const waking = walk(choosing, { is: 'chooseAsked', id: 'debian' }).state;
    const failed = walk(waking, { is: 'runFailed', fault: full });
    const unfit = walk(waking, {
      is: 'unfit',
      fit: { verdict: 'notHere', reasons: [spaceShort], canStartAfresh: false },
    });
    const aboutPc = {
      controls,
      ...({ place: 'desk', home: '/h', version: '1', testBuild: false, hazards: [] } as const),
      look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
      keyboard: null,
      remembered: false,
      reader: 'off',
    } as const;
    for (const { state } of [failed, unfit]) {
      expect(toView(state, aboutPc).story).toHaveProperty('exits.0', 'showMoments');
      expect(walk(state, { is: 'exitAsked', exit: 'showMoments' }).state.at).toBe('timeline');
    }
  });
});
