// From the flow's state to the view the renderer gets: names, numbers and codes, no handle and no secret.
import type { Controls } from '../../preload/contract/controls';
import type { VaultCard } from '../../preload/contract/vaults';
import type { Hazard, Look, Place, Story, View } from '../../preload/contract/view';
import { crashExits } from './crash';
import { shownRestore } from './restoring';
import type { AtSticks, SettingUp, State, Wanting } from './state';
import { bareCard } from './steps';
import { mayStop } from './sticks';
import { timelineExits } from './timeline';
import { unfitExits } from './unfit';
import { advance, begin, workOf } from './work';

export interface About {
  readonly place: Place;
  /** Where the vault is or is to be. */
  readonly home: string;
  readonly version: string;
  readonly testBuild: boolean;
  readonly look: Look;
  readonly keyboard: View['keyboard'];
  readonly remembered: boolean;
  readonly reader: View['reader'];
  readonly hazards: readonly Hazard[];
  readonly controls: Controls;
}

export function toView<V, G>(state: State<V, G>, about: About): View {
  return {
    place: about.place,
    version: about.version,
    testBuild: about.testBuild,
    look: about.look,
    keyboard: about.keyboard,
    remembered: about.remembered,
    reader: about.reader,
    story: storyOf(state, about.home),
    jobs: jobsOf(state),
    hazards: [...about.hazards, ...hazardsOf(state)],
    controls: about.controls,
  };
}

/** What the guest that runs puts in danger. */
function hazardsOf<V, G>(state: State<V, G>): Hazard[] {
  const awake = 'awake' in state ? state.awake : null;
  if (awake === null) return [];
  return [
    ...(awake.spaceLeft === null ? [] : (['diskLow'] as const)),
    ...(awake.batteryLow ? (['batteryLow'] as const) : []),
  ];
}

/** What goes on behind the story. */
function jobsOf<V, G>(state: State<V, G>): View['jobs'] {
  const streaming = state.at === 'showing' || state.at === 'live' ? state.awake.streaming : null;
  if (streaming === null) return [];
  return [{ kind: 'streaming', work: workOf(advance(begin(['streaming']), streaming, 0)) }];
}

