// Unseals in a process that ends. The owner lives as long as its vault is open, so the secret never comes into its memory:
// a helper, the owner program in mode `unseal`, inherits the secret's descriptor, works out the volume key, hands it over
// on a pipe and ends. What Argon2id leaves on its threads' stacks and a string on the heap is gone with it.
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { startBound } from '../process/bound';
import { nodeBinary, programPath } from '../process/programs';
import { secretBytes } from '../process/secret-bytes';
import { volumeKeyBytes } from './keyslots/format';
import { formatOwnerArguments, reportDescriptor, secretDescriptor } from './owner-arguments';
import { readReport } from './start-owner';
import type { SecretKind } from './vault';

const stage = 'vault.unseal';

/**
 * The volume key, the caller's to wipe; null for a vault that soulpadd has opened. Our own end of the secret's descriptor is closed. Faults: wrongSecret,
 * mistypedKey, damagedKeyslots, damagedKeyFile, cancelled, toolMissing, bug.
 */
export async function unsealApart(about: {
  readonly home: string;
  readonly kind: SecretKind;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** False: a LUKS2 vault, which the helper has opened by soulpadd; there is no key to hand over. */
  readonly key: boolean;
}): Promise<Result<Buffer | null>> {
  const { home, kind, signal } = about;
  const started = startBound({
    program: nodeBinary(),
    packageName: 'nodejs',
    stage,
    args: [programPath('owner'), ...formatOwnerArguments({ mode: 'unseal', home, secretKind: kind })],
    stdio: ['ignore', 'pipe', 'ignore', secretDescriptor, 'pipe'],
  });
  closeSync(secretDescriptor);
  if (!started.ok) return started;
  const helper = started.value;
  const cancel = (): void => void helper.process.kill('SIGKILL');
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  const [volumeKey, outcome] = await Promise.all([
    readVolumeKey(helper.process.stdout),
    readReport(helper.process.stdio[reportDescriptor] as Readable | null, about.onProgress),
  ]);
  const ended = await helper.ended;
  signal.removeEventListener('abort', cancel);
  if (outcome !== null && 'done' in outcome && (volumeKey !== null) === about.key) return ok(volumeKey);
  volumeKey?.fill(0);
  if (outcome !== null && 'fault' in outcome) return fail(outcome.fault);
  if (signal.aborted) return fail({ code: 'cancelled', stage, message: 'opening was cancelled' });
  return fail({ code: 'bug', stage, message: `the helper ended with ${ended.status ?? ended.signal}` });
}

/** Null when the helper ended without one. What the stream held is wiped. */
async function readVolumeKey(pipe: Readable | null): Promise<Buffer | null> {
  const key = secretBytes(volumeKeyBytes);
  let length = 0;
  for await (const chunk of (pipe ?? []) as AsyncIterable<Buffer>) {
    length += chunk.copy(key, Math.min(length, key.length));
    chunk.fill(0);
  }
  if (length === volumeKeyBytes) return key;
  key.fill(0);
  return null;
}
