// A lock of the system on a file (flock(2)), held by a child for as long as we want it and let go by the kernel however
// we die. Node has no flock: flock(1) takes it and becomes cat(1), which says our line back once the lock is ours and
// ends with our pipe.
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fail, ok, type Result } from '../../preload/contract/result';
import { start } from './run';

const lockedStatus = 75;

export interface FileLock {
  release(): Promise<void>;
}

/** The file is made when it is missing. Null: somebody else has the lock after `seconds`. Fault toolMissing. */
export async function lockFile(about: {
  readonly path: string;
  readonly seconds: number;
  readonly stage: string;
}): Promise<Result<FileLock | null>> {
  const child = start({
    program: 'flock',
    args: [
      ...['--exclusive', '--timeout', String(about.seconds), '--conflict-exit-code', String(lockedStatus)],
      ...['--no-fork', about.path, 'cat'],
    ],
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const stdin = child.process.stdin as Writable;
  const stdout = child.process.stdout as Readable;
  stdin.on('error', () => {}); // it may end without reading
  stdout.on('error', () => {});
  stdin.write('locked\n');
  const ours = await Promise.race([
    once(stdout, 'data').then(() => true),
    child.ended.then(() => false),
  ]).catch(() => false);
  if (ours) {
    return ok({
      release: async () => {
        stdin.end();
        await child.ended;
      },
    });
  }
  const ending = await child.ended;
  if (!ending.missing) return ok(null);
  return fail({
    code: 'toolMissing',
    stage: about.stage,
    message: 'flock is not installed (util-linux)',
  });
}
