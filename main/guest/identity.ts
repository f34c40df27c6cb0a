// What tells one guest from another for ever: drawn once when it is made, since licences and saved states bind to it
// (paper, section 5.2).
import { randomBytes, randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../preload/contract/result';
import { shownNameSchema } from '../../preload/contract/shown-name';
import type { GuestDefinition } from './definition';

/** A MAC address in QEMU's own range. */
export function newMac(): string {
  return `52:54:00:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
}

/** The serial number of a disk: at most 20 characters (virtio-blk). */
export function newSerial(): string {
  return `SP${randomBytes(8).toString('hex').toUpperCase()}`;
}

/** What this guest alone has. The id is made from the name, so that a person can guess it. Fault usage: the name. */
export function drawIdentity(
  name: string,
): Result<Pick<GuestDefinition, 'format' | 'id' | 'name' | 'uuid' | 'createdAt' | 'mac'>> {
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  if (!shownNameSchema.safeParse(name).success) {
    const message = 'a name has 1 to 80 characters, no control characters';
    return fail({ code: 'usage', stage: 'guest.add', message });
  }
  return ok({
    format: 'soulpad-guest',
    id: id === '' ? `guest-${randomBytes(3).toString('hex')}` : id,
    name,
    uuid: randomUUID(),
    createdAt: new Date().toISOString(),
    mac: newMac(),
  });
}
