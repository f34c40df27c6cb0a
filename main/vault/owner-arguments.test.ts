import { describe, expect, it } from 'vitest';
import { formatOwnerArguments, type OwnerArguments, parseOwnerArguments } from './owner-arguments';

describe('what an owner program is told', () => {
  it.each<OwnerArguments>([
    { mode: 'create', home: '/h o/me', name: '--mode=open', secretKind: 'passphrase', recovery: 'true' },
    { mode: 'open', home: '/h', secretKind: 'keyUsb', stays: 'true', program: 'kiosk', pid: 7 },
    { mode: 'addKeyslot', home: '/h', name: 'é', secretKind: 'passphrase', add: 'keyUsb', keyFolder: '/k' },
    { mode: 'addKeyslot', home: '/h', name: 'é', secretKind: 'both', add: 'passphrase' },
    { mode: 'changePassphrase', home: '/h', secretKind: 'both', id: 3 },
    { mode: 'removeKeyslot', home: '/h', secretKind: 'keyUsb', id: 0 },
    { mode: 'unseal', home: '/h', secretKind: 'both' },
    { mode: 'adopt', home: '/h' },
  ])('comes through argv unchanged ($mode)', (about) => {
    expect(parseOwnerArguments(formatOwnerArguments(about))).toEqual(about);
  });

  it.each([
    [[]],
    [['--mode=open', '--home=/h']],
    [['--mode=adopt', '--home=relative']],
    [['--mode=adopt', '--home=/h', '--memoryKiB=8']],
    [['--mode=adopt', '--home=/h', '--testOnlyCost=8']],
    [['--mode=create', '--home=/h', '--name=a\nb', '--secretKind=passphrase']],
  ])('is refused when it is not of its shape: %j', (argv) => {
    expect(() => parseOwnerArguments(argv)).toThrow();
  });
});
