// Which keyslots a secret is tried on. A recovery key is typed where the passphrase is asked, so what has its shape is
// tried as one first, and as a passphrase after that: somebody's passphrase may be 48 digits. Runs only in the owner
// program.
import { fail, ok, type Result } from '../../preload/contract/result';
import { splitBoth } from './both-secret';
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

/**
 * The volume key, the caller's to wipe. Faults: wrongSecret, mistypedKey (a recovery key with a wrong digit), missingKey (a
 * passphrase where only passphrase and key USB together open).
 */
export async function unsealBy(about: Unsealing): Promise<Result<Buffer>> {
  const { keyslots, secret, kind } = about;
  const passphrase =
    kind === 'both' ? splitBoth(secret)?.passphrase : kind === 'passphrase' ? secret : undefined;
  const has = (wanted: string): boolean => keyslots.keyslots.some((slot) => slot.kind === wanted);
  const typed = passphrase !== undefined && has('recovery') ? readRecoveryKey(passphrase) : null;
  if (typed?.is === 'key') {
    const opened = await unsealVolumeKey({ keyslots, secret: typed.digits, kind: 'recovery' });
    typed.digits.fill(0);
    if (opened !== null) return ok(opened);
  }
  const tries = [
    { kind, secret },
    ...(kind === 'both' && passphrase !== undefined
      ? [{ kind: 'passphrase' as const, secret: passphrase }]
      : []),
  ].filter((each) => has(each.kind));
  const { onTried } = about;
  for (const each of tries) {
    const opened = await unsealVolumeKey({ keyslots, ...each, ...(onTried ? { onTried } : {}) });
    if (opened !== null) return ok(opened);
  }
  if (typed?.is === 'mistyped') return fail(mistyped(about, typed.group));
  return fail(
    kind === 'passphrase' && !has(kind) && has('both') ? halfOnly(about) : wrong(about, tries.length > 0),
  );
}

function halfOnly({ stage }: Unsealing) {
  return {
    code: 'missingKey' as const,
    stage,
    message: 'this vault opens with passphrase and key USB together',
    hint: 'plug in the key USB, then type the passphrase',
  };
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
  const names = { passphrase: 'passphrase', keyUsb: 'key file', both: 'passphrase and key file' };
  const what = names[kind];
  return {
    code: 'wrongSecret' as const,
    stage,
    message: has ? `this ${what} opens no keyslot` : `this vault has no keyslot for a ${what}`,
    hint: has ? undefined : 'open it in another way',
  };
}
