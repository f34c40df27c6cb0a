// The first run as the person walks it: on, back and out at every step, and what is still kept at each.
import { describe, expect, it } from 'vitest';
import { controls } from './controls.fixture';
import { desktop, empty, events, image, offers, withGuest } from './setup.fixture';
import { toView } from './to-view';
import { transition } from './transition';
import { does, stepOf, type Told, told } from './walk.fixture';

const at = '2026-01-02T05:00:00Z';

const storyOf = (...given: readonly Told[]) =>
  toView(told(...given).state, {
    ...{ place: 'desk', home: '/home/ada', version: '0', testBuild: false, hazards: [] },
    look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
    keyboard: null,
    remembered: false,
    reader: 'off',
    controls,
  }).story;

const language: Told[] = [{ is: 'started' }, { is: 'foundNothing' }, { is: 'offersKnown', offers }];
const passphrase: Told[] = [...language, { is: 'setupNextAsked' }];
const guest: Told[] = [...passphrase, { is: 'passphraseTaken' }];
const picked: Told[] = [...guest, { is: 'pickAsked', kind: 'desktop' }];
const recovery: Told[] = [...picked, { is: 'setupNextAsked' }, { is: 'recoveryKeyMade', asked: [2, 5] }];
const making: Told[] = [...recovery, { is: 'recoveryConfirmed' }];
const building: Told[] = [...making, { is: 'vaultMade', inside: empty }];
const again: Told[] = [
  ...[{ is: 'started' }, { is: 'foundVault' }, { is: 'unlockAsked', by: 'passphrase' }],
  ...[
    { is: 'vaultOpened', inside: empty, running: null },
    { is: 'offersKnown', offers },
  ],
] as Told[];

const cancelled: Told = { is: 'buildFailed', fault: { code: 'cancelled', stage: 'test', message: '' } };
const failed: Told = { is: 'buildFailed', fault: { code: 'full', stage: 'test', message: '' } };
const unmade: Told = {
  ...{ is: 'makeFailed', fault: { code: 'full', stage: 'test', message: '' } },
  vaultIsThere: false,
};

describe('the first run', () => {
  it('goes from the language to a guest that starts by itself', () => {
    expect([language, passphrase, guest, recovery, making, building].map((way) => stepOf(...way))).toEqual([
      ...['language', 'passphrase', 'guest', 'recovery', 'building', 'building'],
    ]);
    expect(told(...building, { is: 'guestMade', inside: withGuest })).toMatchObject({
      state: { at: 'waking' },
      effects: [{ do: 'runGuest', id: 'debian' }],
    });
  });

  it('asks what guests there can be while the language and the passphrase are chosen', () => {
    expect(does({ is: 'started' }, { is: 'foundNothing' })).toEqual(['askOffers']);
  });

  it('makes nothing before the recovery key was typed back', () => {
    const made = (effects: readonly string[]) => effects.some((name) => /makeVault|buildGuest/.test(name));
    for (let length = 1; length <= recovery.length; length++)
      expect(made(does(...recovery.slice(0, length)))).toBe(false);
    expect(does(...making)).toEqual(['makeVault']);
    expect(told(...building).effects).toEqual([{ do: 'buildGuest', vault: 'vault', picked: desktop }]);
  });

  it('names all stages of building from the start, the vault among them', () => {
    const stages = ['key', 'mount', 'fetch', 'unpack', 'configure', 'image', 'create'];
    for (const way of [making, building])
      expect(storyOf(...way)).toMatchObject({ work: { stages: stages.map((id) => ({ id })) } });
  });
});

