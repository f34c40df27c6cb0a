// Writing a stick as a table of what a person does, and a walk over everything that the page can reach.
import { describe, expect, it } from 'vitest';
import type { Fault, FaultCode } from '../../preload/contract/fault';
import type { Progress } from '../../preload/contract/progress';
import { viewSchema } from '../../preload/contract/view';
import { controls } from './controls.fixture';
import type { Event, Inside, State, Step } from './state';
import { done, fit, found, inner } from './sticks.fixture';
import { card } from './timeline.fixture';
import { toView } from './to-view';
import { transition } from './transition';
import { own } from './vaults.fixture';

type V = 'vault';
type G = 'guest';
type Told = Event<V, G>;

const inside: Inside<V> = { vault: 'vault', guests: [card], plainPassphraseFile: false };
const fault = (code: FaultCode): Fault => ({ code, stage: 'test', message: 'made by the test' });
const report = (stage: Progress['stage'], reversible = false): Told => ({
  ...{ is: 'stickProgress', seconds: 10, bytesPerSecond: 2e7 },
  progress: { stage, done: 1, total: 2, unit: 'bytes', secondsLeft: 3, reversible },
});

const locked: State<V, G> = { at: 'locked', wrongTries: 1, waitSeconds: 1, fault: null };
const choosing: State<V, G> = { at: 'choosing', inside };
const safe: State<V, G> = {
  at: 'safe',
  saved: { why: 'suspended', at: '2026-01-02T05:00:00Z', writtenBytes: 5, verified: true },
  ...{ vaultClosed: true, canWake: true, plainPassphraseFile: false, trace: null },
};
const firstRun: State<V, G> = {
  ...{ at: 'setup', inside: null, offers: null, picked: null, fault: null, restore: null },
  on: { step: 'language' },
};

function walk(from: State<V, G>, ...told: readonly Told[]): Step<V, G> {
  let step: Step<V, G> = { state: from, effects: [] };
  for (const event of told) {
    const next: Step<V, G> | null = transition(step.state, event);
    if (next === null) throw new Error(`${step.state.at} has no act for ${event.is}`);
    step = next;
  }
  return step;
}

const storyOf = (state: State<V, G>) =>
  toView(state, {
    ...{ place: 'desk', home: '/home/ada/.local/share/soulpad', version: '0', testBuild: false },
    look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
    ...{ keyboard: null, remembered: false, reader: 'off', hazards: [], controls },
  });

const shown = walk(locked, { is: 'sticksAsked' }, { is: 'disksFound', found }).state;
const named = walk(shown, { is: 'diskAsked', id: fit.id }).state;
const begun = walk(named, { is: 'diskNamed', right: true });
const writing = walk(begun.state, report('copy')).state;

