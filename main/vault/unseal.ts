// Which keyslots a secret is tried on. A recovery key is typed where the passphrase is asked, so what has its shape is
// tried as one first, and as a passphrase after that: somebody's passphrase may be 48 digits. Runs only in the owner
// program.
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Keyslots } from './keyslots/format';
import { unsealVolumeKey } from './keyslots/seal';
import { readRecoveryKey } from './recovery/recovery-key';
import type { SecretKind } from './vault';

export interface Unsealing {
  readonly keyslots: Keyslots;
  /** Normalized; the caller wipes it. */
  readonly secret: Uint8Array;
  readonly kind: SecretKind;
  readonly stage: string;
  readonly onTried?: (done: number, total: number) => void;
}

/** The volume key, the caller's to wipe. Faults: wrongSecret, mistypedKey (a recovery key with a wrong digit). */
export async function unsealBy(about: Unsealing): Promise<Result<Buffer>> {
  const { keyslots, secret, kind, onTried } = about;
  const has = (wanted: string): boolean => keyslots.keyslots.some((slot) => slot.kind === wanted);
  const typed = kind === 'passphrase' && has('recovery') ? readRecoveryKey(secret) : null;
  if (typed?.is === 'key') {
    const opened = await unsealVolumeKey({ keyslots, secret: typed.digits, kind: 'recovery' });
    typed.digits.fill(0);
    if (opened !== null) return ok(opened);
  }
  const opened = await unsealVolumeKey({ keyslots, secret, kind, ...(onTried ? { onTried } : {}) });
  if (opened !== null) return ok(opened);
  return fail(typed?.is === 'mistyped' ? mistyped(about, typed.group) : wrong(about, has(kind)));
}

function mistyped({ stage }: Unsealing, group: number) {
  return {
    code: 'mistypedKey' as const,
    stage,
    message: `group ${group} of the recovery key is mistyped`,
    hint: 'compare it with the paper, digit by digit',
  };
}

function wrong({ stage, kind }: Unsealing, has: boolean) {
  const what = kind === 'passphrase' ? 'passphrase' : 'key file';
  return {
    code: 'wrongSecret' as const,
    stage,
    message: has ? `this ${what} opens no keyslot` : `this vault has no keyslot for a ${what}`,
    hint: has ? undefined : 'open it in another way',
  };
}