describe('what a guest takes', () => {
  const sizing = offers.map((offer) => ({ ...offer, sizing: offer.kind === 'desktop' }));

  it('cannot be taken before its download is said, others can', () => {
    const asking: Told[] = [...guest, { is: 'offersKnown', offers: sizing }];
    expect(transition(told(...asking).state, { is: 'pickAsked', kind: 'desktop' })).toBeNull();
    expect(storyOf(...asking, { is: 'pickAsked', kind: 'witness' })).toMatchObject({
      picked: { kind: 'witness' },
    });
  });

  it('is in the time left from the first key on', () => {
    const report = {
      stage: 'key',
      done: 0,
      total: 3,
      unit: 'steps',
      secondsLeft: 6,
      reversible: true,
    } as const;
    const key: Told = { is: 'progress', progress: report, seconds: 0 };
    expect(storyOf(...making, key)).toMatchObject({ work: { secondsLeft: 66, fraction: 0 } });
  });

  it('is one way of five steps until it is left, also when the vault is made on it', () => {
    expect(storyOf(...building)).toMatchObject({ step: 'building', vault: 'toMake' });
  });
});

describe('back', () => {
  it('goes one step, and forgets the passphrase on the way to it', () => {
    const back: Told = { is: 'setupBackAsked' };
    expect(stepOf(...passphrase, back)).toBe('language');
    expect(stepOf(...guest, back)).toBe('passphrase');
    expect(does(...guest, back)).toEqual(['forgetSecrets']);
    expect(stepOf(...recovery, back)).toBe('guest');
  });

  it('keeps a recovery key that may be on paper already', () => {
    expect(does(...recovery, { is: 'setupBackAsked' })).toEqual([]);
  });

  it('is not there at the first step, while building, and behind a vault that is made', () => {
    for (const way of [language, making, building, again])
      expect(transition(told(...way).state, { is: 'setupBackAsked' })).toBeNull();
  });
});

describe('leaving', () => {
  it('before anything is made forgets what was typed and ends', () => {
    for (const way of [language, passphrase, guest, picked, recovery])
      expect(does(...way, { is: 'switchOffAsked', at })).toEqual(['forgetSecrets', 'forgetBackup', 'end']);
  });

  it('while the vault is made waits for it, then closes it', () => {
    const leaving: Told[] = [...making, { is: 'switchOffAsked', at }];
    expect(does(...leaving)).toEqual(['cancelBuild']);
    expect(does(...leaving, { is: 'vaultMade', inside: empty })).toContain('closeVault');
    expect(does(...leaving, unmade)).toEqual(['forgetSecrets', 'forgetBackup', 'end']);
  });

  it('while the guest is built ends that first, and closes the vault', () => {
    const leaving: Told[] = [...building, { is: 'switchOffAsked', at }];
    expect(does(...leaving)).toEqual(['cancelBuild']);
    for (const how of [cancelled, failed, { is: 'guestMade', inside: withGuest } as const])
      expect(does(...leaving, how)).toContain('closeVault');
  });

  it('with a vault that is made closes it', () => {
    expect(does(...again, { is: 'switchOffAsked', at })).toContain('closeVault');
  });
});

describe('cancelling', () => {
  const cancel: Told = { is: 'cancelAsked' };

  it('ends the building and goes back to the guests, without a word of fault', () => {
    expect(does(...building, cancel)).toEqual(['cancelBuild']);
    const back = storyOf(...building, cancel, cancelled);
    expect(back).toMatchObject({ step: 'guest', vault: 'made', fault: null, picked: desktop });
  });

  it('while the vault is made keeps the whole vault, and builds no guest in it', () => {
    const back = told(...making, cancel, { is: 'vaultMade', inside: empty });
    expect(back.state).toMatchObject({ on: { step: 'guest' }, inside: empty });
    expect(back.effects.map((effect) => effect.do)).toEqual(['askOffers']);
  });

  it('comes too late for a guest that is whole: it wakes', () => {
    expect(stepOf(...building, cancel, { is: 'guestMade', inside: withGuest })).toBe('waking');
  });
});

