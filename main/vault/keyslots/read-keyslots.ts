// Reads a home's keyslots.json: the first thing anybody does with a vault, and all that is known of a closed one.
import { fail, type Result } from '../../../preload/contract/result';
import { readBounded } from '../../files/bounded';
import { keyslotsFileOf } from '../places';
import { type Keyslots, maxKeyslotsFileBytes, parseKeyslots } from './format';

/** Faults: missingVault, damagedKeyslots (also a link, a FIFO, too long), denied, io. */
export async function readKeyslots(home: string): Promise<Result<Keyslots>> {
  const about = {
    damaged: 'damagedKeyslots',
    stage: 'vault.keyslots',
    maxBytes: maxKeyslotsFileBytes,
  } as const;
  const got = await readBounded({ ...about, path: keyslotsFileOf(home) });
  if (got.ok) return parseKeyslots(got.value);
  if (got.fault.code !== 'missingFile') return got;
  const hint = 'make one: soulpad vault create';
  return fail({ code: 'missingVault', stage: about.stage, message: `there is no vault in ${home}`, hint });
}
