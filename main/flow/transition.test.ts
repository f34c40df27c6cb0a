// The machine as a table of the person's story, and a walk over everything it can reach. Long, because a story that is cut
// in two files is read by nobody.
import { describe, expect, it } from 'vitest';
import type { Fault, FaultCode } from '../../preload/contract/fault';
import type { Fit } from '../../preload/contract/fit';
import type { Progress } from '../../preload/contract/progress';
import { exitSchema, viewSchema } from '../../preload/contract/view';
import { events as controlEvents, controls } from './controls.fixture';
import { events as restoringEvents } from './restoring.fixture';
import { events as setupEvents } from './setup.fixture';
import type { Event, Inside, Running, State, Step } from './state';
import { bareCard } from './steps';
import { card, events as timelineEvents } from './timeline.fixture';
import { toView } from './to-view';
import { transition } from './transition';
import { events as vaultEvents } from './vaults.fixture';
import { waitAfter } from './wait';

type V = 'vault';
type G = 'guest';
const inside: Inside<V> = { vault: 'vault', guests: [card], plainPassphraseFile: false };
const several: Inside<V> = {
  ...inside,
  guests: [card, bareCard('witness', 'Witness')],
};
const running: Running<G> = {
  guest: 'guest',
  card,
  since: '2026-01-02T04:00:00Z',
  starting: false,
  spaceLeft: null,
  returnsTo: card.suspendedAt,
};
const fault = (code: FaultCode): Fault => ({ code, stage: 'test', message: 'made by the test' });
const progress = (stage: Progress['stage'], reversible = true): Event<V, G> => ({
  is: 'progress',
  seconds: 10,
  progress: { stage, done: 1, total: 2, unit: 'steps', secondsLeft: 3, reversible },
});

/** Everything that can happen to the machine, each at least once. */
const events: readonly Event<V, G>[] = [
  { is: 'started' },
  { is: 'foundNothing' },
  { is: 'foundVault' },
  ...vaultEvents,
  { is: 'foundOpen', inside, running: null },
  { is: 'foundOpen', inside, running },
  { is: 'foundOpen', inside: several, running: null },
  { is: 'foundOpen', inside: { ...inside, guests: [] }, running: null },
  { is: 'lookFailed', fault: fault('damagedKeyslots') },
  { is: 'vaultMade', inside },
  { is: 'makeFailed', fault: fault('full'), vaultIsThere: false },
  { is: 'makeFailed', fault: fault('kernelLacks'), vaultIsThere: true },
  ...setupEvents,
  ...restoringEvents,
  { is: 'vaultOpened', inside, running: null },
  { is: 'openFailed', fault: fault('wrongSecret') },
  { is: 'openFailed', fault: fault('cancelled') },
  { is: 'openFailed', fault: fault('damagedKeyslots') },
  { is: 'waited' },
  { is: 'idled', act: 'lock' },
  { is: 'idled', act: 'pause' },
  { is: 'idled', act: 'suspend' },
  { is: 'proved' },
  { is: 'proveFailed', fault: fault('wrongSecret') },
  progress('key'),
  progress('load'),
  progress('ram'),
  progress('verify', false),
  { is: 'guestRuns', running },
  { is: 'guestRuns', running: { ...running, starting: true } },
  { is: 'desktopUp' },
  { is: 'space', left: 5 },
  { is: 'space', left: null },
  { is: 'battery', now: 'low' },
  { is: 'battery', now: 'empty' },
  { is: 'battery', now: 'mains' },
  { is: 'runFailed', fault: fault('damagedState') },
  {
    is: 'runFailed',
    fault: fault('damagedState'),
    older: { number: 3, createdAt: '2026-01-01T03:04:05Z' },
  },
  { is: 'runFailed', fault: fault('full') },
  ...timelineEvents,
  progress('merge'),
  { is: 'unfit', fit: { verdict: 'notHere', reasons: [], canStartAfresh: true } },
  { is: 'unfit', fit: { verdict: 'notHere', reasons: [], canStartAfresh: false } },
  { is: 'crashed', savedAt: '2026-01-02T03:04:05Z', until: '2026-01-02T03:14:05Z' },
  { is: 'shown' },
  { is: 'showFailed', fault: fault('displayLacks') },
  { is: 'viewerDied', fault: fault('viewerDied'), again: true },
  { is: 'viewerDied', fault: fault('viewerDied'), again: false },
  ...controlEvents,
  { is: 'suspended', at: '2026-01-02T05:00:00Z', writtenBytes: 5, verified: true },
  { is: 'suspendFailed', fault: fault('full'), guestRuns: true },
  { is: 'suspendFailed', fault: fault('cancelled'), guestRuns: true },
  { is: 'suspendFailed', fault: fault('guestDied'), guestRuns: false },
  { is: 'poweredOff', at: '2026-01-02T05:00:00Z' },
  { is: 'guestDied', fault: fault('guestDied') },
  { is: 'frozen', fault: fault('io'), older: null },
  { is: 'frozen', fault: fault('damagedState'), older: null },
  { is: 'frozen', fault: fault('damagedState'), older: { number: 3, createdAt: '2026-01-01T03:04:05Z' } },
  { is: 'frozen', fault: null, older: null },
  progress('streaming'),
  { is: 'vaultClosed' },
  { is: 'closeFailed', fault: fault('busy') },
  { is: 'vaultLost', fault: fault('io') },
  { is: 'hotKey' },
  { is: 'edge' },
  { is: 'unlockAsked', by: 'passphrase' },
  { is: 'unlockAsked', by: 'keyUsb' },
  { is: 'chooseAsked', id: 'debian' },
  { is: 'suspendAsked' },
  { is: 'cancelAsked' },
  { is: 'backAsked' },
  { is: 'hideBarAsked' },
  { is: 'shutDownAsked' },
  { is: 'wakeAsked' },
  ...exitSchema.options.map((exit): Event<V, G> => ({ is: 'exitAsked', exit })),
  { is: 'switchOffAsked', at: '2026-01-02T05:00:00Z' },
];

