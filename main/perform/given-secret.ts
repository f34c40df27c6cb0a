// The secrets of one try, from where the person gave them: typed, or on the key USBs that are plugged in. Where passphrase
// and key USB are both needed, what was typed is joined with each key file. More than one is tried only where more than one
// key is plugged in. What is joined or not used is wiped here.
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { OpenedBy } from '../flow/state';
import { copyOfSecret } from '../process/secret-bytes';
import { joinBoth } from '../vault/both-secret';
import type { Secret, Vaults } from '../vault/vault';
import type { ChosenVault } from './chosen-vault';
import type { FoundKey, Keys } from './parts';
import type { SecretBox } from './secret-box';

/** `key`: the disk that it came from, as Keys tells it; null: typed, no key was needed. */
export interface GivenSecret {
  readonly secret: Secret;
  readonly plainPassphraseFile: boolean;
  readonly key: Pick<FoundKey, 'source' | 'name'> | null;
}

interface Organs {
  readonly chosen: Pick<ChosenVault, 'home'>;
  readonly vaults: Vaults;
  readonly keys: Keys;
}

/** At least one. Faults: missingKey, damagedKeyFile, toolMissing, bug (nothing was typed). */
export async function givenSecrets(
  organs: Organs & { readonly secrets: SecretBox },
  by: OpenedBy,
): Promise<Result<readonly GivenSecret[]>> {
  if (by === 'keyUsb') {
    const found = await organs.keys.find();
    if (!found.ok) return found;
    return ok(found.value.map((key) => ({ ...key, key })));
  }
  const typed = organs.secrets.take();
  return typed === null ? fail(nothingGiven) : ok(await withKeyUsbs(organs, typed));
}

/** What was typed, joined with each key file where the vault has a keyslot for both and a key USB is plugged in. */
async function withKeyUsbs(organs: Organs, typed: Secret): Promise<readonly GivenSecret[]> {
  const alone: GivenSecret = { secret: typed, plainPassphraseFile: false, key: null };
  const facts = await organs.vaults.status(organs.chosen.home());
  const asksBoth = facts.ok && facts.value.keyslots.some(({ kind }) => kind === 'both');
  const found = asksBoth && typed.kind === 'passphrase' ? await organs.keys.find() : null;
  if (found === null || !found.ok) return [alone];
  const joined = found.value.flatMap((key): GivenSecret[] => {
    const bytes = key.secret.kind === 'keyUsb' ? joinBoth(typed.bytes, key.secret.bytes) : null;
    key.secret.bytes.fill(0);
    return bytes === null ? [] : [{ secret: { kind: 'both', bytes }, plainPassphraseFile: false, key }];
  });
  if (joined.length === 0) return [alone];
  typed.bytes.fill(0);
  return joined;
}

/** What opens the vault, for an edit of its keyslots: of several keys that are plugged in, the one that fits. */
export async function withKeyUsb(organs: Organs, typed: Secret): Promise<Secret> {
  const given = await withKeyUsbs(organs, typed);
  const last = given.at(-1);
  for (const { secret } of given.slice(0, -1)) {
    const copy = { kind: secret.kind, bytes: copyOfSecret(secret.bytes) };
    const opens = await organs.vaults.check({ home: organs.chosen.home(), secret: copy });
    if (!opens.ok) {
      secret.bytes.fill(0);
      continue;
    }
    for (const other of given) if (other.secret !== secret) other.secret.bytes.fill(0);
    return secret;
  }
  return last?.secret ?? typed;
}

export interface Tried<T> {
  readonly result: Result<T>;
  /** What opened it; null: nothing did. */
  readonly by: GivenSecret | null;
  /** The disks whose keys did not fit. */
  readonly wrongKeys: readonly string[];
}

/** Tries one after another, until one fits or something else than a wrong secret is in the way. The rest is wiped. */
export async function tryEach<T>(
  given: readonly GivenSecret[],
  open: (given: GivenSecret) => Promise<Result<T>>,
): Promise<Tried<T>> {
  const wrongKeys: string[] = [];
  let result: Result<T> = fail(nothingGiven);
  for (const [index, each] of given.entries()) {
    result = await open(each);
    if (result.ok || result.fault.code !== 'wrongSecret') {
      for (const { secret } of given.slice(index + 1)) secret.bytes.fill(0);
      return { result, by: result.ok ? each : null, wrongKeys: [] };
    }
    // Of both together nobody can tell which one is wrong.
    if (each.key !== null && each.secret.kind !== 'both') wrongKeys.push(each.key.name);
  }
  return { result, by: null, wrongKeys };
}

const nothingGiven: Fault = { code: 'bug', stage: 'openVault', message: 'no secret was handed over' };
