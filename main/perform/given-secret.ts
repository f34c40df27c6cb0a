// The secret of one try, from where the person gave it: typed, or on a key USB. Where passphrase and key USB are both
// needed, what was typed is joined with the key file that is plugged in. What is joined or not used is wiped here.
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { OpenedBy } from '../flow/state';
import { joinBoth } from '../vault/both-secret';
import type { Secret, Vaults } from '../vault/vault';
import type { Keys } from './parts';
import type { SecretBox } from './secret-box';

export interface GivenSecret {
  readonly secret: Secret;
  readonly plainPassphraseFile: boolean;
}

/** Faults: missingKey, damagedKeyFile, toolMissing, bug (nothing was typed). */
export async function givenSecret(
  organs: {
    readonly home: string;
    readonly vaults: Vaults;
    readonly keys: Keys;
    readonly secrets: SecretBox;
  },
  by: OpenedBy,
): Promise<Result<GivenSecret>> {
  if (by === 'keyUsb') return organs.keys.find();
  const typed = organs.secrets.take();
  if (typed === null) return fail(nothingGiven);
  return ok({ secret: await withKeyUsb(organs, typed), plainPassphraseFile: false });
}

/** What was typed, joined with the key file where the vault has a keyslot for both and a key USB is plugged in. */
export async function withKeyUsb(
  organs: { readonly home: string; readonly vaults: Vaults; readonly keys: Keys },
  typed: Secret,
): Promise<Secret> {
  const facts = await organs.vaults.status(organs.home);
  const asksBoth = facts.ok && facts.value.keyslots.some(({ kind }) => kind === 'both');
  const key = asksBoth && typed.kind === 'passphrase' ? await organs.keys.find() : null;
  if (key === null || !key.ok) return typed;
  const { secret: found } = key.value;
  const bytes = found.kind === 'keyUsb' ? joinBoth(typed.bytes, found.bytes) : null;
  found.bytes.fill(0);
  if (bytes === null) return typed;
  typed.bytes.fill(0);
  return { kind: 'both', bytes };
}

const nothingGiven: Fault = { code: 'bug', stage: 'openVault', message: 'no secret was handed over' };