function reached(...told: Event<V, G>[]): State<V, G> {
  let state: State<V, G> = { at: 'starting' };
  for (const event of told) {
    const step: Step<V, G> | null = transition(state, event);
    if (step === null) throw new Error(`${state.at} has no act for ${event.is}`);
    state = step.state;
  }
  return state;
}

const toLocked = [{ is: 'started' }, { is: 'foundVault' }] as const satisfies Event<V, G>[];
const toLive: Event<V, G>[] = [
  ...toLocked,
  { is: 'unlockAsked', by: 'passphrase' },
  { is: 'vaultOpened', inside, running: null },
  { is: 'guestRuns', running },
  { is: 'shown' },
];

describe('what the screen says of work is true', () => {
  const storyOf = (...told: Event<V, G>[]) =>
    toView(reached(...told), {
      place: 'desk',
      home: '/home/ada/.local/share/soulpad',
      version: '0',
      testBuild: false,
      look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
      keyboard: null,
      remembered: false,
      reader: 'off',
      hazards: [],
      controls,
    }).story;
  const stagesOf = (story: ReturnType<typeof storyOf>) =>
    'work' in story ? story.work?.stages.map(({ id, state }) => `${id} ${state}`) : undefined;
  const unlocked: Event<V, G>[] = [...toLocked, { is: 'unlockAsked', by: 'passphrase' }];

  it('the first stage is under way from the start, so that no bar appears late', () => {
    const story = storyOf(...unlocked, { is: 'vaultOpened', inside, running: null });
    expect(stagesOf(story)?.[0]).toBe('check now');
    expect(story).toMatchObject({ work: { fraction: 0 } });
  });

  it('a guest without a saved moment brings no programs back', () => {
    const fresh = { ...inside, guests: [{ ...card, suspendedAt: null }] };
    const story = storyOf(...unlocked, { is: 'vaultOpened', inside: fresh, running: null });
    expect(stagesOf(story)).toEqual(['check now', 'start toCome', 'firstRun toCome', 'show toCome']);
  });

  it('closing after a stopped waking does not tick a write that never was', () => {
    const story = storyOf(
      ...unlocked,
      { is: 'vaultOpened', inside, running: null },
      { is: 'cancelAsked' },
      { is: 'runFailed', fault: fault('cancelled') },
    );
    expect(stagesOf(story)).toEqual(['close now']);
  });

  it('a key USB is looked for on the locked screen; opening begins with its first report', () => {
    const asked = [...toLocked, { is: 'unlockAsked', by: 'keyUsb' }] as const;
    expect(storyOf(...asked)).toMatchObject({ state: 'locked', keyUsb: 'looking' });
    expect(storyOf(...asked, progress('key'))).toMatchObject({ state: 'opening', by: 'keyUsb' });
  });

  it('what is damaged is not offered to be woken again first', () => {
    const waking: Event<V, G>[] = [...unlocked, { is: 'vaultOpened', inside, running: null }];
    const damaged = storyOf(...waking, { is: 'runFailed', fault: fault('damagedState') });
    expect(damaged).toMatchObject({ exits: ['closeVault', 'wakeAgain'] });
    const late = storyOf(...waking, { is: 'runFailed', fault: fault('timeout') });
    expect(late).toMatchObject({ exits: ['wakeAgain', 'closeVault'] });
  });

  it('a passphrase in plain letters on a key USB is warned of on the last screen too', () => {
    const plain = { ...inside, plainPassphraseFile: true };
    const story = storyOf(
      ...toLocked,
      { is: 'unlockAsked', by: 'keyUsb' },
      { is: 'vaultOpened', inside: plain, running },
      { is: 'poweredOff', at: '2026-01-02T05:00:00Z' },
      { is: 'vaultClosed' },
    );
    expect(story).toMatchObject({ state: 'safe', plainPassphraseFile: true });
  });
});

