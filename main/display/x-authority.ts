// An Xauthority file with one fresh cookie, for the server and its clients alike: whoever cannot read the file cannot
// use the display. Written by ourselves: `xauth add` wants the cookie in its arguments.
// Format: Xau.h and xauth's process.c; all numbers big-endian, strings with a 16-bit length before them.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** Any host name: the machine may get another one while we run. */
const familyWild = 0xffff;
export const cookieName = 'MIT-MAGIC-COOKIE-1';

/** Pure. Valid for every display number, so that it can be written before the server has chosen one. */
export function authorityRecord(cookie: Uint8Array): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16BE(familyWild);
  const counted = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.byteLength);
    return Buffer.concat([length, bytes]);
  };
  const nothing = counted(Buffer.alloc(0));
  return Buffer.concat([family, nothing, nothing, counted(Buffer.from(cookieName)), counted(cookie)]);
}

/** The cookie of the first record that is valid for this display number; null when there is none or the file is cut. */
export function findCookie(file: Buffer, displayNumber: string): Buffer | null {
  let at = 0;
  const counted = (): Buffer | null => {
    if (at + 2 > file.length) return null;
    const end = at + 2 + file.readUInt16BE(at);
    if (end > file.length) return null;
    const bytes = file.subarray(at + 2, end);
    at = end;
    return bytes;
  };
  while (at + 2 <= file.length) {
    at += 2;
    const [, number, name, cookie] = [counted(), counted(), counted(), counted()];
    if (!number || !name || !cookie) return null;
    const valid = number.length === 0 || number.toString('latin1') === displayNumber;
    if (valid && name.toString('latin1') === cookieName) return cookie;
  }
  return null;
}

export function writeAuthority(file: string): void {
  const cookie = randomBytes(16);
  const record = authorityRecord(cookie);
  writeFileSync(file, record, { mode: 0o600, flag: 'wx' });
  cookie.fill(0);
  record.fill(0);
}
