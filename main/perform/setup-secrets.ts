// Keeps the chosen passphrase and the drawn recovery key from the steps where they are chosen to the one call that makes
// the vault. Main keeps them, not the page: only here can they be wiped for certain. Wiped when set-up is left, when the
// person goes back to the passphrase, after a failure, and when nothing happens for half an hour.
import type { AskedGroups } from '../../preload/contract/setup';
import { copyOfSecret } from '../process/secret-bytes';
import { groupsToAsk, isTypedBack, newRecoveryKey } from '../vault/recovery/recovery-key';
import { forgetLater } from './forget-later';

export interface SetupSecrets {
  /** Takes over `passphrase`, normalized and checked; one that still lay here is wiped with its recovery key. */
  keepPassphrase(passphrase: Uint8Array): void;
  /** Draws a key and the groups to ask back; the same ones again while they are kept. */
  recoveryGroups(): AskedGroups;
  /** A copy to show, which the caller wipes. Null: none is drawn. */
  recoveryKey(): Uint8Array<ArrayBuffer> | null;
  /** Are these the digits of the groups that are asked? Wipes `typed`. */
  confirm(typed: Uint8Array): boolean;
  /** Gives both away, once. Null unless both are here and the key was confirmed. */
  take(): { readonly passphrase: Uint8Array; readonly recovery: Uint8Array } | null;
  /** Takes over a recovery key that the person has on paper already: nothing is left to confirm. */
  keepRecovery(key: Uint8Array): void;
  /** Gives the recovery key alone away, once. Null unless it was confirmed. */
  takeRecovery(): Uint8Array | null;
  forget(): void;
}

export function setupSecrets(about: {
  /** They lay too long and were wiped. */
  readonly onForgotten: () => void;
  readonly testOnlyForgetAfterMs?: number;
}): SetupSecrets {
  let passphrase: Uint8Array | null = null;
  let recovery: { readonly key: Buffer; readonly asked: AskedGroups } | null = null;
  let confirmed = false;

  const forget = (): void => {
    stop();
    passphrase?.fill(0);
    recovery?.key.fill(0);
    passphrase = null;
    recovery = null;
    confirmed = false;
  };
  const { stillUsed, stop } = forgetLater({ ...about, forget });

  return {
    forget,
    keepPassphrase: (given) => {
      forget();
      passphrase = given;
      stillUsed();
    },
    recoveryGroups: () => {
      recovery ??= { key: newRecoveryKey(), asked: groupsToAsk() };
      stillUsed();
      return recovery.asked;
    },
    recoveryKey: () => {
      if (recovery === null) return null;
      stillUsed();
      return copyOfSecret(recovery.key);
    },
    confirm: (typed) => {
      confirmed = recovery !== null && isTypedBack({ key: recovery.key, groups: recovery.asked, typed });
      typed.fill(0);
      if (recovery !== null) stillUsed();
      return confirmed;
    },
    keepRecovery: (key) => {
      recovery?.key.fill(0);
      recovery = { key: Buffer.from(key.buffer, key.byteOffset, key.byteLength), asked: groupsToAsk() };
      confirmed = true;
      stillUsed();
    },
    takeRecovery: () => {
      if (recovery === null || !confirmed) return null;
      const { key } = recovery;
      recovery = null;
      forget();
      return key;
    },
    take: () => {
      if (passphrase === null || recovery === null || !confirmed) return null;
      const taken = { passphrase, recovery: recovery.key };
      passphrase = null;
      recovery = null;
      forget();
      return taken;
    },
  };
}
