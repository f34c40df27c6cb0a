// Which of several vaults the story is about, and what is remembered of that.
import { expect, it } from 'vitest';
import { fail, ok, type Result } from '../../preload/contract/result';
import { vaultCardSchema } from '../../preload/contract/vaults';
import type { VaultSeen } from '../vault/survey';
import type { OpenVault, VaultFacts, Vaults } from '../vault/vault';
import { type ChosenVault, cardOf, chosenVault } from './chosen-vault';
import { lookForVault } from './looking';
import type { Guests } from './parts';

const uuids = ['7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d', '03a9be57-2c1b-4f0e-9c1e-0f3a5f6b7c8d'] as const;
const copied = fail({ code: 'ambiguousVault', stage: 'test', message: 'played' });

function seen(about: {
  readonly name: string | null;
  readonly uuid: string;
  readonly state?: VaultFacts['state'];
  readonly facts?: Result<VaultFacts>;
}): VaultSeen {
  const { name, uuid } = about;
  const home = name === null ? '/home' : `/home/vaults/${name}`;
  const facts: VaultFacts = {
    ...{ home, kind: 'gocryptfs', uuid, state: about.state ?? 'closed', mountPoint: null },
    ...{ fileSystem: null, reflink: false, freeBytes: null, keyslots: [] },
  };
  return { name, home, uuid, kind: 'gocryptfs', facts: about.facts ?? ok(facts) };
}

const own = seen({ name: null, uuid: uuids[0] });
const work = seen({ name: 'Work', uuid: uuids[1] });

function place(vaults: readonly VaultSeen[], remembered: string | null = null) {
  let last = remembered;
  const memory = {
    lastVault: () => last,
    usedVault: (uuid: string) => {
      last = uuid;
    },
  };
  return { chosen: chosenVault({ place: '/home', survey: async () => ok(vaults), memory }), memory };
}

const guests: Guests = {
  ...{ cards: async () => ok([]), running: async () => ok(null), picture: async () => null },
  card: async () => Promise.reject(new Error('not asked for')),
  run: async () => copied,
};
const adopted: string[] = [];
const vaults: Vaults = {
  ...{ status: async () => copied, create: async () => copied, open: async () => copied },
  ...{
    addKeyslot: async () => copied,
    changePassphrase: async () => copied,
    removeKeyslot: async () => copied,
  },
  check: async () => copied,
  adopt: async ({ home }) => {
    adopted.push(home);
    const vault: OpenVault = {
      ...{ home, uuid: uuids[1], mountPoint: '/m', guestsFolder: '/m/guests', runtimeFolder: '/r' },
      ...{ ownerSocket: '/r/owner.sock', closed: new Promise<never>(() => {}), detach: () => {} },
      close: async () => ok(undefined),
    };
    return ok(vault);
  },
};
const look = (chosen: ChosenVault) => lookForVault({ chosen, vaults, guests });

it('is the only one, without a question', async () => {
  const { chosen, memory } = place([work]);
  expect(await look(chosen)).toEqual({ is: 'foundVault' });
  expect(chosen.home()).toBe(work.home);
  chosen.opened();
  expect(memory.lastVault()).toBeNull(); // there is nothing to remember
});

it('is where the first one is to be made, where there is none', async () => {
  const { chosen } = place([]);
  expect(await look(chosen)).toEqual({ is: 'foundNothing' });
  expect(chosen.home()).toBe('/home');
});

it('is asked where there are several, and remembered once it was opened', async () => {
  const { chosen, memory } = place([own, work]);
  expect(await look(chosen)).toMatchObject({
    choice: {
      chosen: null,
      vaults: [
        { id: 'v0', name: null, mark: '7f4c21f0' },
        { id: 'v1', name: 'Work' },
      ],
    },
  });
  expect(chosen.choose('v1')).toBe(true);
  expect(chosen.choose('v7')).toBe(false);
  expect(chosen.home()).toBe(work.home);
  expect(memory.lastVault()).toBeNull();
  chosen.opened();
  expect(memory.lastVault()).toBe(uuids[1]);
  expect(await look(chosen)).toMatchObject({ choice: { chosen: 'v1' } });
});

it('is the one used last, unless that one cannot be told from a copy', async () => {
  const { chosen } = place([own, work], uuids[1]);
  expect(await look(chosen)).toMatchObject({ choice: { chosen: 'v1' } });
  expect(chosen.home()).toBe(work.home);
  const twin = seen({ name: 'Work', uuid: uuids[1], facts: copied });
  expect(await look(place([own, twin], uuids[1]).chosen)).toMatchObject({
    choice: { chosen: null, vaults: [{ fault: null }, { fault: { code: 'ambiguousVault' } }] },
  });
});

it('says what is wrong with the only one, and of several tells it beside the others', async () => {
  const broken = seen({ name: null, uuid: uuids[0], facts: copied });
  expect(await look(place([broken]).chosen)).toMatchObject({ is: 'lookFailed' });
  expect(await look(place([broken, work]).chosen)).toMatchObject({ is: 'foundVault' });
});

it('is the one that is open already', async () => {
  const open = seen({ name: 'Work', uuid: uuids[1], state: 'open' });
  const { chosen } = place([own, open], uuids[0]);
  expect(await look(chosen)).toMatchObject({ is: 'foundOpen', inside: { vault: { home: work.home } } });
  expect(adopted).toEqual([work.home]);
  expect(chosen.home()).toBe(work.home);
});

it('never shows signs that turn the order of letters: a planted name must not pass for another', () => {
  const [turned] = [seen({ name: '\u202eKrow\u2069', uuid: uuids[1] })].map((each) =>
    cardOf({ ...each, id: 'v0' }),
  );
  expect(turned?.name).toBe('Krow');
  expect(vaultCardSchema.safeParse(turned).success).toBe(true);
});
