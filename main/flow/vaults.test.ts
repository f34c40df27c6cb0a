// Several vaults in one place: which one is asked for, and that nothing is opened that cannot be told from another.
import { describe, expect, it } from 'vitest';
import type { Fault, FaultCode } from '../../preload/contract/fault';
import { controls } from './controls.fixture';
import { toView } from './to-view';
import { copy, own, vaults, work } from './vaults.fixture';
import { does, type Told, takes, told } from './walk.fixture';

const fault = (code: FaultCode): Fault => ({ code, stage: 'test', message: 'made by the test' });
const wrong: Told[] = [
  { is: 'unlockAsked', by: 'passphrase' },
  { is: 'openFailed', fault: fault('wrongSecret') },
];
const none: Told[] = [{ is: 'started' }, { is: 'foundVault', choice: { vaults, chosen: null } }];
const last: Told[] = [{ is: 'started' }, { is: 'foundVault', choice: { vaults, chosen: work.id } }];
const storyOf = (...given: readonly Told[]) =>
  toView(told(...given).state, {
    ...{ place: 'desk', home: '/home', version: '0', testBuild: false },
    look: { language: 'en', theme: 'light', zoom: 1, motion: 'system', aloud: false },
    ...{ keyboard: null, remembered: false, reader: 'off', hazards: [], controls },
  }).story;

describe('which of several vaults', () => {
  it('is asked before any passphrase where none was used last', () => {
    expect(storyOf(...none)).toEqual({ state: 'vaults', vaults });
    expect(takes(none, { is: 'unlockAsked', by: 'passphrase' })).toBe(false);
    expect(takes(none, { is: 'unlockAsked', by: 'keyUsb' })).toBe(false);
  });

  it('is the one used last, whose name stands beside its passphrase', () => {
    expect(storyOf(...last)).toMatchObject({ state: 'locked', vault: work });
    expect(storyOf({ is: 'started' }, { is: 'foundVault' })).toMatchObject({ state: 'locked', vault: null });
  });

  it('is the one that the person chooses, from then on', () => {
    const chosen: Told[] = [...none, { is: 'vaultAsked', id: own.id }];
    expect(told(...chosen).effects).toEqual([{ do: 'chooseVault', id: own.id }]);
    const opening: Told[] = [...chosen, { is: 'unlockAsked', by: 'passphrase' }];
    expect(storyOf(...opening)).toMatchObject({ state: 'opening', vault: own });
    expect(storyOf(...chosen, ...wrong)).toMatchObject({ state: 'locked', vault: own, wrongTries: 1 });
  });

  it('can be chosen anew, from its passphrase and from a fault of its own', () => {
    expect(storyOf(...last, { is: 'otherVaultAsked' })).toEqual({ state: 'vaults', vaults });
    expect(takes([{ is: 'started' }, { is: 'foundVault' }], { is: 'otherVaultAsked' })).toBe(false);
    const damaged: Told[] = [
      ...last,
      { is: 'unlockAsked', by: 'passphrase' },
      { is: 'openFailed', fault: fault('damagedKeyslots') },
      { is: 'exitAsked', exit: 'unlockAgain' },
    ];
    expect(storyOf(...damaged)).toMatchObject({ state: 'locked', vault: work });
    expect(takes(damaged, { is: 'otherVaultAsked' })).toBe(true);
  });

  it('is never one that cannot be told from another, or that is not here', () => {
    expect(takes(none, { is: 'vaultAsked', id: copy.id })).toBe(false);
    expect(takes(none, { is: 'vaultAsked', id: 'v9' })).toBe(false);
    const lookAgain: Told = { is: 'exitAsked', exit: 'lookAgain' };
    expect(does(...none, lookAgain)).toEqual(['look']);
  });

  it('shortens no wait: wrong tries count on, and while one is waited out nothing else is asked', () => {
    expect(takes([...last, ...wrong], { is: 'otherVaultAsked' })).toBe(false);
    const other: Told[] = [
      ...[...last, ...wrong],
      ...([{ is: 'waited' }, { is: 'otherVaultAsked' }, { is: 'exitAsked', exit: 'lookAgain' }] as const),
      ...none.slice(1),
      { is: 'vaultAsked', id: own.id },
    ];
    expect(told(...other).state).toMatchObject({ at: 'locked', wrongTries: 1 });
    expect(told(...other, ...wrong).state).toMatchObject({ wrongTries: 2, waitSeconds: 2 });
  });
});
