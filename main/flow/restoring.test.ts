// A backup brought back in the first run: where, paper, which moment, passphrase, restoring; and every way out of it.
import { expect, it } from 'vitest';
import { found, gone } from './restoring.fixture';
import { empty, withGuest } from './setup.fixture';
import { does, stepOf, type Told, takes, told } from './walk.fixture';

const where: Told[] = [{ is: 'started' }, { is: 'foundNothing' }, { is: 'restoreAsked' }];
const placed: Told[] = [...where, { is: 'backupPlaced', place: '/media/disk' }];
const reading: Told[] = [...placed, { is: 'backupOpenAsked' }];
const moments: Told[] = [...reading, { is: 'backupFound', found }];
const passphrase: Told[] = [...moments, { is: 'backupChosen', choice: 0 }];
const making: Told[] = [...passphrase, { is: 'passphraseTaken' }];
const restoring: Told[] = [...making, { is: 'vaultMade', inside: empty }];

it('goes from the place to the paper, the moment, the passphrase, and wakes what came back', () => {
  expect([where, placed, moments, passphrase, making, restoring].map((way) => stepOf(...way))).toEqual([
    ...['where', 'where', 'moments', 'passphrase', 'building', 'building'],
  ]);
  expect(does(...reading)).toEqual(['readBackup']);
  expect(told(...making).effects).toEqual([{ do: 'makeVault', recovery: 'paper' }]);
  expect(told(...restoring).effects).toEqual([{ do: 'restoreGuests', vault: 'vault', choice: 0 }]);
  const guest: Told = { is: 'guestMade', inside: withGuest };
  expect(stepOf(...restoring, guest)).toBe('waking');
  expect(does(...restoring, guest)).toEqual(['forgetBackup', 'runGuest']);
});

it('lets the person choose where more than one guest came back', () => {
  const [one] = withGuest.guests;
  if (one === undefined) throw new Error('the fixture has a guest');
  const both = { ...withGuest, guests: [one, { ...one, id: 'letters' }] };
  expect(stepOf(...restoring, { is: 'guestMade', inside: both })).toBe('choosing');
});

it('takes nothing for which there is no room', () => {
  expect(takes(moments, { is: 'backupChosen', choice: 0 })).toBe(true);
  expect(takes(moments, { is: 'backupChosen', choice: 1 })).toBe(false);
  expect(takes(moments, { is: 'backupChosen', choice: 'all' })).toBe(false);
  expect(takes(moments, { is: 'backupChosen', choice: 7 })).toBe(false);
});

it('asks the server’s question once, with the paper that was typed, and another paper anew', () => {
  const asks = { is: 'hostKey', fingerprint: 'SHA256:abc' } as const;
  const asked: Told[] = [...reading, { is: 'backupUnread', fault: { ...gone, code: 'wrongHostKey' }, asks }];
  expect(told(...asked).state).toMatchObject({ fault: null, restore: { asks, keyed: true } });
  expect(does(...asked, { is: 'backupRetryAsked' })).toEqual(['readBackup']);
  const failed: Told[] = [...reading, { is: 'backupUnread', fault: gone, asks: null }];
  expect(told(...failed).state).toMatchObject({ fault: gone, restore: { keyed: false } });
  expect(takes(failed, { is: 'backupRetryAsked' })).toBe(false);
});

it('forgets the way at every way out, and comes back to the moments after a stop or a failure', () => {
  expect(does(...placed, { is: 'setupBackAsked' })).toContain('forgetBackup');
  expect(does(...moments, { is: 'setupBackAsked' })).toContain('forgetBackup');
  expect(stepOf(...where, { is: 'setupBackAsked' })).toBe('language');
  expect(stepOf(...passphrase, { is: 'setupBackAsked' })).toBe('moments');
  expect(does(...moments, { is: 'switchOffAsked', at: '' })).toContain('forgetBackup');
  expect(does(...restoring, { is: 'cancelAsked' })).toEqual(['cancelRestore']);
  const stopped: Told = { is: 'buildFailed', fault: { ...gone, code: 'cancelled' } };
  expect(told(...restoring, { is: 'cancelAsked' }, stopped).state).toMatchObject({
    ...{ on: { step: 'moments' }, fault: null, inside: empty },
  });
  expect(told(...restoring, { is: 'buildFailed', fault: gone }).state).toMatchObject({
    ...{ on: { step: 'moments' }, fault: gone },
  });
  // The vault is made: what is chosen then is restored at once.
  const again: Told[] = [...restoring, { is: 'cancelAsked' }, stopped, { is: 'backupChosen', choice: 0 }];
  expect(does(...again)).toEqual(['restoreGuests']);
});

it('begins anew when the paper lay too long', () => {
  const late = { code: 'secretForgotten', stage: 'setup', message: 'late' } as const;
  expect(told(...moments, { is: 'secretsForgotten', fault: late }).state).toMatchObject({
    ...{ on: { step: 'where' }, fault: late, restore: { place: null, keyed: false } },
  });
});