function storyOf<V, G>(state: State<V, G>, home: string): Story {
  switch (state.at) {
    case 'starting':
    case 'looking':
    case 'poweringOff':
      return { state: state.at };
    case 'setup':
      return setupStory(state, home);
    case 'vaults':
      return { state: 'vaults', vaults: [...state.vaults] };
    case 'locked':
      return {
        state: 'locked',
        vault: chosenOf(state),
        wrongTries: state.wrongTries,
        waitSeconds: state.waitSeconds,
        fault: state.fault,
        keys: [...(state.keys ?? [])],
        keyUsb: 'idle',
        plainPassphraseFile: false,
      };
    case 'opening':
      // Until the first report a key USB is only looked for: nothing is being opened, and the typed words may stay.
      if (state.by === 'keyUsb' && state.work.at === null) {
        return {
          state: 'locked',
          vault: chosenOf(state),
          wrongTries: state.wrongTries,
          waitSeconds: 0,
          fault: null,
          keys: [],
          keyUsb: 'looking',
          plainPassphraseFile: false,
        };
      }
      return { state: 'opening', vault: chosenOf(state), by: state.by, work: workOf(state.work) };
    case 'choosing':
      return { state: 'choosing', guests: [...state.inside.guests] };
    case 'waking':
      return state.work.at === 'check' || state.work.at === null
        ? { state: 'checking', guest: state.card, work: workOf(state.work) }
        : {
            state: 'resuming',
            guest: state.card,
            fresh: state.card.suspendedAt === null,
            curtain: false,
            work: workOf(state.work),
          };
    case 'timeline':
      return {
        state: 'timeline',
        guest: state.card,
        timeline: state.timeline,
        work: state.work === null ? null : workOf(state.work),
        freedBytes: state.freedBytes,
        fault: state.fault,
        exits: timelineExits(state),
      };
    case 'ways': {
      const { told, awake, folder, asked, busy, done, fault, wrongTries, waitSeconds } = state;
      const shown = { told, folder, busy, done, fault, wrongTries, waitSeconds };
      return { state: 'ways', ...shown, awake: awake !== null, askedGroups: asked };
    }
    case 'sticks':
      return sticksStory(state);
    case 'unfit':
      return { state: 'unfit', guest: state.card, fit: state.fit, exits: unfitExits(state) };
    case 'afterCrash':
      return {
        state: 'afterCrash',
        guest: state.card,
        savedAt: state.savedAt,
        until: state.until,
        exits: [...crashExits],
      };
    case 'showing':
      return {
        state: 'resuming',
        guest: state.awake.card,
        fresh: state.awake.card.suspendedAt === null,
        curtain: state.woke && state.awake.card.hasPicture && state.awake.card.suspendedAt !== null,
        work: workOf(state.work),
      };
    case 'live':
      return {
        state: 'live',
        guest: state.awake.card,
        awakeSince: state.awake.since,
        starting: state.awake.starting,
        spaceLeft: state.awake.spaceLeft,
        batteryLow: state.awake.batteryLow === true,
        controls: state.controls,
        section: state.section,
        trial: state.trial,
        hint: state.hint,
        shuttingDown: state.shuttingDown,
        plainPassphraseFile: state.awake.plainPassphraseFile,
      };
    case 'idleLocked':
      return {
        ...{ state: 'idleLocked', guest: state.awake.card, paused: state.paused },
        ...{ wrongTries: state.wrongTries, waitSeconds: state.waitSeconds, fault: state.fault },
        keys: [...(state.keys ?? [])],
        checking: state.checking,
      };
    case 'suspending':
      return {
        state: 'suspending',
        guest: state.awake.card,
        work: workOf(state.work),
        returnsTo: state.awake.returnsTo,
        battery: state.battery ?? null,
      };
    case 'closing':
      return {
        state: 'suspending',
        guest: state.card ?? bareCard('none', ''),
        work: workOf(state.work),
        returnsTo: state.saved.at === '' ? null : state.saved.at,
        battery: state.saved.forBattery ? 'empty' : null,
      };
    case 'safe':
      return {
        state: 'safe',
        why: state.saved.why,
        at: state.saved.at,
        writtenBytes: state.saved.writtenBytes,
        verified: state.saved.verified,
        forBattery: state.saved.forBattery === true,
        vaultClosed: state.vaultClosed,
        plainPassphraseFile: state.plainPassphraseFile,
        canWake: state.canWake,
        trace: state.trace,
      };
    case 'fault':
      return {
        state: 'fault',
        fault: state.fault,
        safe: state.safe,
        savedAt: state.savedAt,
        olderAt: state.older?.createdAt ?? null,
        exits: [...state.exits],
      };
  }
}

/** Where there is only one, nobody need be told which. */
function chosenOf({ choice }: Wanting): VaultCard | null {
  return choice?.vaults.find(({ id }) => id === choice.chosen) ?? null;
}

function sticksStory<V, G>({ found, asked, misnamed, writing, done, fault, touched }: AtSticks<V, G>): Story {
  return {
    state: 'sticks',
    found: found === null ? null : { image: found.image, disks: [...found.disks] },
    ...{ asked, misnamed, done, fault, touched },
    writing:
      writing === null
        ? null
        : {
            disk: writing.disk,
            work: workOf(writing.work),
            bytesPerSecond: writing.bytesPerSecond,
            canStop: mayStop(writing),
            stopping: writing.stopping,
          },
  };
}

function setupStory<V>(state: SettingUp<V>, home: string): Story {
  const { on, inside, offers, picked, fault, restore } = state;
  return {
    state: 'setup',
    home,
    step: on.step,
    // What made it goes on with its guest: the way has as many steps as when it began.
    vault: inside === null || (on.step === 'building' && on.work.plan.includes('key')) ? 'toMake' : 'made',
    offers: offers === null ? null : [...offers],
    picking: on.step === 'guest' && on.picking,
    picked,
    askedGroups: on.step === 'recovery' ? on.asked : null,
    restore: restore === null ? null : shownRestore(restore),
    work: on.step === 'building' ? workOf(on.work) : null,
    fault,
  };
}
