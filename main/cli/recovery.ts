// The recovery key, from a descriptor or a terminal: 48 digits as they stand on the paper. Typing mistakes are told by
// the group they are in, before anything else happens.
import { fail, ok, type Result } from '../../preload/contract/result';
import { readRecoveryKey } from '../vault/recovery/recovery-key';
import { readDescriptor } from './descriptor';
import { fromTerminal } from './secret';
import type { Asked } from './verb';

const stage = 'cli.recovery';

/** ASCII digits, the caller's to wipe. Faults: usage, mistypedKey, cancelled, io. */
export async function readRecovery(asked: Asked): Promise<Result<Buffer>> {
  const descriptor = asked.values['recovery-fd'];
  const typed =
    descriptor === undefined
      ? await fromTerminal('Recovery key, from the paper: ')
      : readDescriptor(descriptor);
  if (!typed.ok) return typed;
  const read = readRecoveryKey(typed.value);
  typed.value.fill(0);
  if (read.is === 'key') return ok(read.digits);
  const message =
    read.is === 'mistyped'
      ? `group ${read.group} of the recovery key is mistyped`
      : 'a recovery key has 48 digits in eight groups';
  return fail({ code: 'mistypedKey', stage, message, hint: 'compare it with the paper, digit by digit' });
}
