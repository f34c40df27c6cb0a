// The performer on organs that are played: what it tells the flow when they answer badly, late or not at all.
import { expect, test } from 'vitest';
import type { Ended, KeeperStatus } from '../../preload/contract/keeper';
import { fail, ok } from '../../preload/contract/result';
import type { Plan } from '../display/display';
import type { Event } from '../flow/state';
import type { OpenVault, Vaults } from '../vault/vault';
import { oneVault } from './chosen-vault.fixture';
import { paperBox } from './paper-box';
import { paperWay } from './paper-way';
import type { Guests, NewGuests, RunningGuest } from './parts';
import { type Organs, performer } from './performer';
import { secretBox } from './secret-box';
import { setupSecrets } from './setup-secrets';
import { stickDesk } from './stick-desk';
import { editBox } from './ways';

const never = new Promise<never>(() => {});
const io = fail({ code: 'io', stage: 'test', message: 'played' });

function statusOf(state: KeeperStatus['state']): KeeperStatus {
  return {
    ...{ id: 'witness', name: 'Witness', uuid: '7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d', keeperPid: 1 },
    ...{ qemuPid: 2, state, ran: null, since: null, lastGenerationAt: null, checkpoints: null },
    ...{ spiceSocket: '/s', serialSocket: '/c', qmpSocket: '/q', streaming: null, frozen: null },
    starting: false,
    space: null,
  };
}

function guestOf(played: Partial<RunningGuest>): RunningGuest {
  return {
    id: 'witness',
    status: async () => ok(statusOf('running')),
    suspend: () => never,
    cancelSuspend: () => never,
    pressPower: () => never,
    screen: async () => ok({ follows: null, size: null }),
    ...{ fitScreen: () => never, sendKeys: () => never },
    pause: () => never,
    goOn: () => never,
    drop: async () => ok(undefined),
    onProgress: () => {},
    onFrozen: () => {},
    onSpace: () => {},
    onCheckpoint: () => {},
    ...{ up: never, ended: never },
    ...played,
  };
}

function vaultOf(played: Partial<OpenVault> = {}): OpenVault {
  return {
    ...{ home: '/home', uuid: statusOf('off').uuid, mountPoint: '/m', guestsFolder: '/m/guests' },
    ...{ runtimeFolder: '/r', ownerSocket: '/r/owner.sock', closed: never, detach: () => {} },
    close: async () => ok(undefined),
    ...played,
  };
}

const vaults: Vaults = {
  status: async () => io,
  create: async () => io,
  open: async () => io,
  adopt: async () => io,
  addKeyslot: async () => io,
  changePassphrase: async () => io,
  removeKeyslot: async () => io,
  check: async () => io,
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
  build: async () => io,
  clearLeftovers: async () => {},
};

const place = { x: 0, y: 0, width: 1024, height: 768 };
const plan: Plan = {
  ...{ way: 'guestFollows', output: null, monitor: 'screen', layout: [], dark: [], place, window: place },
  picture: place,
  ...{ guestZoom: 1, choices: ['guestFollows'], outputs: [] },
};

const paper = paperBox({ onForgotten: () => {} });

function play(played: Partial<Organs>) {
  const heard: Event<OpenVault, RunningGuest>[] = [];
  const perform = performer(
    {
      chosen: oneVault(),
      ...{ vaults, secrets: secretBox(), end: () => {}, seconds: () => 0, now: () => '' },
      checkTrace: async () => null,
      guests,
      newGuests,
      setup: setupSecrets({ onForgotten: () => {} }),
      edits: editBox(),
      newRecovery: setupSecrets({ onForgotten: () => {} }),
      sticks: stickDesk({ image: () => null, files: [] }),
      ...{ paper, paperWay: paperWay({ paper, runtimeRoot: '/run' }), freeBytes: async () => null },
      chooseFolder: async () => null,
      onBuildOutput: () => {},
      waking: {
        prepare: async () =>
          ok({ is: 'ready', interrupted: null, fromSavedFiles: false, takeBack: async () => {} }),
        older: async () => null,
      },
      keys: { find: async () => io, used: () => {} },
      controls: {
        ...{ load: async () => {}, remembered: () => [], matched: () => {} },
        remember: async () => {},
      },
      backups: {
        ...{ load: async () => {}, act: () => false },
        ...{ afterSuspend: async () => {}, leave: async () => {} },
      },
      screen: {
        ...{ raise: () => {}, cede: () => {}, showBar: () => {}, unpinBar: () => {} },
        hideBar: () => {},
        show: async () => ok({ died: never, plan }),
        endViewer: async () => {},
      },
      ...played,
    },
    (event) => void heard.push(event),
  );
  return { heard, perform };
}

const showing = (guest: RunningGuest) => ({ do: 'show', vault: vaultOf(), guest, trying: null }) as const;

const died = { code: 'viewerDied', stage: 'test', message: 'played' } as const;
const dyingViewer: Organs['screen'] = {
  ...{ raise: () => {}, cede: () => {}, showBar: () => {}, unpinBar: () => {} },
  hideBar: () => {},
  show: async () => ok({ died: Promise.resolve(died), plan }),
  endViewer: async () => {},
};

test.each(['running', 'paused'] as const)('a viewer that dies over a %s guest is told', async (state) => {
  const { heard, perform } = play({ screen: dyingViewer });
  await perform(showing(guestOf({ status: async () => ok(statusOf(state)) })));
  await expect
    .poll(() => heard, { timeout: 5_000 })
    .toContainEqual({ is: 'viewerDied', fault: died, again: true });
});

