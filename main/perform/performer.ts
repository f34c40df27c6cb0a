// Carries out the flow's effects on the organs and tells the flow what came of it. Quick effects fulfil when they are
// done; long ones are started, report by events and do not hold up the next effect. Nothing here decides what comes
// next: that is the flow's.
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import type { KeeperStatus } from '../../preload/contract/keeper';
import type { Progress } from '../../preload/contract/progress';
import type { GuestScreen } from '../../preload/contract/screen';
import type { Trace } from '../../preload/contract/trace';
import type { WakeFrom } from '../../preload/contract/waking';
import type { Plan } from '../display/display';
import type { Effect, Event, OpenedBy } from '../flow/state';
import { restartLimit } from '../process/restart-limit';
import type { OpenVault } from '../vault/vault';
import type { BackupDesk } from './backups';
import { type FirstRunOrgans, firstRunPerformer, isOfFirstRun } from './first-run';
import { givenSecrets, tryEach } from './given-secret';
import { describeRunning, enter, lookForVault } from './looking';
import type { ControlMemory, Keys, RunningGuest, Screen } from './parts';
import { isOfRestoring, type RestoringOrgans, restoringPerformer } from './restoring';
import type { SecretBox } from './secret-box';
import { isOfSticks, type SticksOrgans, sticksPerformer } from './sticks';
import { tellSize } from './tell-size';
import { isOfTimeline, timelinePerformer } from './timeline';
import type { Waking } from './waking';
import { isOfWays, type WaysOrgans, waysPerformer } from './ways';

/** A viewer notices its guest's end before the keeper does; so long we wait for the keeper's word. */
const guestEndsWithinMs = 400;
const askAgainMs = 500;

/** For 5 s another program that uses the vault is waited for, then the person is told which one it is. */
const closeTries = 21;
const closeAgainMs = 250;

/** The third death of a viewer in a minute is told. */
const viewerRestarts = 2;

/** A guest that does not answer is shown as it is. */
const unknownScreen: GuestScreen = { follows: null, size: null };

type Showing = Extract<Effect<OpenVault, RunningGuest>, { do: 'show' }>;

function sizeFor({ window, guestZoom }: Plan): { width: number; height: number } {
  const zoom = guestZoom ?? 1;
  return { width: Math.floor(window.width / zoom), height: Math.floor(window.height / zoom) };
}

type KioskEvent = Event<OpenVault, RunningGuest>;

export interface Organs extends FirstRunOrgans, WaysOrgans, RestoringOrgans, SticksOrgans {
  readonly waking: Waking;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly controls: ControlMemory;
  readonly backups: Pick<BackupDesk, 'load' | 'act' | 'afterSuspend' | 'leave'>;
  readonly secrets: SecretBox;
  /** What this session leaves on the PC; null away from the stick. */
  readonly checkTrace: () => Promise<Trace | null>;
  /** Ends the program; on the stick it switches the PC off. */
  readonly end: () => void;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}

