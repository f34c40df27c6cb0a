import { describe, expect, it } from 'vitest';
import type { KeyslotFacts } from '../vault';
import { isTwoFactor, provingKeyslots } from './guards';

const slots = (...kinds: KeyslotFacts['kind'][]) => kinds.map((kind, id) => ({ id, kind }));
const remove = (id: number, ...kinds: KeyslotFacts['kind'][]) => {
  const proving = provingKeyslots({ slots: slots(...kinds), id });
  return proving.ok ? proving.value.map((slot) => slot.id) : proving.fault.code;
};

describe('removing a keyslot', () => {
  it('is proved by any of the others', () => {
    expect(remove(0, 'passphrase', 'keyUsb', 'recovery')).toEqual([1, 2]);
    expect(remove(2, 'passphrase', 'keyUsb', 'recovery')).toEqual([0, 1]);
  });

  it('never leaves a vault without a way in, or with the recovery key alone', () => {
    expect(remove(0, 'passphrase')).toBe('lastKeyslot');
    expect(remove(0, 'both', 'recovery')).toBe('lastKeyslot');
    expect(remove(0, 'passphrase', 'recovery', 'recovery')).toBe('lastKeyslot');
    expect(remove(1, 'passphrase', 'recovery')).toEqual([0]);
  });

  it('needs a keyslot of that number', () => {
    expect(remove(7, 'passphrase', 'keyUsb')).toBe('missingKeyslot');
  });
});

describe('passphrase and key together', () => {
  it.each([
    [['both'], true],
    [['both', 'recovery'], true],
    [['both', 'both', 'recovery'], true],
    [['both', 'passphrase'], false],
    [['both', 'keyUsb', 'recovery'], false],
    [['passphrase'], false],
    [['recovery'], false],
  ] as const)('of %j are what the vault needs: %s', (kinds, needed) => {
    expect(isTwoFactor(slots(...kinds))).toBe(needed);
  });
});