test('the third death of a viewer in a minute is one too many', async () => {
  const { heard, perform } = play({ screen: dyingViewer });
  const guest = guestOf({});
  for (const deaths of [1, 2, 3]) {
    await perform(showing(guest));
    await expect
      .poll(() => heard.filter(({ is }) => is === 'viewerDied').length, { timeout: 5_000 })
      .toBe(deaths);
  }
  const told = heard.flatMap((event) => (event.is === 'viewerDied' ? [event.again] : []));
  expect(told).toEqual([true, true, false]);
});

test('a guest that only its agent can ask is told the size of its place once it is shown', async () => {
  const { heard, perform } = play({});
  const asked: unknown[] = [];
  const guest = guestOf({
    screen: async () => ok({ follows: 'agent', size: null }),
    fitScreen: async (size) => ok(asked.push(size)),
  });
  await perform(showing(guest));
  await expect.poll(() => asked[0], { timeout: 5_000 }).toEqual({ width: 1024, height: 768 });
  expect(heard).toEqual([{ is: 'shown' }]);
});

test('a guest that the viewer asks is told again by its agent, and not while another one is shown', async () => {
  const { perform } = play({});
  const asked: unknown[] = [];
  const place = { width: 1024, height: 768 };
  const guest = guestOf({
    screen: async () => ok({ follows: 'viewer', size: null }),
    fitScreen: async (size) => ok(asked.push(size)),
  });
  await perform(showing(guest));
  await perform(showing(guest));
  await expect.poll(() => asked, { timeout: 25_000 }).toEqual([place, place, place]);
});

test('a guest that starts is not measured by its firmware’s picture', async () => {
  const shown: unknown[] = [];
  const { perform } = play({
    screen: {
      ...dyingViewer,
      show: async (guest) => {
        shown.push(guest.guest);
        return ok({ died: never, plan });
      },
    },
  });
  const size = { width: 720, height: 400 };
  const guest = guestOf({
    status: async () => ok({ ...statusOf('running'), starting: true }),
    screen: async () => ok({ follows: null, size }),
  });
  await perform(showing(guest));
  await expect.poll(() => shown, { timeout: 5_000 }).toEqual([{ follows: false, size: null }]);
});

test('of two waits for the same only the second one ends', async () => {
  const { heard, perform } = play({});
  await perform({ do: 'wait', seconds: 0.05, of: 'trial' });
  await perform({ do: 'wait', seconds: 0.1, of: 'trial' });
  await perform({ do: 'wait', seconds: 0.15 });
  await expect.poll(() => heard.at(-1), { timeout: 5_000 }).toEqual({ is: 'waited' });
  expect(heard).toEqual([{ is: 'waited', of: 'trial' }, { is: 'waited' }]);
});

test('a viewer that dies together with the keeper is told once the next keeper answers', async () => {
  let asked = 0;
  const status: RunningGuest['status'] = async () => (++asked === 2 ? io : ok(statusOf('running')));
  const { heard, perform } = play({ screen: dyingViewer });
  await perform(showing(guestOf({ status })));
  await expect
    .poll(() => heard, { timeout: 5_000 })
    .toContainEqual({ is: 'viewerDied', fault: died, again: true });
});

test('a viewer that ends because its guest did is no news', async () => {
  const ended: Promise<Ended> = Promise.resolve({ why: 'poweredOff', fault: null });
  let asked = 0;
  const status: RunningGuest['status'] = async () => (++asked === 1 ? ok(statusOf('running')) : io);
  const { heard, perform } = play({ screen: dyingViewer });
  await perform(showing(guestOf({ status, ended })));
  await expect.poll(() => heard).toEqual([{ is: 'shown' }]);
});

test('a keeper that does not answer to the power button holds up no later effect', async () => {
  const { perform } = play({});
  await perform({ do: 'pressPower', guest: guestOf({}) });
  await perform({ do: 'cancelSuspend', guest: guestOf({}) });
});

test('a vault that another program is just leaving is closed when it has left', async () => {
  const busy = fail({ code: 'busy', stage: 'vault.close', message: 'in use by soulpad guest suspend' });
  let asked = 0;
  const close: OpenVault['close'] = async () => (++asked < 3 ? busy : ok(undefined));
  const { perform, heard } = play({});
  await perform({ do: 'closeVault', vault: vaultOf({ close }) });
  await expect.poll(() => heard).toEqual([{ is: 'vaultClosed' }]);
  expect(asked).toBe(3);
});

test('a guest that stands still is told instead of being shown, with the moment that is whole', async () => {
  const frozen = { code: 'damagedState', stage: 'test', message: 'played' } as const;
  const older = { number: 3, createdAt: '2026-01-01T03:04:05Z' };
  let freeze: (fault: typeof frozen | null) => void = () => {};
  const guest = guestOf({
    onFrozen: (listener) => {
      freeze = listener;
    },
    status: async () => ok({ ...statusOf('running'), frozen }),
  });
  const { heard, perform } = play({
    guests: { ...guests, run: async () => ok(guest) },
    waking: {
      prepare: async () =>
        ok({ is: 'ready', interrupted: null, fromSavedFiles: false, takeBack: async () => {} }),
      older: async ({ fault }) => (fault === frozen ? older : null),
    },
  });
  await perform({ do: 'runGuest', vault: vaultOf(), id: 'witness', from: { is: 'asLeft' } });
  await expect.poll(() => heard).toMatchObject([{ is: 'guestRuns' }]);
  await perform(showing(guest));
  await expect.poll(() => heard[1]).toEqual({ is: 'frozen', fault: frozen, older });
  freeze(null);
  await expect.poll(() => heard[2]).toEqual({ is: 'frozen', fault: null, older: null });
});