describe('the person does one thing to the desktop and one thing from it', () => {
  it('unlocking wakes the only guest and cedes the screen', () => {
    expect(reached(...toLive).at).toBe('live');
  });

  it('suspending covers the guest before its viewer ends, and only then saves', () => {
    const step = transition(reached(...toLive), { is: 'suspendAsked' });
    expect(step?.effects.map((effect) => effect.do)).toEqual(['hideBar', 'raise', 'endViewer', 'suspend']);
  });

  it('ends at a safe screen with what was written, from where the guest can be woken', () => {
    const state = reached(
      ...toLive,
      { is: 'suspendAsked' },
      { is: 'suspended', at: '2026-01-02T05:00:00Z', writtenBytes: 7, verified: true },
      { is: 'vaultClosed' },
    );
    expect(state).toMatchObject({ at: 'safe', saved: { why: 'suspended', writtenBytes: 7 }, canWake: true });
  });
});

describe('unlocking', () => {
  it('waits longer after each wrong passphrase and takes no try meanwhile', () => {
    const wrong: Event<V, G>[] = [
      { is: 'unlockAsked', by: 'passphrase' },
      { is: 'openFailed', fault: fault('wrongSecret') },
    ];
    const once = reached(...toLocked, ...wrong);
    expect(once).toMatchObject({ at: 'locked', wrongTries: 1, waitSeconds: 1 });
    expect(transition(once, { is: 'unlockAsked', by: 'passphrase' })).toBeNull();
    const twice = reached(...toLocked, ...wrong, { is: 'waited' }, ...wrong);
    expect(twice).toMatchObject({ wrongTries: 2, waitSeconds: 2 });
  });

  it('never waits longer than a minute, however many tries', () => {
    expect(Math.max(...Array.from({ length: 1000 }, (_, tries) => waitAfter(tries)))).toBe(60);
  });

  it('gives damage a screen of its own instead of calling the passphrase wrong', () => {
    const state = reached(
      ...toLocked,
      { is: 'unlockAsked', by: 'passphrase' },
      { is: 'openFailed', fault: fault('damagedKeyslots') },
    );
    expect(state).toMatchObject({ at: 'fault', safe: 'nothingOpened' });
  });
});

