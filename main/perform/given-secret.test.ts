// Several key USBs at once: each is tried, those that do not fit are named, and what was not used is wiped.
import { expect, it } from 'vitest';
import { fail, ok } from '../../preload/contract/result';
import { splitBoth } from '../vault/both-secret';
import type { KeyslotFacts, Vaults } from '../vault/vault';
import { oneVault } from './chosen-vault.fixture';
import { type GivenSecret, givenSecrets, tryEach, withKeyUsb } from './given-secret';
import type { FoundKey, Keys } from './parts';
import { secretBox } from './secret-box';

const io = fail({ code: 'io', stage: 'test', message: 'played' });
const wrong = fail({ code: 'wrongSecret', stage: 'test', message: 'played' });

const keyOf = (name: string, letter: number): FoundKey => ({
  secret: { kind: 'keyUsb', bytes: new Uint8Array(64).fill(letter) },
  ...{ plainPassphraseFile: false, source: `/media/${name}`, name },
});
const given = (key: FoundKey): GivenSecret => ({ ...key, key });
const isWiped = ({ secret }: { readonly secret: FoundKey['secret'] }): boolean =>
  secret.bytes.every((byte) => byte === 0);

const slot = (kind: KeyslotFacts['kind']): KeyslotFacts => ({
  ...{ id: 0, name: kind, kind, kdf: 'argon2id', memoryKiB: 1, iterations: 1, parallelism: 1 },
});
function vaultsWith(kinds: readonly KeyslotFacts['kind'][], check: Vaults['check'] = async () => io): Vaults {
  return {
    ...{ create: async () => io, open: async () => io, adopt: async () => io, addKeyslot: async () => io },
    ...{ changePassphrase: async () => io, removeKeyslot: async () => io, check },
    status: async (home) =>
      ok({
        ...{ home, kind: 'gocryptfs', uuid: '7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d', state: 'closed' },
        ...{ mountPoint: null, fileSystem: null, reflink: false, freeBytes: null, keyslots: kinds.map(slot) },
      }),
  };
}
const plugged = (...found: FoundKey[]): Keys => ({ find: async () => ok(found), used: () => {} });

it('of two key USBs the one that does not fit is named, and the right one opens', async () => {
  const [home, office] = [keyOf('HOME', 1), keyOf('OFFICE', 2)];
  const order: string[] = [];
  const open = async ({ key, secret }: GivenSecret) => {
    order.push(key?.name ?? '');
    return secret.bytes[0] === 2 ? ok('open') : wrong;
  };
  const tried = await tryEach([given(home), given(office)], open);
  expect(tried).toMatchObject({ result: { ok: true, value: 'open' }, by: { key: { name: 'OFFICE' } } });
  expect(order).toEqual(['HOME', 'OFFICE']);
  const none = await tryEach([given(home), given(keyOf('SHED', 3))], open);
  expect(none).toMatchObject({ result: wrong, by: null, wrongKeys: ['HOME', 'SHED'] });
});

it('the first that fits is the last that is tried, and so is one after which something else is in the way', async () => {
  for (const outcome of [ok('open'), io]) {
    const rest = keyOf('OFFICE', 2);
    let tries = 0;
    const tried = await tryEach([given(keyOf('HOME', 1)), given(rest)], async () => {
      tries++;
      return outcome;
    });
    expect(tried).toMatchObject({ result: outcome, wrongKeys: [] });
    expect(tries).toBe(1);
    expect(isWiped(rest)).toBe(true);
  }
});

it('where both are needed, what was typed is tried with each key, and none is called the wrong one', async () => {
  const secrets = secretBox();
  const typed = Buffer.from('copper meadow lighthouse thirty');
  secrets.put({ kind: 'passphrase', bytes: typed });
  const keys = [keyOf('HOME', 1), keyOf('OFFICE', 2)];
  const organs = {
    chosen: oneVault(),
    vaults: vaultsWith(['both', 'recovery']),
    keys: plugged(...keys),
    secrets,
  };
  const joined = await givenSecrets(organs, 'passphrase');
  if (!joined.ok) throw new Error(joined.fault.message);
  expect(joined.value.map(({ secret }) => secret.kind)).toEqual(['both', 'both']);
  const parts = joined.value.map(({ secret }) => splitBoth(secret.bytes));
  expect(parts.map((part) => part?.keyFile[0])).toEqual([1, 2]);
  expect([...typed, ...keys.flatMap(({ secret }) => [...secret.bytes])].every((byte) => byte === 0)).toBe(
    true,
  );
  const tried = await tryEach(joined.value, async () => wrong);
  expect(tried).toMatchObject({ result: wrong, wrongKeys: [] });
});

it('where no keyslot needs both, no key is read for what was typed', async () => {
  const secrets = secretBox();
  secrets.put({ kind: 'passphrase', bytes: Buffer.from('copper meadow lighthouse thirty') });
  const keys: Keys = { find: () => Promise.reject(new Error('read')), used: () => {} };
  const organs = { chosen: oneVault(), vaults: vaultsWith(['passphrase', 'keyUsb']), keys, secrets };
  expect(await givenSecrets(organs, 'passphrase')).toMatchObject({
    ok: true,
    value: [{ key: null, secret: { kind: 'passphrase' } }],
  });
});

it('for an edit the key that fits what was typed is taken, and the others are wiped', async () => {
  const check: Vaults['check'] = async ({ secret }) => {
    const fits = splitBoth(secret.bytes)?.keyFile[0] === 2;
    secret.bytes.fill(0);
    return fits ? ok(undefined) : wrong;
  };
  const keys = plugged(keyOf('HOME', 1), keyOf('OFFICE', 2), keyOf('SHED', 3));
  const secret = await withKeyUsb(
    { chosen: oneVault(), vaults: vaultsWith(['both'], check), keys },
    { kind: 'passphrase', bytes: Buffer.from('copper meadow lighthouse thirty') },
  );
  expect(secret.kind).toBe('both');
  expect(splitBoth(secret.bytes)?.keyFile[0]).toBe(2);
});
