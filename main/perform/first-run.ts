// Carries out the first run's effects: asks what guests there can be, has a file picked, makes the vault with the kept
// secrets and the guest in it. What was begun ends with one event; what was cancelled leaves either nothing or a whole
// vault that set-up takes up again.
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import type { Picked } from '../../preload/contract/setup';
import type { Effect, Event } from '../flow/state';
import { copyOfSecret } from '../process/secret-bytes';
import type { OpenVault, Vaults } from '../vault/vault';
import { gatherOutput } from './build-output';
import type { ChosenVault } from './chosen-vault';
import { keyPace } from './key-pace';
import { enter } from './looking';
import type { PaperBox } from './paper-box';
import type { Guests, NewGuests, RunningGuest } from './parts';
import type { SetupSecrets } from './setup-secrets';

type KioskEvent = Event<OpenVault, RunningGuest>;
type KioskEffect = Effect<OpenVault, RunningGuest>;
export type FirstRunEffect = Extract<
  KioskEffect,
  {
    do:
      | 'askOffers'
      | 'pickFile'
      | 'makeRecoveryKey'
      | 'forgetSecrets'
      | 'makeVault'
      | 'buildGuest'
      | 'cancelBuild';
  }
>;

/** A table, so that none is forgotten. */
const firstRunEffects: Readonly<Record<FirstRunEffect['do'], true>> = {
  ...{ askOffers: true, pickFile: true, makeRecoveryKey: true, forgetSecrets: true },
  ...{ makeVault: true, buildGuest: true, cancelBuild: true },
};

export function isOfFirstRun(effect: KioskEffect): effect is FirstRunEffect {
  return effect.do in firstRunEffects;
}

export interface FirstRunOrgans {
  readonly chosen: ChosenVault;
  readonly vaults: Vaults;
  readonly guests: Guests;
  readonly newGuests: NewGuests;
  readonly setup: SetupSecrets;
  readonly paper: PaperBox;
  /** Monotonic seconds. */
  readonly seconds: () => number;
  /** For the details pane. */
  readonly onBuildOutput: (text: string) => void;
}

export function firstRunPerformer(about: {
  readonly organs: FirstRunOrgans;
  readonly send: (event: KioskEvent) => void;
  readonly onProgress: OnProgress;
  /** Told of every vault that was opened here, before any event names it. */
  readonly onOpened: (vault: OpenVault) => void;
  /** For a vault that cannot be gone into. */
  readonly leave: (vault: OpenVault) => Promise<void>;
  /** Starts work that reports by events. A bug in it is told as a fault. */
  readonly start: (work: Promise<void>, failed: (fault: Fault) => KioskEvent) => void;
}): (effect: FirstRunEffect) => void {
  const { organs, send, onProgress, start } = about;
  const { chosen, vaults, guests, newGuests, setup } = organs;
  let stopBuilding = new AbortController();

  const makeVault = async (key: 'drawn' | 'paper'): Promise<void> => {
    const failed = (fault: Fault, vaultIsThere: boolean): void =>
      send({ is: 'makeFailed', fault, vaultIsThere });
    const paper = key === 'paper' ? organs.paper.recovery() : null;
    if (paper !== null) setup.keepRecovery(paper);
    const secrets = setup.take();
    if (secrets === null)
      return failed({ code: 'bug', stage: 'setup', message: 'no secrets were kept' }, false);
    const home = chosen.home();
    // The callee wipes its copy; one more is needed to open what was made.
    const again = copyOfSecret(secrets.passphrase);
    const pace = keyPace(organs.seconds);
    const secretOf = (bytes: Uint8Array) => ({ kind: 'passphrase', bytes }) as const;
    try {
      const made = await vaults.create({
        ...{ home, name: 'passphrase', secret: secretOf(secrets.passphrase), recovery: secrets.recovery },
        onProgress: (progress) => onProgress(pace.making(progress)),
      });
      // Somebody else made one meanwhile: that one is looked at, ours was never there.
      if (!made.ok) return failed(made.fault, made.fault.code === 'alreadyThere');
      const opening = { home, secret: secretOf(again), program: 'kiosk', stays: false } as const;
      const opened = await vaults.open({
        ...opening,
        onProgress: (progress) => onProgress(pace.opening(progress)),
      });
      if (!opened.ok) return failed(opened.fault, true);
      about.onOpened(opened.value);
      const entered = await enter({ vault: opened.value, guests, plainPassphraseFile: false });
      if (entered.ok) return send({ is: 'vaultMade', inside: entered.value.inside });
      await about.leave(opened.value);
      failed(entered.fault, true);
    } finally {
      for (const bytes of [secrets.passphrase, secrets.recovery, again]) bytes.fill(0);
    }
  };

  const buildGuest = async (vault: OpenVault, picked: Picked): Promise<void> => {
    stopBuilding = new AbortController();
    const output = gatherOutput(organs.onBuildOutput);
    const { signal } = stopBuilding;
    const built = await newGuests.build({ vault, picked, onProgress, onOutput: output.hear, signal });
    output.end();
    if (!built.ok) return send({ is: 'buildFailed', fault: built.fault });
    const entered = await enter({ vault, guests, plainPassphraseFile: false });
    if (!entered.ok) return send({ is: 'buildFailed', fault: entered.fault });
    send({ is: 'guestMade', inside: entered.value.inside });
  };

  const pickFile = async (effect: FirstRunEffect & { do: 'pickFile' }): Promise<void> => {
    const picked = await newGuests.pickFile(effect.kind, effect.offer);
    if (!picked.ok) return send({ is: 'pickEnded', fault: picked.fault });
    send(
      picked.value === null ? { is: 'pickEnded', fault: null } : { is: 'filePicked', picked: picked.value },
    );
  };

  return (effect) => {
    switch (effect.do) {
      case 'askOffers':
        return start(
          newGuests.offers(effect.vault, (offers) => send({ is: 'offersKnown', offers })),
          () => ({ is: 'offersKnown', offers: [] }),
        );
      case 'pickFile':
        return start(pickFile(effect), (fault) => ({ is: 'pickEnded', fault }));
      case 'makeRecoveryKey':
        return send({ is: 'recoveryKeyMade', asked: setup.recoveryGroups() });
      case 'forgetSecrets':
        return setup.forget();
      case 'makeVault':
        return start(makeVault(effect.recovery), (fault) => ({
          is: 'makeFailed',
          fault,
          vaultIsThere: false,
        }));
      case 'buildGuest':
        return start(buildGuest(effect.vault, effect.picked), (fault) => ({ is: 'buildFailed', fault }));
      case 'cancelBuild':
        return stopBuilding.abort();
    }
  };
}