describe('a failure stays beside its step', () => {
  it('when no vault could be made: the passphrase is wiped and asked again', () => {
    expect(storyOf(...making, unmade)).toMatchObject({ step: 'passphrase', vault: 'toMake', fault: {} });
    expect(does(...making, unmade)).toEqual(['forgetSecrets']);
  });

  it('when the guest could not be built: another can be picked, the vault stays', () => {
    expect(storyOf(...building, failed)).toMatchObject({
      step: 'guest',
      vault: 'made',
      fault: { code: 'full' },
    });
  });

  it('and goes with the next try', () => {
    expect(storyOf(...building, failed, { is: 'pickAsked', kind: 'witness' })).toMatchObject({ fault: null });
  });

  it('when a vault was made and cannot be opened, it is not set up again', () => {
    expect(told(...making, { ...unmade, vaultIsThere: true }).state).toMatchObject({
      ...{ at: 'fault', exits: ['unlockAgain', 'lookAgain', 'switchOff'] },
    });
  });

  it('when secrets lay too long: back to the passphrase, but never out of building', () => {
    const late: Told = { is: 'secretsForgotten', fault: { code: 'secretForgotten', stage: '', message: '' } };
    for (const way of [guest, recovery]) expect(stepOf(...way, late)).toBe('passphrase');
    for (const way of [language, making, building, again])
      expect(transition(told(...way).state, late)).toBeNull();
  });
});

describe('picking a guest', () => {
  it('takes only what this PC can have', () => {
    const { state } = told(...guest);
    expect(transition(state, { is: 'pickAsked', kind: 'iso' })).toBeNull();
    expect(transition(state, { is: 'setupNextAsked' })).toBeNull();
  });

  it('comes in the size that was chosen, also when the download is known only later', () => {
    const larger: Told[] = [...guest, { is: 'sizeAsked', kind: 'desktop', size: 'large' }];
    const large = { size: 'large', ramBytes: 2 ** 32, diskBytes: 32 * 2 ** 30 };
    expect(storyOf(...larger)).toMatchObject({ offers: [large, {}, {}, {}], picked: null });
    expect(storyOf(...larger, { is: 'offersKnown', offers })).toMatchObject({ offers: [large, {}, {}, {}] });
    expect(storyOf(...larger, { is: 'pickAsked', kind: 'desktop' })).toMatchObject({ picked: large });
    expect(storyOf(...picked, { is: 'sizeAsked', kind: 'desktop', size: 'large' })).toMatchObject({
      picked: { kind: 'desktop', ...large },
    });
    const { state } = told(...guest);
    expect(transition(state, { is: 'sizeAsked', kind: 'desktop', size: 'small' })).toBeNull();
    expect(transition(state, { is: 'sizeAsked', kind: 'iso', size: 'large' })).toBeNull();
  });

  it('asks main for the file, and does nothing else meanwhile', () => {
    const picking = told(...guest, { is: 'pickAsked', kind: 'image' });
    expect(picking.effects).toMatchObject([{ do: 'pickFile', kind: 'image' }]);
    for (const is of ['setupBackAsked', 'setupNextAsked'] as const)
      expect(transition(picking.state, { is })).toBeNull();
    expect(storyOf(...guest, { is: 'pickAsked', kind: 'image' })).toMatchObject({ picking: true });
  });

  it('shows the name of the file, or why it cannot be taken', () => {
    const picking: Told[] = [...guest, { is: 'pickAsked', kind: 'image' }];
    expect(storyOf(...picking, { is: 'filePicked', picked: image })).toMatchObject({ picked: image });
    const fault = { code: 'unusableFile', stage: '', message: '' } as const;
    expect(storyOf(...picking, { is: 'pickEnded', fault })).toMatchObject({ fault, picked: null });
    expect(storyOf(...picking, { is: 'pickEnded', fault: null })).toMatchObject({ fault: null });
  });
});

it('a vault without a guest is taken up again at the guest, and builds without asking for a key', () => {
  expect(storyOf(...again)).toMatchObject({ step: 'guest', vault: 'made' });
  const on = told(...again, { is: 'pickAsked', kind: 'desktop' }, { is: 'setupNextAsked' });
  expect(on.effects).toEqual([{ do: 'buildGuest', vault: 'vault', picked: desktop }]);
});

it('no event has a place for a secret', () => {
  const names = new Set(events.flatMap((event) => Object.keys(event)));
  expect([...names].sort()).toEqual(
    ['asked', 'fault', 'inside', 'is', 'kind', 'offers', 'picked', 'size'].sort(),
  );
});