describe('the page that writes a stick', () => {
  it('is shown where no guest runs, and goes back to where it was asked for', () => {
    const vaults: State<V, G> = { at: 'vaults', vaults: [own], wrongTries: 0 };
    for (const from of [locked, choosing, safe, firstRun, vaults]) {
      const asked = walk(from, { is: 'sticksAsked' });
      expect(asked.effects).toEqual([{ do: 'watchDisks' }]);
      const left = walk(asked.state, { is: 'sticksLeft' });
      expect(left).toEqual({ state: from, effects: [{ do: 'forgetDisks' }] });
    }
  });

  it('is shown nowhere else', () => {
    const open: State<V, G> = { ...safe, vaultClosed: false };
    const onTheWay: State<V, G> = { ...firstRun, on: { step: 'passphrase' } };
    for (const from of [{ at: 'looking' } as const, open, onTheWay, shown])
      expect(transition<V, G>(from, { is: 'sticksAsked' })).toBeNull();
  });

  it('asks for the name of a disk that may be written, and of no other one', () => {
    expect(storyOf(named).story).toMatchObject({ asked: { name: 'Ultra Fit' }, misnamed: false });
    expect(transition(shown, { is: 'diskAsked', id: inner.id })).toBeNull();
    expect(transition(shown, { is: 'diskAsked', id: 'disk-9' })).toBeNull();
    const none = walk(shown, { is: 'disksFound', found: { ...found, image: null } }).state;
    expect(transition(none, { is: 'diskAsked', id: fit.id })).toBeNull();
  });

  it('writes after the right name alone', () => {
    expect(begun.effects).toEqual([{ do: 'writeStick', id: fit.id }]);
    const other = walk(named, { is: 'diskNamed', right: false });
    expect(other).toMatchObject({ state: { misnamed: true, writing: null }, effects: [] });
    expect(walk(other.state, { is: 'diskNamed', right: true }).effects).toHaveLength(1);
    expect(transition(shown, { is: 'diskNamed', right: true })).toBeNull();
    expect(transition(writing, { is: 'diskNamed', right: true })).toBeNull();
  });

  it('takes the name back when the disk is pulled, or is in use now', () => {
    for (const disks of [[inner], [inner, { ...fit, refused: 'mounted' } as const]]) {
      const pulled = walk(named, { is: 'disksFound', found: { ...found, disks } }).state;
      expect(pulled).toMatchObject({ asked: null, fault: { code: 'missingDisk' }, touched: false });
    }
    expect(walk(named, { is: 'disksFound', found }).state).toMatchObject({ asked: fit, fault: null });
  });

  it('says why there is no list until there is one, also where it came from another page', () => {
    const failed = walk(shown, { is: 'disksFailed', fault: fault('timeout') }).state;
    expect(failed).toMatchObject({ found: null, fault: { code: 'timeout' } });
    expect(walk(failed, { is: 'diskAsked', id: null }).state).toMatchObject({ fault: { code: 'timeout' } });
    expect(walk(failed, { is: 'disksFound', found }).state).toMatchObject({ found, fault: null });
  });

  it('goes on saying that a disk is empty, whatever the list says', () => {
    const cut = walk(writing, { is: 'stickFailed', fault: fault('io') }).state;
    const told = walk(cut, { is: 'disksFailed', fault: fault('timeout') }, { is: 'disksFound', found }).state;
    expect(told).toMatchObject({ found, fault: { code: 'io' }, touched: true });
  });
});

describe('a stick that is being written', () => {
  it('tells its three stages, speed and time left', () => {
    const { story } = storyOf(writing);
    expect(story).toMatchObject({
      state: 'sticks',
      writing: {
        ...{ bytesPerSecond: 2e7, canStop: true, stopping: false },
        work: { secondsLeft: 3, reversible: false },
      },
    });
    const stages = story.state === 'sticks' ? story.writing?.work.stages : [];
    expect(stages?.map(({ id, state }) => `${id} ${state}`)).toEqual([
      ...['copy now', 'verify toCome', 'grow toCome'],
    ]);
  });

  it('is stopped once, until all was read back', () => {
    const stopped = walk(writing, { is: 'cancelAsked' });
    expect(stopped.effects).toEqual([{ do: 'cancelStick' }]);
    expect(transition(stopped.state, { is: 'cancelAsked' })).toBeNull();
    expect(walk(writing, report('verify'), { is: 'cancelAsked' }).effects).toHaveLength(1);
    expect(transition(walk(writing, report('grow')).state, { is: 'cancelAsked' })).toBeNull();
  });

  it('cannot be left, nor switched off over', () => {
    expect(transition(writing, { is: 'sticksLeft' })).toBeNull();
    expect(transition(writing, { is: 'switchOffAsked', at: '' })).toBeNull();
    expect(transition(writing, { is: 'diskAsked', id: null })).toBeNull();
  });

  it('says that the disk is empty once the first byte was written, and that it is as it was before', () => {
    for (const code of ['cancelled', 'io'] as const) {
      const before = walk(begun.state, { is: 'stickFailed', fault: fault(code) }).state;
      expect(before).toMatchObject({ writing: null, fault: { code }, touched: false });
      const after = walk(writing, { is: 'stickFailed', fault: fault(code) }).state;
      expect(after).toMatchObject({ writing: null, fault: { code }, touched: true });
      expect(walk(after, { is: 'diskAsked', id: fit.id }).state).toMatchObject({
        fault: null,
        touched: false,
      });
    }
  });

  it('is told when it is done, and another one can follow', () => {
    const written = walk(writing, report('verify'), report('grow'), { is: 'stickWritten', done }).state;
    expect(storyOf(written).story).toMatchObject({ writing: null, done });
    expect(walk(written, { is: 'diskAsked', id: null }).state).toMatchObject({ done: null, asked: null });
    expect(walk(written, { is: 'sticksLeft' }).state).toEqual(locked);
  });
});

