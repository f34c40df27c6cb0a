// The acts while a guest runs: showing, live, suspending, closing. Their own file because here alone a viewer is alive, and
// every way out of here must end it (`endViewer`) before anything else can be asked of the person.
import type { Fault } from '../../preload/contract/fault';
import type { Progress } from '../../preload/contract/progress';
import type { Older } from '../../preload/contract/waking';
import { ceded, controlActs, shownAnew, told } from './controls';
import type { Awake, Broken, Event, State, Step } from './state';
import { broken, close, cover, insideOf, lock, lost, showAgain, showWays, suspend } from './steps';
import { showMoments } from './timeline';
import { advance, begin, plans, type Tracker } from './work';

/** Reports of a suspend that somebody else asked for (the CLI): the screen follows. */
const leaving: readonly string[] = ['stop', 'ram', 'fsync', 'rename'];

export function showingActs<V, G>(
  state: State<V, G> & { at: 'showing' },
  event: Event<V, G>,
): Step<V, G> | null {
  switch (event.is) {
    case 'shown':
      return ceded(state);
    case 'viewerDied':
      return event.again ? showAgain(state.awake, state.trial) : runsOn(state.awake, event.fault);
    case 'screensChanged':
      return showAgain(state.awake, state.trial);
    case 'showFailed':
      return runsOn(state.awake, event.fault);
    case 'frozen':
      return event.fault === null ? null : frozen(state.awake, event.fault, event.older);
    case 'progress':
      return streamed(state, event.progress);
    case 'checkpointed':
      return { state: { ...state, awake: savedSince(state.awake, event.at) }, effects: [] };
    default:
      return whileAwake(state.awake, event);
  }
}

export function liveActs<V, G>(state: State<V, G> & { at: 'live' }, event: Event<V, G>): Step<V, G> | null {
  switch (event.is) {
    case 'viewerDied':
      return event.again ? shownAnew(state.awake) : runsOn(state.awake, event.fault);
    case 'edge':
      return state.controls ? null : { state, effects: [{ do: 'showBar', pinned: false }] };
    case 'shutDownAsked':
      return {
        state: { ...told(state), shuttingDown: true },
        effects: [{ do: 'hideBar' }, { do: 'pressPower', guest: state.awake.guest }],
      };
    case 'suspendAsked':
    case 'keyPulled':
      return suspend(state.awake);
    case 'waysAsked':
      return showWays({ inside: insideOf(state.awake), card: null, awake: state.awake });
    case 'idled':
      return lock(state, event.act);
    // Older moments and room are for a guest that sleeps: nothing that it uses may be changed under it.
    case 'momentsAsked':
      return suspend(state.awake, 'moments');
    case 'frozen':
      return event.fault === null ? null : frozen(state.awake, event.fault, event.older);
    case 'checkpointed':
      return { state: { ...state, awake: savedSince(state.awake, event.at) }, effects: [] };
    case 'progress': {
      if (event.progress.stage === 'streaming') return streamed(state, event.progress);
      if (!leaving.includes(event.progress.stage)) return null;
      const work = advance(begin(plans.suspend, event.seconds), event.progress, event.seconds);
      return { state: { at: 'suspending', awake: state.awake, work, next: 'leave' }, effects: cover() };
    }
    default:
      return controlActs(state, event) ?? whileAwake(state.awake, event);
  }
}

export function suspendingActs<V, G>(
  state: State<V, G> & { at: 'suspending' },
  event: Event<V, G>,
): Step<V, G> | null {
  const { awake } = state;
  switch (event.is) {
    case 'progress':
      return { state: { ...state, work: advance(state.work, event.progress, event.seconds) }, effects: [] };
    case 'checkpointed':
      return { state: { ...state, awake: savedSince(awake, event.at) }, effects: [] };
    case 'cancelAsked':
      if (!state.work.reversible || state.battery === 'empty') return null;
      return { state, effects: [{ do: 'cancelSuspend', guest: awake.guest }] };
    case 'suspendFailed':
      if (event.fault.code === 'cancelled' && event.guestRuns) return showAgain(awake);
      return event.guestRuns ? runsOn(awake, event.fault) : ended(awake, event.fault);
    case 'suspended':
      if (state.next === 'leave') return forBattery(state, whileAwake(awake, event, state.work));
      return showMoments(insideOf(awake), { ...awake.card, suspendedAt: event.at, state: 'suspended' });
    default:
      return whileAwake(awake, event, state.work);
  }
}

/** Who comes back to the last screen is told why. */
function forBattery<V, G>(
  { battery }: State<V, G> & { at: 'suspending' },
  step: Step<V, G> | null,
): Step<V, G> | null {
  if (battery === undefined || step?.state.at !== 'closing') return step;
  const saved = { ...step.state.saved, forBattery: true as const };
  return { ...step, state: { ...step.state, saved } };
}

export function closingActs<V, G>(
  state: State<V, G> & { at: 'closing' },
  event: Event<V, G>,
): Step<V, G> | null {
  const { inside, card, saved } = state;
  switch (event.is) {
    case 'vaultClosed':
    // The owner ended by itself between our asking and its answer: the mount is gone, which is what was asked.
    case 'vaultLost':
      return {
        state: {
          at: 'safe',
          saved,
          vaultClosed: true,
          canWake: true,
          plainPassphraseFile: inside.plainPassphraseFile,
          trace: null,
        },
        effects: [{ do: 'checkTrace' }],
      };
    // Asked for after each suspend: it goes on before the vault closes, and can be skipped.
    case 'progress':
      return { state: { ...state, work: backingUp(state.work, event.progress, event.seconds) }, effects: [] };
    case 'cancelAsked':
      return state.work.at === 'backup' ? { state, effects: [{ do: 'skipBackup' }] } : null;
    case 'closeFailed':
      return {
        state: broken({
          fault: event.fault,
          safe: saved.why === 'nothingOpened' ? 'oldGeneration' : 'newGeneration',
          savedAt: saved.at === '' ? null : saved.at,
          exits: ['closeVault', 'switchOff'],
          inside,
          card,
        }),
        effects: [],
      };
    default:
      return null;
  }
}

