// The controls over a guest that is shown: the bar's news, the control page, a display that is tried.
import { describe, expect, it } from 'vitest';
import { larger } from './controls.fixture';
import type { Effect, Event, Inside, Running, State } from './state';
import { card } from './timeline.fixture';
import { transition } from './transition';

type V = 'vault';
type G = 'guest';

const inside: Inside<V> = { vault: 'vault', guests: [card], plainPassphraseFile: false };
const running: Running<G> = {
  ...{ guest: 'guest', card, since: '2026-01-02T04:00:00Z', starting: false, spaceLeft: null },
  returnsTo: card.suspendedAt,
};

/** Where these events lead from the start, and what the last one does. */
function whenPlayed(...events: readonly Event<V, G>[]): {
  state: State<V, G>;
  effects: readonly Effect<V, G>[];
} {
  let last: { state: State<V, G>; effects: readonly Effect<V, G>[] } = {
    state: { at: 'starting' },
    effects: [],
  };
  for (const event of [
    { is: 'started' } as const,
    { is: 'foundOpen', inside, running } as const,
    ...events,
  ]) {
    const step = transition(last.state, event);
    if (step === null) throw new Error(`${last.state.at} has no act for ${event.is}`);
    last = step;
  }
  return last;
}

const shown = { is: 'shown' } as const;
const dos = (effects: readonly Effect<V, G>[]): string[] => effects.map((effect) => effect.do);
const viewerDied = (again: boolean): Event<V, G> => ({
  ...{ is: 'viewerDied', again },
  fault: { code: 'viewerDied', stage: 'test', message: 'made by the test' },
});

describe('the key that brings the controls', () => {
  it('is told for five seconds when the guest is shown first, and never again', () => {
    const first = whenPlayed(shown);
    expect(first.state).toMatchObject({ at: 'live', hint: true });
    expect(first.effects).toContainEqual({ do: 'wait', seconds: 5, of: 'hint' });
    const gone = whenPlayed(shown, { is: 'waited', of: 'hint' });
    expect(gone.state).toMatchObject({ hint: false });
    expect(dos(gone.effects)).toContain('hideBar');
    expect(whenPlayed(shown, { is: 'screensChanged' }, shown).state).toMatchObject({ hint: false });
  });

  it('is not told over a guest that starts: its own news is there', () => {
    const starting = transition(
      { at: 'looking' },
      {
        ...{ is: 'foundOpen', inside },
        running: { ...running, starting: true },
      },
    );
    expect(starting && transition(starting.state, shown)?.state).toMatchObject({ hint: false });
  });

  it('brings the control page at the part that was asked for', () => {
    expect(whenPlayed(shown, { is: 'controlsAsked', section: 'keys' }).state).toMatchObject({
      ...{ controls: true, section: 'keys', hint: false },
    });
  });
});

describe('a display that is chosen by hand', () => {
  const tried = [shown, { is: 'displayAsked', choice: larger }, shown] as const;

  it('is shown at once, covered meanwhile, and asked about for ten seconds', () => {
    const choosing = whenPlayed(shown, { is: 'displayAsked', choice: larger });
    expect(choosing.state).toMatchObject({ at: 'showing', trial: larger });
    expect(dos(choosing.effects)).toEqual(['hideBar', 'raise', 'show']);
    expect(choosing.effects.at(-1)).toMatchObject({ trying: larger });
    const asking = whenPlayed(...tried);
    expect(asking.state).toMatchObject({ at: 'live', trial: larger });
    expect(asking.effects).toContainEqual({ do: 'showBar', pinned: true });
    expect(asking.effects).toContainEqual({ do: 'wait', seconds: 10, of: 'trial' });
  });

  it('is kept for this monitor when the person says so', () => {
    const kept = whenPlayed(...tried, { is: 'keepAsked', keep: true });
    expect(kept.state).toMatchObject({ at: 'live', trial: null });
    expect(kept.effects).toContainEqual({ do: 'rememberDisplay', vault: 'vault' });
    // The wait of the trial ends later, and means nothing any more.
    expect(transition(kept.state, { is: 'waited', of: 'trial' })).toBeNull();
  });

  it.each([
    ['nobody says so', { is: 'waited', of: 'trial' }],
    ['the person goes back', { is: 'keepAsked', keep: false }],
  ] as const)('is taken back when %s', (_, event) => {
    const back = whenPlayed(...tried, event);
    expect(back.state).toMatchObject({ at: 'showing', trial: null });
    expect(back.effects.at(-1)).toMatchObject({ do: 'show', trying: null });
  });

  it('is taken back although the control page lies over it', () => {
    expect(whenPlayed(...tried, { is: 'hotKey' }, { is: 'waited', of: 'trial' }).state).toMatchObject({
      at: 'showing',
    });
  });
});

describe('the viewer', () => {
  it('is started again behind our window when it dies, and the guest goes on', () => {
    const again = whenPlayed(shown, viewerDied(true));
    expect(again.state).toMatchObject({ at: 'showing', woke: false });
    expect(dos(again.effects)).toEqual(['hideBar', 'raise', 'show']);
  });

  it('that dies again and again leads to a screen with choices', () => {
    expect(whenPlayed(shown, viewerDied(false)).state).toMatchObject({
      ...{ at: 'fault', safe: 'guestRuns', exits: ['backToDesktop', 'suspend'] },
    });
  });

  it('is made anew when a monitor comes or goes', () => {
    expect(whenPlayed(shown, { is: 'screensChanged' }).state.at).toBe('showing');
  });
});

it('keys for the guest take the person back to it', () => {
  const sent = whenPlayed(shown, { is: 'hotKey' }, { is: 'keysAsked', keys: 'ctrl-alt-f2' });
  expect(sent.state).toMatchObject({ at: 'live', controls: false });
  expect(dos(sent.effects)).toEqual(['hideBar', 'cede', 'sendKeys']);
});
