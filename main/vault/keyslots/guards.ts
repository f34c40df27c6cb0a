// What may not be done to keyslots, for both kinds of vault. Pure. Its safe side: refuse rather than lock a person out.
//   the last keyslot                           is never removed
//   the last one that is not a recovery key    is never removed: paper is for bad days
//   any other                                  only on the word of a secret that opens another one
import { fail, ok, type Result } from '../../../preload/contract/result';
import type { KeyslotFacts } from '../vault';

type Slot = Pick<KeyslotFacts, 'id' | 'kind'>;

/**
 * The keyslots of which one must be opened to prove that removing `id` locks nobody out. Faults: missingKeyslot,
 * lastKeyslot.
 */
export function provingKeyslots<S extends Slot>(about: {
  readonly slots: readonly S[];
  readonly id: number;
}): Result<readonly S[]> {
  const stage = 'vault.removeKeyslot';
  const rest = about.slots.filter((slot) => slot.id !== about.id);
  if (rest.length === about.slots.length)
    return fail({ code: 'missingKeyslot', stage, message: `there is no keyslot ${about.id}` });
  if (rest.length === 0)
    return fail({ code: 'lastKeyslot', stage, message: `keyslot ${about.id} is the only one` });
  if (rest.every(({ kind }) => kind === 'recovery'))
    return fail({ code: 'lastKeyslot', stage, message: 'only the recovery key would open the vault' });
  return ok(rest);
}

/** The secret opened the keyslot that is to go, and no other. */
export function needsOtherSecret(id: number): Result<never> {
  return fail({
    code: 'otherSecretNeeded',
    stage: 'vault.removeKeyslot',
    message: `keyslot ${id} is removed only with the secret of another keyslot`,
    hint: 'give a passphrase or key that opens another keyslot',
  });
}

/** True when passphrase and key USB are both needed: one way in that takes one of them alone, and it is not so. */
export function isTwoFactor(slots: readonly Pick<KeyslotFacts, 'kind'>[]): boolean {
  const has = (kind: KeyslotFacts['kind']): boolean => slots.some((slot) => slot.kind === kind);
  return has('both') && !has('passphrase') && !has('keyUsb');
}