/** The backup stands before the close from its first report on. */
function backingUp(work: Tracker, progress: Progress, seconds: number): Tracker {
  if (progress.stage !== 'backup') return work;
  if (work.plan.includes('backup')) return advance(work, progress, seconds);
  const plan = [...work.plan.filter((stage) => stage !== 'close'), 'backup', 'close'] as const;
  return advance({ ...work, plan, at: null, startedAt: seconds }, progress, seconds);
}

/** A guest that starts is up: in every state that has one, so that the bar is not pinned over its desktop later. */
export function desktopUp<V, G>(state: State<V, G>): Step<V, G> | null {
  switch (state.at) {
    case 'live':
      if (!state.awake.starting) return null;
      return { state: told(state), effects: state.controls ? [] : [{ do: 'unpinBar' }] };
    case 'showing':
    case 'suspending':
      return state.awake.starting ? { state: told(state), effects: [] } : null;
    case 'fault':
      if (!state.awake?.starting) return null;
      return { state: { ...state, awake: { ...state.awake, starting: false } }, effects: [] };
    default:
      return null;
  }
}

/** The vault runs full, or no longer: whoever looks at the desktop is told once, by the bar over it. */
export function spaceTold<V, G>(state: State<V, G>, left: number | null): Step<V, G> | null {
  if (!('awake' in state) || state.awake === null) return null;
  const { awake } = state;
  const isNews = left !== null && awake.spaceLeft === null;
  const showsDesktop = state.at === 'live' && !state.controls;
  return {
    state: { ...state, awake: { ...awake, spaceLeft: left } },
    effects: isNews && showsDesktop ? [{ do: 'showBar', pinned: true }] : [],
  };
}

/** What may happen in any state with a running guest. */
export function whileAwake<V, G>(awake: Awake<V, G>, event: Event<V, G>, work?: Tracker): Step<V, G> | null {
  const about = { inside: insideOf(awake), card: awake.card };
  switch (event.is) {
    case 'guestDied':
      return ended(awake, event.fault);
    case 'poweredOff':
      return close({
        ...about,
        saved: { why: 'poweredOff', at: event.at, writtenBytes: null, verified: false },
      });
    case 'suspended': {
      const { at, writtenBytes, verified } = event;
      return close(
        { ...about, saved: { why: 'suspended', at, writtenBytes, verified } },
        work ?? begin(plans.suspend),
      );
    }
    case 'vaultLost':
      return lost(event.fault);
    default:
      return null;
  }
}

/** After a checkpoint: what a crash returns to from now on. */
export function savedSince<V, G>(awake: Awake<V, G>, at: string): Awake<V, G> {
  return { ...awake, card: { ...awake.card, suspendedAt: at }, returnsTo: at };
}

/** One step a percent: it is reported far more often. */
function streamed<V, G>(
  state: State<V, G> & { at: 'showing' | 'live' },
  progress: Progress,
): Step<V, G> | null {
  if (progress.stage !== 'streaming') return null;
  const { done, total } = progress;
  const streaming = total !== null && done < total ? progress : null;
  const { awake } = state;
  if (percentOf(streaming) === percentOf(awake.streaming)) return null;
  return { state: { ...state, awake: { ...awake, streaming } }, effects: [] };
}

function percentOf(progress: Progress | null): number | null {
  return progress === null ? null : Math.floor((100 * progress.done) / (progress.total ?? 1));
}

/**
 * It stands still with memory that is wrong or cannot be read, and nothing is written.
 *
 *   damaged   for good: it is given up for an older moment, or with the vault
 *   else      until the disk answers again: then it is shown again by itself
 */
export function frozen<V, G>(awake: Awake<V, G>, fault: Fault, older: Older | null): Step<V, G> {
  const forGood: Broken<V, G>['exits'] = older === null ? ['closeVault'] : ['wakeOlder', 'closeVault'];
  return {
    state: broken({
      ...{ fault, safe: 'oldGeneration', savedAt: awake.returnsTo, older, frozen: true },
      exits: fault.code.startsWith('damaged') ? forGood : ['backToDesktop', 'closeVault'],
      ...{ inside: insideOf(awake), card: awake.card, awake },
    }),
    effects: cover(),
  };
}

/** Something failed, the guest runs on. */
function runsOn<V, G>(awake: Awake<V, G>, fault: Fault): Step<V, G> {
  return {
    state: broken({
      fault,
      safe: 'guestRuns',
      savedAt: awake.returnsTo,
      exits: ['backToDesktop', 'suspend'],
      inside: insideOf(awake),
      card: awake.card,
      awake,
    }),
    effects: cover(),
  };
}

/** The guest is gone without being saved: the generation before stands. */
function ended<V, G>(awake: Awake<V, G>, fault: Fault): Step<V, G> {
  return {
    state: broken({
      fault,
      safe: 'oldGeneration',
      savedAt: awake.returnsTo,
      exits: ['wakeAgain', 'closeVault'],
      inside: insideOf(awake),
      card: awake.card,
    }),
    effects: cover(),
  };
}