export function performer(
  organs: Organs,
  send: (event: KioskEvent) => void,
): (effect: Effect<OpenVault, RunningGuest>) => Promise<void> {
  const { vaults, guests, screen, controls } = organs;
  const onProgress = (progress: Progress): void =>
    send({ is: 'progress', progress, seconds: organs.seconds() });
  let stopOpening = new AbortController();
  let stopRunning = new AbortController();
  let showing: RunningGuest | null = null;
  /** How often a guest was shown. */
  let shows = 0;
  const viewerDeaths = restartLimit({ most: viewerRestarts, withinMs: 60_000 });
  /** Of the guest that is watched. */
  let tellFrozen = async (fault: Fault | null): Promise<void> => send({ is: 'frozen', fault, older: null });
  let saving: Promise<void> = Promise.resolve();

  const waits = new Map<string, NodeJS.Timeout>();
  const wait = ({ seconds, of }: Extract<Effect<OpenVault, RunningGuest>, { do: 'wait' }>): void => {
    clearTimeout(waits.get(of ?? ''));
    const told = (): void => send(of === undefined ? { is: 'waited' } : { is: 'waited', of });
    waits.set(of ?? '', setTimeout(told, seconds * 1000));
  };

  const open = async (by: OpenedBy): Promise<void> => {
    stopOpening = new AbortController();
    const given = await givenSecrets(organs, by);
    if (!given.ok) return send({ is: 'openFailed', fault: given.fault });
    const tried = await tryEach(given.value, ({ secret }) =>
      vaults.open({
        ...{ home: organs.chosen.home(), secret, program: 'kiosk', stays: false },
        ...{ onProgress, signal: stopOpening.signal },
      }),
    );
    const opened = tried.result;
    if (!opened.ok) return send({ is: 'openFailed', fault: opened.fault, keys: tried.wrongKeys });
    organs.keys.used(tried.by?.key?.source ?? null);
    organs.chosen.opened();
    watchVault(opened.value);
    const entered = await enter({
      vault: opened.value,
      guests,
      plainPassphraseFile: tried.by?.plainPassphraseFile === true,
    });
    if (!entered.ok) {
      await leave(opened.value);
      return send({ is: 'openFailed', fault: entered.fault });
    }
    const { running, inside } = entered.value;
    // Set-up was killed in this vault, or left; we have just opened it, so nobody else builds in it.
    if (inside.guests.length === 0) await organs.newGuests.clearLeftovers(opened.value);
    if (running !== null) watchGuest(opened.value, running.guest);
    send({ is: 'vaultOpened', ...entered.value });
  };

  /** For the lock over a desktop: the vault is open already, and stays as it is. */
  const prove = async (by: OpenedBy): Promise<void> => {
    stopOpening = new AbortController();
    const given = await givenSecrets(organs, by);
    if (!given.ok) return send({ is: 'proveFailed', fault: given.fault });
    const { result, wrongKeys } = await tryEach(given.value, ({ secret }) =>
      vaults.check({ home: organs.chosen.home(), secret, signal: stopOpening.signal }),
    );
    send(result.ok ? { is: 'proved' } : { is: 'proveFailed', fault: result.fault, keys: wrongKeys });
  };

  /** A vault that we cannot go into: closed, or at least not held open by us. */
  const leave = async (vault: OpenVault): Promise<void> => {
    const closed = await vault.close();
    if (!closed.ok) vault.detach();
  };

  const watchVault = (vault: OpenVault): void => {
    void vault.closed.then((cause) => {
      send({
        is: 'vaultLost',
        fault: { code: 'io', stage: 'vault', message: `the vault is gone: ${cause}` },
      });
    });
  };

  const watchGuest = (vault: OpenVault, guest: RunningGuest): void => {
    guest.onProgress(onProgress);
    tellFrozen = async (fault) => {
      const older = fault === null ? null : await organs.waking.older({ vault, id: guest.id, fault });
      send({ is: 'frozen', fault, older });
    };
    guest.onCheckpoint((at) => send({ is: 'checkpointed', at }));
    guest.onFrozen((fault) => start(tellFrozen(fault), (bug) => ({ is: 'guestDied', fault: bug })));
    guest.onSpace(({ low, free }) => send({ is: 'space', left: low ? free : null }));
    void guest.up.then(() => send({ is: 'desktopUp' }));
    void guest.ended.then(async (ended) => {
      const fault = ended.fault ?? { code: 'guestDied' as const, stage: 'guest', message: 'the guest ended' };
      switch (ended.why) {
        case 'suspended':
          // By us: the reply says more than this does, and the flow has no act for the second word.
          await saving.catch(() => {}); // a bug there is told by `start`
          return send({ is: 'suspended', at: organs.now(), writtenBytes: null, verified: false });
        case 'poweredOff':
          return send({ is: 'poweredOff', at: organs.now() });
        case 'dropped':
        case 'died':
          return send({ is: 'guestDied', fault });
      }
    });
  };

  const run = async (vault: OpenVault, id: string, from: WakeFrom): Promise<void> => {
    stopRunning = new AbortController();
    await controls.load(vault);
    await organs.backups.load(vault);
    const prepared = await organs.waking.prepare({ vault, id, from, now: organs.now() });
    if (!prepared.ok) return runFailed({ vault, id, fault: prepared.fault });
    if (prepared.value.is !== 'ready') return send(prepared.value);
    const ran = await guests.run({ vault, id, onProgress, signal: stopRunning.signal });
    if (!ran.ok) {
      await prepared.value.takeBack();
      return runFailed({ vault, id, fault: ran.fault });
    }
    const running = await describeRunning(ran.value);
    if (!running.ok) return send({ is: 'runFailed', fault: running.fault });
    watchGuest(vault, ran.value);
    send({ is: 'guestRuns', running: running.value });
  };

  const runFailed = async (about: { vault: OpenVault; id: string; fault: Fault }): Promise<void> =>
    send({ is: 'runFailed', fault: about.fault, older: await organs.waking.older(about) });

  const show = async ({ vault, guest, trying }: Showing): Promise<void> => {
    showing = guest;
    const mine = ++shows;
    const [status, looks] = await Promise.all([
      guest.status(),
      guest.screen(),
      controls.load(vault),
      organs.backups.load(vault),
    ]);
    if (!status.ok) return send({ is: 'showFailed', fault: status.fault });
    // A viewer would wait for a guest that stands still: it comes when the guest goes on.
    if (status.value.frozen !== null) return tellFrozen(status.value.frozen);
    const { follows, size } = looks.ok ? looks.value : unknownScreen;
    const shown = await screen.show({
      spiceSocket: status.value.spiceSocket,
      // The firmware's picture says nothing of the system that comes after it.
      guest: { follows: follows !== null, size: status.value.starting ? null : size },
      ...{ remembered: controls.remembered(), trying },
    });
    if (!shown.ok) return send({ is: 'showFailed', fault: shown.fault });
    const { died, plan } = shown.value;
    controls.matched(plan);
    void died.then((fault) => viewerEnded(guest, fault));
    send({ is: 'shown' });
    if (follows !== null && plan.guestZoom !== null)
      void tellSize({
        ...{ guest, follows, size: sizeFor(plan) },
        isShown: () => showing === guest && shows === mine,
      });
  };

  /** The viewer also ends because its guest did: then the guest's own end is the news, and it comes by itself. */
  const viewerEnded = async (guest: RunningGuest, fault: Fault): Promise<void> => {
    if (showing !== guest) return;
    let over = false;
    void guest.ended.then(() => {
      over = true;
    });
    await Promise.race([guest.ended, delay(guestEndsWithinMs)]);
    while (!over && showing === guest) {
      const status = await guest.status();
      if (status.ok && isThere(status.value) && showing === guest) {
        return send({ is: 'viewerDied', fault, again: viewerDeaths.take() });
      }
      if (status.ok) return;
      // Its keeper was killed too: the next one answers soon, or the guest has ended.
      await delay(askAgainMs);
    }
  };

  const suspend = async (guest: RunningGuest): Promise<void> => {
    const suspended = await guest.suspend();
    if (suspended.ok) {
      const { writtenBytes, layerBytes } = suspended.value;
      return send({
        is: 'suspended',
        at: organs.now(),
        writtenBytes: writtenBytes + layerBytes,
        verified: true,
      });
    }
    // The keeper ends after saving, and its reply may be lost with it: its last word counts.
    const ended = await Promise.race([guest.ended, delay(guestEndsWithinMs, null)]);
    if (ended?.why === 'suspended') return;
    const status = await guest.status();
    const guestRuns = status.ok && isThere(status.value);
    send({ is: 'suspendFailed', fault: suspended.fault, guestRuns });
  };

  const close = async (vault: OpenVault): Promise<void> => {
    await organs.backups.afterSuspend(vault, onProgress);
    await organs.backups.leave();
    let closed = await vault.close();
    // Who suspended the guest from a terminal may still be reading there: that is over in a moment.
    for (let tries = 1; !closed.ok && closed.fault.code === 'busy' && tries < closeTries; tries++) {
      await delay(closeAgainMs);
      closed = await vault.close();
    }
    send(closed.ok ? { is: 'vaultClosed' } : { is: 'closeFailed', fault: closed.fault });
  };

  /** A bug in one effect must not leave the person before a screen that waits for ever. */
  const start = (work: Promise<void>, failed: (fault: Fault) => KioskEvent): void => {
    work.catch((error: unknown) =>
      send(failed(bug('perform', error instanceof Error ? error.message : String(error)))),
    );
  };

  const firstRun = firstRunPerformer({ organs, send, onProgress, onOpened: watchVault, leave, start });

  const timeline = timelinePerformer({ guests, send, onProgress, start, now: organs.now });

  const ways = waysPerformer({ organs, send, start });

  const restoring = restoringPerformer({ organs, send, onProgress, start });

  const sticks = sticksPerformer({ organs, send, start });

  return async (effect) => {
    if (isOfFirstRun(effect)) return firstRun(effect);
    if (isOfTimeline(effect)) return timeline(effect);
    if (isOfWays(effect)) return ways(effect);
    if (isOfRestoring(effect)) return restoring(effect);
    if (isOfSticks(effect)) return sticks(effect);
    switch (effect.do) {
      case 'look':
        return start(
          lookForVault(organs).then((event) => {
            if (event.is === 'foundOpen') {
              watchVault(event.inside.vault);
              if (event.running !== null) watchGuest(event.inside.vault, event.running.guest);
            }
            send(event);
          }),
          (fault) => ({ is: 'lookFailed', fault }),
        );
      case 'chooseVault':
        organs.chosen.choose(effect.id);
        return;
      case 'openVault':
        return start(open(effect.by), (fault) => ({ is: 'openFailed', fault }));
      case 'cancelOpen':
        return stopOpening.abort();
      case 'proveSecret':
        return start(prove(effect.by), (fault) => ({ is: 'proveFailed', fault }));
      case 'cancelProve':
        return stopOpening.abort();
      case 'pauseGuest':
        await effect.guest.pause(); // one that ended meanwhile says so by itself
        return;
      case 'goOn':
        await effect.guest.goOn();
        return;
      case 'wait':
        wait(effect);
        return;
      case 'runGuest':
        return start(run(effect.vault, effect.id, effect.from), (fault) => ({ is: 'runFailed', fault }));
      case 'cancelRun':
        return stopRunning.abort();
      case 'show':
        return start(show(effect), (fault) => ({ is: 'showFailed', fault }));
      case 'rememberDisplay':
        return controls.remember(organs.now());
      case 'sendKeys':
        void effect.guest.sendKeys(effect.keys); // a guest takes keys or leaves them
        return;
      case 'endViewer':
        showing = null;
        return screen.endViewer();
      case 'raise':
        return screen.raise();
      case 'cede':
        return screen.cede();
      case 'showBar':
        return screen.showBar(effect);
      case 'unpinBar':
        return screen.unpinBar();
      case 'hideBar':
        return screen.hideBar();
      case 'suspend':
        saving = suspend(effect.guest);
        return start(saving, (fault) => ({ is: 'suspendFailed', fault, guestRuns: false }));
      case 'cancelSuspend':
        void effect.guest.cancelSuspend(); // what came of it is told by `suspend`
        return;
      case 'pressPower':
        void effect.guest.pressPower(); // the guest may take it or leave it
        return;
      case 'drop':
        await effect.guest.drop(); // one that has ended meanwhile is what was asked for
        return;
      case 'skipBackup':
        organs.backups.act('cancel');
        return;
      case 'closeVault':
        return start(close(effect.vault), (fault) => ({ is: 'closeFailed', fault }));
      case 'checkTrace':
        return start(
          organs.checkTrace().then((trace) => send({ is: 'traceChecked', trace })),
          () => ({ is: 'traceChecked', trace: null }),
        );
      case 'end':
        return organs.end();
    }
  };
}

/** Paused: a full disk holds it still until there is room again. */
function isThere({ state }: KeeperStatus): boolean {
  return state === 'running' || state === 'paused';
}

function bug(stage: string, message: string): Fault {
  return { code: 'bug', stage, message };
}
