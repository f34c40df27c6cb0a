// The first run's effects on organs that are played: what becomes of the secrets, and what is told when something fails.
import { expect, it } from 'vitest';
import { fail, ok } from '../../preload/contract/result';
import type { Picked } from '../../preload/contract/setup';
import type { Event } from '../flow/state';
import type { OpenVault, VaultFacts, Vaults } from '../vault/vault';
import { oneVault } from './chosen-vault.fixture';
import { type FirstRunOrgans, firstRunPerformer } from './first-run';
import { paperBox } from './paper-box';
import type { Guests, NewGuests, RunningGuest } from './parts';
import { setupSecrets } from './setup-secrets';

const never = new Promise<never>(() => {});
const io = fail({ code: 'io', stage: 'test', message: 'played' });
const there = fail({ code: 'alreadyThere', stage: 'test', message: 'played' });
const words = 'la clé dorée du grenier bleu';
const vault: OpenVault = {
  ...{ home: '/home', uuid: '7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d', mountPoint: '/m', guestsFolder: '/m/g' },
  ...{ runtimeFolder: '/r', ownerSocket: '/r/owner.sock', closed: never, detach: () => {} },
  close: async () => ok(undefined),
};
const facts: VaultFacts = {
  ...{ home: '/home', kind: 'gocryptfs', uuid: vault.uuid, state: 'closed', mountPoint: null },
  ...{ fileSystem: null, reflink: false, freeBytes: null, keyslots: [] },
};
const guests: Guests = {
  cards: async () => ok([]),
  card: async (_, { id, name }) => ({
    ...{ id, name, suspendedAt: null, hasPicture: false },
    state: 'off',
    bytes: null,
  }),
  picture: async () => null,
  running: async () => ok(null),
  run: async () => io,
};
const newGuests: NewGuests = {
  offers: async () => {},
  pickFile: async () => ok(null),
  build: async () => ok(undefined),
  clearLeftovers: async () => {},
};
const vaults: Vaults = {
  status: async () => io,
  create: async () => ok(facts),
  open: async () => ok(vault),
  adopt: async () => io,
  addKeyslot: async () => io,
  changePassphrase: async () => io,
  removeKeyslot: async () => io,
  check: async () => io,
};

function play(played: Partial<FirstRunOrgans> = {}) {
  const heard: Event<OpenVault, RunningGuest>[] = [];
  const seen: string[] = [];
  const setup = setupSecrets({ onForgotten: () => {} });
  const organs = {
    chosen: oneVault(),
    vaults,
    guests,
    newGuests,
    setup,
    paper: paperBox({ onForgotten: () => {} }),
    onBuildOutput: () => {},
    seconds: () => 0,
    ...played,
  };
  const perform = firstRunPerformer({
    organs,
    send: (event) => void heard.push(event),
    onProgress: ({ stage }) => void seen.push(stage),
    onOpened: () => void seen.push('opened'),
    leave: async () => void seen.push('left'),
    start: (work, failed) =>
      void work.catch((error) => heard.push(failed({ code: 'bug', stage: '', message: `${error}` }))),
  });
  const choose = (): void => {
    setup.keepPassphrase(new TextEncoder().encode(words));
    const [one, other] = setup.recoveryGroups();
    const key = setup.recoveryKey() ?? new Uint8Array();
    setup.confirm(Buffer.concat([one, other].map((group) => key.subarray(group * 6, group * 6 + 6))));
  };
  return { heard, seen, perform, choose };
}

it('makes the vault with the passphrase and the recovery key, opens it, and wipes both', async () => {
  const given: Uint8Array[] = [];
  const { heard, seen, perform, choose } = play({
    vaults: {
      ...vaults,
      create: async ({ secret, recovery, onProgress }) => {
        expect(new TextDecoder().decode(secret.bytes)).toBe(words);
        expect(recovery).toHaveLength(48);
        given.push(secret.bytes, recovery ?? new Uint8Array());
        const report = { done: 0, total: 3, unit: 'steps', secondsLeft: null, reversible: true } as const;
        for (const stage of ['key', 'create', 'fsync'] as const) onProgress?.({ stage, ...report });
        secret.bytes.fill(0); // as the organ does
        return ok(facts);
      },
      open: async ({ secret }) => {
        expect(new TextDecoder().decode(secret.bytes)).toBe(words);
        given.push(secret.bytes);
        return ok(vault);
      },
    },
  });
  choose();
  perform({ do: 'makeVault', recovery: 'drawn' });
  await expect.poll(() => heard.map(({ is }) => is)).toEqual(['vaultMade']);
  expect(seen).toEqual(['key', 'key', 'key', 'opened']);
  expect(given).toHaveLength(3);
  for (const bytes of given) expect(bytes.every((byte) => byte === 0)).toBe(true);
});

it('makes nothing without a recovery key that was typed back', async () => {
  const { heard, perform } = play();
  perform({ do: 'makeVault', recovery: 'drawn' });
  await expect.poll(() => heard).toMatchObject([{ is: 'makeFailed', fault: { code: 'bug' } }]);
});

it.each([
  ['was not made', { create: async () => io }, false],
  ['was made by somebody else meanwhile', { create: async () => there }, true],
  ['cannot be opened', { open: async () => io }, true],
] as const)('a vault that %s is told with whether one is there', async (_, part, vaultIsThere) => {
  const { heard, perform, choose } = play({ vaults: { ...vaults, ...part } });
  choose();
  perform({ do: 'makeVault', recovery: 'drawn' });
  await expect.poll(() => heard).toMatchObject([{ is: 'makeFailed', vaultIsThere }]);
});

it('a vault that was made and cannot be gone into is left again', async () => {
  const { heard, seen, perform, choose } = play({ guests: { ...guests, cards: async () => io } });
  choose();
  perform({ do: 'makeVault', recovery: 'drawn' });
  await expect.poll(() => heard).toMatchObject([{ is: 'makeFailed', vaultIsThere: true }]);
  expect(seen).toEqual(['opened', 'left']);
});

it('a build is stopped by its signal, and what it said before that is handed on', async () => {
  const said: string[] = [];
  const { heard, perform } = play({
    onBuildOutput: (text) => void said.push(text),
    newGuests: {
      ...newGuests,
      build: ({ onOutput, signal }) =>
        new Promise((resolve) => {
          onOutput('\u001b[1munpacking\u001b[0m\r\nhalf');
          const cancelled = fail({ code: 'cancelled', stage: 'test', message: '' });
          signal.addEventListener('abort', () => resolve(cancelled));
        }),
    },
  });
  const picked: Picked = {
    ...{ kind: 'desktop', file: null, diskBytes: 1, ramBytes: 1, size: 'usual', sizes: [] },
    usualSeconds: null,
  };
  perform({ do: 'buildGuest', vault, picked });
  perform({ do: 'cancelBuild' });
  await expect.poll(() => heard).toMatchObject([{ is: 'buildFailed', fault: { code: 'cancelled' } }]);
  expect(said.join('')).toBe('unpacking\nhalf\n');
});

it('the same recovery key and groups are asked for again after a step back', () => {
  const { heard, perform } = play();
  perform({ do: 'makeRecoveryKey' });
  perform({ do: 'makeRecoveryKey' });
  expect(heard[0]).toMatchObject({ is: 'recoveryKeyMade' });
  expect(heard[1]).toEqual(heard[0]);
  perform({ do: 'forgetSecrets' });
});
