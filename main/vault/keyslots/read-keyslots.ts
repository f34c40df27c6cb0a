// Reads a home's keyslots.json: the first thing anybody does with a vault, and all that is known of a closed one.
import type { Fault } from '../../../preload/contract/fault';
import { fail, type Result } from '../../../preload/contract/result';
import { readBoundedFile } from '../bounded-file';
import { keyslotsFileOf } from '../places';
import { type Keyslots, maxKeyslotsFileBytes, parseKeyslots } from './format';

/** Faults: missingVault, damagedKeyslots (also a link, a FIFO, too long), denied, io. */
export function readKeyslots(home: string): Result<Keyslots> {
  const path = keyslotsFileOf(home);
  const got = readBoundedFile(path, maxKeyslotsFileBytes);
  switch (got.kind) {
    case 'read':
      return parseKeyslots(got.bytes);
    case 'missing':
      return fault('missingVault', `there is no vault in ${home}`, 'make one: soulpad vault create');
    case 'denied':
      return fault('denied', `${path} may not be read by this user`);
    case 'refused':
      return fault('damagedKeyslots', `${path} is ${got.why}`);
    case 'io':
      return fault('io', `${path}: ${got.why}`);
  }
}

function fault(code: Fault['code'], message: string, hint?: string): Result<never> {
  return fail({ code, stage: 'vault.keyslots', message, hint });
}
