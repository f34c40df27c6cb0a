// What the set-up pages may ask. Secrets go from here into the performer's box and from it to the page, beside the flow:
// an event says only that one was taken. Whatever is not taken is wiped at once.
import type { View } from '../preload/contract/view';
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { RunningGuest } from './perform/parts';
import { suggestPhrase } from './perform/phrase';
import type { SetupSecrets } from './perform/setup-secrets';
import { normalizePassphrase, refuseNewPassphrase } from './vault/passphrase';
import type { OpenVault } from './vault/vault';

type SetupAnswers = Pick<
  IpcAnswers,
  | ('setupBack' | 'setupNext' | 'pickGuest' | 'chooseGuestSize')
  | ('suggestPhrase' | 'choosePassphrase')
  | ('showRecoveryKey' | 'confirmRecoveryKey')
>;

export function setupAnswersOf(about: {
  readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
  readonly view: () => View;
  readonly setup: SetupSecrets;
  /** Of the page of a vault's ways in. */
  readonly newRecovery: SetupSecrets;
}): SetupAnswers {
  const { send, view, setup } = about;
  const isAt = (step: 'passphrase' | 'recovery'): boolean => {
    const { story } = view();
    return story.state === 'setup' && story.step === step;
  };

  const isAtWays = (): boolean => view().story.state === 'ways';

  const choosePassphrase = (given: Uint8Array): { taken: boolean } => {
    const normalized = normalizePassphrase(given);
    given.fill(0);
    if (!normalized.ok) {
      const fault = { ...normalized.fault, code: 'secretUnfit' as const };
      return { taken: send({ is: 'passphraseRefused', fault }) };
    }
    const allowed = refuseNewPassphrase(normalized.value);
    // Kept before the event: what follows it may already ask for it. Not taken, nothing may be kept.
    if (!allowed.ok || !isAt('passphrase')) {
      normalized.value.fill(0);
      return { taken: !allowed.ok && send({ is: 'passphraseRefused', fault: allowed.fault }) };
    }
    setup.keepPassphrase(normalized.value);
    return { taken: send({ is: 'passphraseTaken' }) };
  };

  return {
    setupBack: () => ({ taken: send({ is: 'setupBackAsked' }) }),
    setupNext: () => ({ taken: send({ is: 'setupNextAsked' }) }),
    pickGuest: (kind) => ({ taken: send({ is: 'pickAsked', kind }) }),
    chooseGuestSize: (asked) => ({ taken: send({ is: 'sizeAsked', ...asked }) }),
    suggestPhrase: () =>
      isAt('passphrase')
        ? { taken: true, phrase: suggestPhrase(view().look.language) }
        : { taken: false, phrase: null },
    choosePassphrase,
    showRecoveryKey: () => {
      const key = isAtWays()
        ? about.newRecovery.recoveryKey()
        : isAt('recovery')
          ? setup.recoveryKey()
          : null;
      return { taken: key !== null, key };
    },
    confirmRecoveryKey: (typed) => {
      // There the edit that follows adds it.
      if (isAtWays()) return { taken: true, right: about.newRecovery.confirm(typed) };
      if (!isAt('recovery')) {
        typed.fill(0);
        return { taken: false, right: false };
      }
      const right = setup.confirm(typed);
      return right ? { taken: send({ is: 'recoveryConfirmed' }), right } : { taken: true, right };
    },
  };
}