describe('what was there goes on behind the page', () => {
  it('a wait after a wrong passphrase ends', () => {
    expect(walk(shown, { is: 'waited' }, { is: 'sticksLeft' }).state).toMatchObject({ waitSeconds: 0 });
  });

  it('a pulled key USB closes the open vault at once', () => {
    const step = walk(choosing, { is: 'sticksAsked' }, { is: 'keyPulled' });
    expect(step.state.at).toBe('closing');
    expect(step.effects.map((effect) => effect.do)).toEqual(
      expect.arrayContaining(['forgetDisks', 'closeVault']),
    );
  });

  it('also while a disk is written, which is written to its end', () => {
    const busy = walk(
      ...([
        choosing,
        { is: 'sticksAsked' },
        { is: 'disksFound', found },
        { is: 'diskAsked', id: fit.id },
      ] as const),
      ...([{ is: 'diskNamed', right: true }, report('copy')] as const),
    ).state;
    const pulled = walk(busy, { is: 'keyPulled' });
    expect(pulled.state).toMatchObject({ at: 'sticks', from: { at: 'closing' } });
    expect(pulled.effects.map((effect) => effect.do)).toContain('closeVault');
    const closed = walk(
      pulled.state,
      { is: 'vaultClosed' },
      { is: 'stickWritten', done },
      { is: 'sticksLeft' },
    );
    expect(closed.state.at).toBe('safe');
  });

  it('and what a person may press there does nothing here', () => {
    for (const event of [
      { is: 'unlockAsked', by: 'passphrase' },
      { is: 'wakeAsked' },
      { is: 'chooseAsked', id: card.id },
      { is: 'waysAsked' },
    ] as const)
      expect(transition<V, G>(walk(choosing, { is: 'sticksAsked' }).state, event)).toBeNull();
  });
});

describe('a walk over everything the page can reach', () => {
  const events: readonly Told[] = [
    { is: 'sticksAsked' },
    { is: 'sticksLeft' },
    { is: 'disksFound', found },
    { is: 'disksFound', found: { ...found, disks: [inner] } },
    { is: 'disksFound', found: { image: null, disks: [fit] } },
    { is: 'disksFailed', fault: fault('toolMissing') },
    ...[fit.id, inner.id, null].map((id): Told => ({ is: 'diskAsked', id })),
    ...[true, false].map((right): Told => ({ is: 'diskNamed', right })),
    ...(['copy', 'verify', 'grow'] as const).map((stage) => report(stage)),
    { is: 'cancelAsked' },
    { is: 'stickWritten', done },
    { is: 'stickFailed', fault: fault('cancelled') },
    { is: 'stickFailed', fault: fault('io') },
    ...([{ is: 'waited' }, { is: 'keyPulled' }, { is: 'vaultLost', fault: fault('io') }] as const),
    { is: 'vaultClosed' },
    { is: 'switchOffAsked', at: '' },
  ];
  const seen = new Map<string, State<V, G>>();
  const queue: State<V, G>[] = [locked, choosing, safe, firstRun];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key) || seen.size > 5_000) continue;
    seen.set(key, state);
    for (const event of events) {
      const next = transition(state, event)?.state;
      if (next !== undefined) queue.push(next);
    }
  }
  const pages = [...seen.values()].filter((state) => state.at === 'sticks');

  it('has a way back from every page, by the person or when the writing ends', () => {
    expect(pages.length).toBeGreaterThan(20);
    expect(seen.size).toBeLessThan(5_000);
    const ends: readonly Told[] = [{ is: 'sticksLeft' }, { is: 'stickFailed', fault: fault('io') }];
    expect(pages.filter((page) => ends.every((event) => transition(page, event) === null))).toEqual([]);
  });

  it('makes a view that the contract accepts', () => {
    for (const page of pages) expect(viewSchema.safeParse(storyOf(page)).error).toBeUndefined();
  });

  it('watches disks only while the page is shown', () => {
    for (const page of pages)
      for (const event of events) {
        const step = transition(page, event);
        const leaves = step !== null && step.state.at !== 'sticks';
        expect(step?.effects.some((effect) => effect.do === 'forgetDisks') ?? false).toBe(leaves);
      }
  });
});