describe('a guest that runs already', () => {
  it('is shown again without waking anything', () => {
    const step = transition(reached({ is: 'started' }), { is: 'foundOpen', inside, running });
    expect(step?.effects).toEqual([{ do: 'show', vault: 'vault', guest: 'guest', trying: null }]);
  });

  it('stays alive behind the fault when its viewer dies', () => {
    const state = reached(...toLive, { is: 'viewerDied', fault: fault('viewerDied'), again: false });
    expect(state).toMatchObject({ at: 'fault', safe: 'guestRuns', exits: ['backToDesktop', 'suspend'] });
  });

  it('leads to a clear screen when it powers itself off', () => {
    const state = reached(...toLive, { is: 'poweredOff', at: '2026-01-02T05:00:00Z' }, { is: 'vaultClosed' });
    expect(state).toMatchObject({ at: 'safe', saved: { why: 'poweredOff' } });
  });

  it('is followed when the CLI suspends it', () => {
    expect(reached(...toLive, progress('ram')).at).toBe('suspending');
  });

  it('comes back when the suspend was cancelled', () => {
    const state = reached(
      ...toLive,
      { is: 'suspendAsked' },
      progress('ram'),
      { is: 'cancelAsked' },
      { is: 'suspendFailed', fault: fault('cancelled'), guestRuns: true },
      { is: 'shown' },
    );
    expect(state.at).toBe('live');
  });

  it('cannot be cancelled once the rename has happened', () => {
    const late = reached(...toLive, { is: 'suspendAsked' }, progress('verify', false));
    expect(transition(late, { is: 'cancelAsked' })).toBeNull();
  });
});

describe('a vault that runs full under a guest', () => {
  const left: Event<V, G> = { is: 'space', left: 5 };

  it('is told once by the bar over the desktop, and by the hazard until there is room again', () => {
    const step = transition(reached(...toLive), left);
    expect(step?.effects).toEqual([{ do: 'showBar', pinned: true }]);
    expect(transition(reached(...toLive, left), { is: 'space', left: 4 })?.effects).toEqual([]);
    expect(toView(reached(...toLive, left), aboutPc)).toMatchObject({
      hazards: ['diskLow'],
      story: { spaceLeft: 5 },
    });
    expect(toView(reached(...toLive, left, { is: 'space', left: null }), aboutPc).hazards).toEqual([]);
  });

  it('is no reason to cover the control page, and nothing where no guest runs', () => {
    expect(transition(reached(...toLive, { is: 'hotKey' }), left)?.effects).toEqual([]);
    expect(transition({ at: 'looking' }, left)).toBeNull();
  });
});

describe('a guest that was started, not resumed', () => {
  const starting: Event<V, G>[] = toLive.map((event) =>
    event.is === 'guestRuns' ? { ...event, running: { ...running, starting: true } } : event,
  );
  const shown = (...told: Event<V, G>[]) => transition(reached(...told), { is: 'shown' })?.effects;
  const upAfter = (...told: Event<V, G>[]) => transition(reached(...told), { is: 'desktopUp' });

  it('comes with the bar over it, until it is up', () => {
    expect(shown(...starting.slice(0, -1))).toEqual([{ do: 'cede' }, { do: 'showBar', pinned: true }]);
    expect(upAfter(...starting)).toMatchObject({
      state: { at: 'live', awake: { starting: false } },
      effects: [{ do: 'unpinBar' }],
    });
    expect(upAfter(...starting, { is: 'desktopUp' })).toBeNull();
  });

  it('and one that was resumed comes with the key that brings the bar, once', () => {
    expect(shown(...toLive.slice(0, -1))).toContainEqual({ do: 'wait', seconds: 5, of: 'hint' });
    expect(upAfter(...toLive)).toBeNull();
  });

  it('is not explained again to a person who hid the bar, or who has seen the control page', () => {
    for (const act of ['hideBarAsked', 'hotKey', 'shutDownAsked'] as const) {
      const after = reached(...starting, { is: act });
      expect(after).toMatchObject({ at: 'live', awake: { starting: false } });
      expect(transition(after, { is: 'desktopUp' })).toBeNull();
    }
  });

  it('has come up behind whatever covers it: the bar is not pinned afterwards', () => {
    const saving: Event<V, G>[] = [...starting, { is: 'suspendAsked' }];
    const cancelled = { is: 'suspendFailed', fault: fault('cancelled'), guestRuns: true } as const;
    expect(shown(...saving, cancelled)).toContainEqual({ do: 'showBar', pinned: true });
    expect(shown(...saving, { is: 'desktopUp' }, cancelled)).toEqual([{ do: 'cede' }]);
    const broken: Event<V, G>[] = [
      ...starting,
      { is: 'viewerDied', fault: fault('viewerDied'), again: false },
    ];
    const back = { is: 'exitAsked', exit: 'backToDesktop' } as const;
    expect(shown(...broken, { is: 'desktopUp' }, back)).toEqual([{ do: 'cede' }]);
  });
});

