import { expect, it } from 'vitest';
import { joinBoth, splitBoth } from './both-secret';

const key = Buffer.alloc(64, 7);

it('is read back in the one way it was put together, also when the key holds zeros', () => {
  const zeros = Buffer.alloc(64);
  for (const keyFile of [key, zeros]) {
    const split = splitBoth(joinBoth(Buffer.from('llave única'), keyFile));
    expect(Buffer.from(split?.passphrase ?? []).toString()).toBe('llave única');
    expect(Buffer.from(split?.keyFile ?? [])).toEqual(keyFile);
  }
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a key file alone', key],
  ['a key file and the NUL, no passphrase', Buffer.concat([Buffer.of(0), key])],
  ['a passphrase and a key without the NUL between', Buffer.concat([Buffer.from('passphrase'), key])],
])('is not %s', (_, bytes) => {
  expect(splitBoth(bytes)).toBeNull();
});
