// After a run that was cut (the stick pulled, the power gone, killed): its lock in the repository goes, and what it had
// uploaded is found again, so that it is not sent twice. A lock of somebody else is never touched while it may live.
//
//   all locks are of our dead run            removed
//   one is of another program, up to 30 min  left: lockedRepository, in words
//   older than that                          restic itself calls it stale (it renews its own every 5 min) and removes it,
//                                            unless this PC's clock is plainly wrong: then nothing looks its age
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { type Access, restic } from './restic';
import { type RepositoryLock, readLock, readNames } from './restic-messages';

const stage = 'backup.recover';
const rebuildWithinMs = 3_600_000;

const runningSchema = z.strictObject({
  format: z.literal('soulpad-backup-running'),
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  /** restic's, each that was started. */
  pids: z.array(z.number().int().positive()).max(10_000),
});
export type Running = z.infer<typeof runningSchema>;

function runningPath(folder: string): string {
  return join(folder, 'running.json');
}

/** Null: the last run came to its end, good or bad. */
export async function readRunning(folder: string): Promise<Running | null> {
  const read = await readRecord({
    path: runningPath(folder),
    schema: runningSchema,
    damaged: 'damagedManifest',
    stage,
  });
  return read.ok ? read.value : null;
}

/** Faults: full, denied, io. */
export function writeRunning(
  folder: string,
  about: Pick<Running, 'startedAt' | 'pids'>,
): Promise<Result<void>> {
  const record = { format: 'soulpad-backup-running', version: 1, ...about };
  return writeDurably(runningPath(folder), `${JSON.stringify(record)}\n`, stage);
}

export async function clearRunning(folder: string): Promise<void> {
  await rm(runningPath(folder), { force: true }).catch(() => {});
}

/** Faults: those of `restic`. What is left of a cut run costs space or time, never a good moment. */
export async function recover(
  access: Access,
  about: {
    readonly appendOnly: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Result<void>> {
  const running = await readRunning(access.folder);
  if (running === null) return ok(undefined);
  const freed = await freeLocks(access, running, about.signal);
  if (!freed.ok) return freed;
  if (!about.appendOnly) {
    // Packs that no index names yet: without this they would be uploaded again. Not on a server that lets us remove nothing.
    const rebuilt = await restic(access, {
      ...{ stage, args: ['rebuild-index'], signal: about.signal, timeoutMs: rebuildWithinMs },
    });
    if (!rebuilt.ok && rebuilt.fault.code !== 'lockedRepository') return rebuilt;
  }
  await clearRunning(access.folder);
  return ok(undefined);
}

/** Removes locks that nobody holds any more. Faults: lockedRepository (one may live), and those of `restic`. */
export async function freeLocks(
  access: Access,
  running: Running | null,
  signal?: AbortSignal,
): Promise<Result<void>> {
  const found = await readLocks(access, signal);
  if (!found.ok) return found;
  const locks = found.value;
  if (locks.length === 0) return ok(undefined);
  if (locks.every((lock) => isOurDead(lock, running)))
    return done(await restic(access, { stage, signal, args: ['unlock', '--remove-all'] }));
  const wrongClock = locks.find((lock) => Date.parse(lock.time) - Date.now() > dayMs);
  if (wrongClock !== undefined) return fail(clockWrong(wrongClock));
  const unlocked = await restic(access, { stage, signal, args: ['unlock'] });
  if (!unlocked.ok) return unlocked;
  // restic has removed those of programs of this PC that are gone: what is there now may live.
  const left = await readLocks(access, signal);
  if (!left.ok) return left;
  const living = left.value.find((lock) => Date.now() - Date.parse(lock.time) < 1_800_000 && lock.exclusive);
  if (living === undefined || isOurDead(living, running)) return ok(undefined);
  const message = `${living.hostname} works in it since ${living.time} (process ${living.pid})`;
  return fail({ code: 'lockedRepository', stage, message });
}

async function readLocks(
  access: Access,
  signal: AbortSignal | undefined,
): Promise<Result<readonly RepositoryLock[]>> {
  const listed = await restic(access, { stage, signal, args: ['list', 'locks', '--no-lock'] });
  if (!listed.ok) return listed;
  const locks: RepositoryLock[] = [];
  for (const name of readNames(listed.value.stdout).slice(0, 100)) {
    const read = await restic(access, { stage, signal, args: ['cat', 'lock', name, '--no-lock'] });
    const lock = read.ok ? readLock(read.value.stdout) : null;
    if (lock !== null) locks.push(lock);
  }
  return ok(locks);
}

const dayMs = 86_400_000;

function isOurDead(lock: RepositoryLock, running: Running | null): boolean {
  if (running === null || lock.hostname !== hostname()) return false;
  return running.pids.includes(lock.pid) && Date.parse(lock.time) >= Date.parse(running.startedAt) - 60_000;
}

function clockWrong(lock: RepositoryLock) {
  return {
    code: 'clockWrong' as const,
    stage,
    message: `a lock is of ${lock.time}, which this PC's clock (${new Date().toISOString()}) has not reached`,
    hint: 'set the clock of this PC',
  };
}

function done(ran: Result<unknown>): Result<void> {
  return ran.ok ? ok(undefined) : ran;
}