const aboutPc = {
  controls,
  place: 'desk',
  home: '/home/ada/.local/share/soulpad',
  version: '0.1.0',
  testBuild: true,
  look: { language: 'en', theme: 'system', zoom: 1, motion: 'system', aloud: false },
  keyboard: null,
  remembered: false,
  reader: 'off',
  hazards: [],
} as const;

describe('memory that is still only on the stick', () => {
  const streaming = (done: number): Event<V, G> => ({
    is: 'progress',
    seconds: 10,
    progress: { stage: 'streaming', done, total: 1000, unit: 'bytes', secondsLeft: 3, reversible: true },
  });
  const jobsOf = (state: State<V, G>) => toView(state, aboutPc).jobs;
  const older = { number: 3, createdAt: '2026-01-01T03:04:05Z' };

  it('is a job of the view, told once a percent, until all of it is here', () => {
    const live = reached(...toLive, streaming(250));
    expect(jobsOf(live)).toMatchObject([{ kind: 'streaming', work: { fraction: 0.25, secondsLeft: 3 } }]);
    expect(transition(live, streaming(252))).toBeNull();
    expect(jobsOf(reached(...toLive, streaming(250), streaming(1000)))).toEqual([]);
  });

  it('and is damaged: the guest is given up for the older moment, and ends before that wakes', () => {
    const broken: Event<V, G>[] = [...toLive, { is: 'frozen', fault: fault('damagedState'), older }];
    expect(toView(reached(...broken), aboutPc).story).toMatchObject({
      ...{ state: 'fault', safe: 'oldGeneration', olderAt: older.createdAt },
      exits: ['wakeOlder', 'closeVault'],
    });
    for (const exit of ['wakeOlder', 'closeVault'] as const) {
      const step = transition(reached(...broken), { is: 'exitAsked', exit });
      expect(step?.effects[0]).toEqual({ do: 'drop', guest: 'guest' });
    }
  });

  it('and cannot be read: the guest is shown again by itself when it can', () => {
    const still: Event<V, G>[] = [...toLive, { is: 'frozen', fault: fault('io'), older: null }];
    expect(reached(...still)).toMatchObject({ at: 'fault', exits: ['backToDesktop', 'closeVault'] });
    const on = transition(reached(...still), { is: 'frozen', fault: null, older: null });
    expect(on).toMatchObject({ state: { at: 'showing' }, effects: [{ do: 'show' }] });
  });
});

