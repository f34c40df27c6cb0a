// What can happen during set-up, for the machine's tests: each event at least once. Nothing here is shipped.
import type { Offer, Picked } from '../../preload/contract/setup';
import type { Event, Inside } from './state';
import { bareCard } from './steps';

const usual = { size: 'usual', diskBytes: 16 * 2 ** 30, ramBytes: 2 ** 31 } as const;
const large = { size: 'large', diskBytes: 32 * 2 ** 30, ramBytes: 2 ** 32 } as const;
const sizes = { ...usual, sizes: [usual, large] };
const offered = {
  ...{ downloadBytes: null, sizing: false, usualSeconds: 60, ...sizes },
  ...{ possible: true, why: null, need: null, have: null },
} as const;

export const offers: readonly Offer[] = [
  { ...offered, kind: 'desktop', downloadBytes: 400e6 },
  { ...offered, kind: 'image' },
  { ...offered, kind: 'iso', possible: false, why: 'memoryTooSmall', need: 2e9, have: 1e9 },
  { ...offered, kind: 'witness' },
];

export const image: Picked = { kind: 'image', file: 'old laptop.qcow2', ...sizes, usualSeconds: 60 };
export const desktop: Picked = { kind: 'desktop', file: null, ...sizes, usualSeconds: 60 };

export const empty: Inside<'vault'> = { vault: 'vault', guests: [], plainPassphraseFile: false };
export const withGuest: Inside<'vault'> = { ...empty, guests: [bareCard('debian', 'My Debian')] };

const full = { code: 'full', stage: 'guest.build', message: 'no room' } as const;

export const events: readonly Event<'vault', 'guest'>[] = [
  { is: 'offersKnown', offers },
  { is: 'setupBackAsked' },
  { is: 'setupNextAsked' },
  { is: 'passphraseTaken' },
  { is: 'passphraseRefused', fault: { code: 'secretTooShort', stage: 'setup', message: 'short' } },
  { is: 'pickAsked', kind: 'desktop' },
  { is: 'pickAsked', kind: 'image' },
  { is: 'pickAsked', kind: 'iso' },
  { is: 'pickAsked', kind: 'witness' },
  { is: 'sizeAsked', kind: 'desktop', size: 'large' },
  { is: 'filePicked', picked: image },
  { is: 'pickEnded', fault: null },
  { is: 'pickEnded', fault: { code: 'unusableFile', stage: 'setup', message: 'stands on another' } },
  { is: 'recoveryKeyMade', asked: [2, 5] },
  { is: 'recoveryConfirmed' },
  { is: 'secretsForgotten', fault: { code: 'secretForgotten', stage: 'setup', message: 'late' } },
  { is: 'vaultMade', inside: empty },
  { is: 'guestMade', inside: withGuest },
  { is: 'buildFailed', fault: full },
  { is: 'buildFailed', fault: { ...full, code: 'cancelled' } },
];
