import { expect, it } from 'vitest';
import { authorityRecord, findCookie } from './x-authority';

const cookie = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

it('writes a record that is valid for every display', () => {
  const record = authorityRecord(cookie);
  expect(record.toString('hex')).toBe(
    `ffff00000000${'0012'}${Buffer.from('MIT-MAGIC-COOKIE-1').toString('hex')}0010${cookie.toString('hex')}`,
  );
  expect(findCookie(record, '7')).toEqual(cookie);
});

it('finds no cookie in a file that is empty or cut anywhere', () => {
  const record = authorityRecord(cookie);
  for (let length = 0; length < record.length; length += 1) {
    expect(findCookie(record.subarray(0, length), '7')).toBeNull();
  }
});