describe('a PC that does not fit, a crash, a damaged moment', () => {
  const toWaking: Event<V, G>[] = toLive.slice(0, 4);
  const fit: Fit = { verdict: 'notHere', reasons: [], canStartAfresh: true };
  const unfit: Event<V, G> = { is: 'unfit', fit };
  const crashed: Event<V, G> = {
    is: 'crashed',
    savedAt: '2026-01-02T03:04:05Z',
    until: '2026-01-02T03:14:05Z',
  };
  const taking = (state: State<V, G>, exit: (typeof exitSchema.options)[number]) =>
    transition(state, { is: 'exitAsked', exit });

  it('an unfit PC changes nothing until the person asks for a fresh start', () => {
    const state = reached(...toWaking, unfit);
    expect(state.at).toBe('unfit');
    expect(taking(state, 'startAfresh')?.effects).toMatchObject([{ do: 'runGuest', from: { is: 'afresh' } }]);
    expect(taking(state, 'wakeAgain')).toBeNull();
    const never = reached(...toWaking, { is: 'unfit', fit: { ...fit, canStartAfresh: false } });
    expect(taking(never, 'startAfresh')).toBeNull();
    expect(taking(never, 'closeVault')?.state.at).toBe('closing');
  });

  it('after a crash each choice wakes what it says', () => {
    const state = reached(...toWaking, crashed);
    expect(taking(state, 'wakeExact')?.effects).toMatchObject([{ from: { is: 'exact' } }]);
    expect(taking(state, 'wakeSavedFiles')?.effects).toMatchObject([{ from: { is: 'savedFiles' } }]);
    expect(taking(state, 'wakeSavedFiles')?.state).toMatchObject({
      at: 'waking',
      card: { suspendedAt: null },
    });
  });

  it('a damaged moment offers the older one by its time, where there is one', () => {
    const older = { number: 3, createdAt: '2026-01-01T03:04:05Z' };
    const state = reached(...toWaking, { is: 'runFailed', fault: fault('damagedState'), older });
    const { story } = toView(state, aboutPc);
    expect(story).toMatchObject({
      olderAt: older.createdAt,
      exits: ['wakeOlder', 'wakeAgain', 'closeVault'],
    });
    expect(taking(state, 'wakeOlder')?.effects).toMatchObject([{ from: { is: 'older', number: 3 } }]);
  });

  it('who has stopped the waking is asked nothing more', () => {
    expect(reached(...toWaking, { is: 'cancelAsked' }, unfit).at).toBe('closing');
    expect(reached(...toWaking, { is: 'cancelAsked' }, crashed).at).toBe('closing');
  });
});

describe('a walk over everything the machine can reach', () => {
  const key = (state: State<V, G>): string =>
    JSON.stringify(state, (name, value) =>
      name === 'startedAt' || name === 'took' || name === 'wrongTries' ? 0 : value,
    );
  const seen = new Map<string, State<V, G>>();
  const queue: State<V, G>[] = [{ at: 'starting' }];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (seen.has(key(state)) || seen.size > 20_000) continue;
    seen.set(key(state), state);
    for (const event of events) {
      const next = transition(state, event)?.state;
      if (next !== undefined && !('wrongTries' in next && next.wrongTries > 3)) queue.push(next);
    }
  }
  const states = [...seen.values()];

  it('reaches every state', () => {
    expect(new Set(states.map((state) => state.at))).toEqual(
      new Set([
        ...['starting', 'looking', 'setup', 'locked', 'opening', 'choosing', 'waking', 'showing', 'live'],
        ...['suspending', 'closing', 'safe', 'poweringOff', 'fault', 'unfit', 'afterCrash', 'timeline'],
        ...['idleLocked', 'vaults'],
      ]),
    );
  });

  it('has a way out of every state but power-off', () => {
    const stuck = states.filter(
      (state) =>
        state.at !== 'poweringOff' &&
        !events.some((event) => {
          const next = transition(state, event)?.state;
          return next !== undefined && next.at !== state.at;
        }),
    );
    expect(stuck).toEqual([]);
  });

  it('offers no exit that does nothing', () => {
    for (const state of states) {
      const view = toView(state, aboutPc).story;
      if (!('exits' in view)) continue;
      for (const exit of view.exits)
        expect(transition(state, { is: 'exitAsked', exit }), exit).not.toBeNull();
    }
  });

  it('ends the viewer on every way from a shown guest to a screen that is not one', () => {
    for (const state of states.filter((each) => each.at === 'live' || each.at === 'showing')) {
      for (const event of events) {
        const step = transition(state, event);
        if (step === null || step.state.at === 'live' || step.state.at === 'showing') continue;
        expect(
          step.effects.some((effect) => effect.do === 'endViewer'),
          `${state.at} ${event.is}`,
        ).toBe(true);
      }
    }
  });

  it('always makes a view that the contract accepts and that holds no handle', () => {
    for (const state of states) {
      const view = toView(state, aboutPc);
      expect(viewSchema.safeParse(view).success, JSON.stringify(view.story)).toBe(true);
      expect(JSON.stringify(view)).not.toContain('"vault":"vault"');
    }
  });
});
