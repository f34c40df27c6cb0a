// What tells one guest from another for ever: drawn once when it is made, since licences and saved states bind to it
// (paper, section 5.2).
import { randomBytes } from 'node:crypto';

/** A MAC address in QEMU's own range. */
export function newMac(): string {
  return `52:54:00:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
}

/** The serial number of a disk: at most 20 characters (virtio-blk). */
export function newSerial(): string {
  return `SP${randomBytes(8).toString('hex').toUpperCase()}`;
}
