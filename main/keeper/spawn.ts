// Starts a keeper, detached from us. flock(1) takes the guest's lock and becomes the keeper (--no-fork): the kernel
// holds the lock for exactly as long as the keeper lives, so that no two keepers and no stale lock can exist. The
// keeper says on a startup pipe that it listens, or why it cannot. Its arguments are paths and ids only. On the stick
// soulpadd does the same for us, as another user (apart.ts, native-scripts/host/files/usr/lib/soulpad/host/keeper).
import { closeSync, constants, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { faultSchema } from '../../preload/contract/fault';
import { type Ended, type EngineChoice, keeperPushes } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { makeOwnFolder } from '../files/own-folder';
import { nodeBinary, programPath } from '../process/programs';
import { start } from '../process/run';
import { parseJson } from '../socket/call';
import { keeperUserId, startApart } from './apart';
import { guestFiles, type KeeperPlaces } from './places';
import { readKeeperRecord } from './record';

const stage = 'keeper.start';

/** The one line on the startup pipe. */
export const startupSchema = z.union([
  z.object({ ready: z.literal(true), ended: keeperPushes.ended.nullable() }),
  z.object({ ready: z.literal(false), fault: faultSchema }),
]);
export type Startup = z.infer<typeof startupSchema>;

/** A keeper that is just ending has its lock for a moment longer. */
const lockSeconds = '3';

/** flock's exit status when somebody else has the lock. */
const lockedStatus = 75;

/**
 * Null: it listens. With `adoptOnly` also how the guest ended, when all that was left to do was to bring that to its
 * end. Faults: busy (a keeper lives), toolMissing, denied, timeout, io, and whatever the keeper says.
 */
export async function spawnKeeper(about: {
  readonly places: KeeperPlaces;
  readonly guestId: string;
  readonly engine: EngineChoice;
  readonly adoptOnly: boolean;
  /** Another program in the keeper's place (fault tests). */
  readonly program?: string;
}): Promise<Result<Ended | null>> {
  const { places, guestId } = about;
  const files = guestFiles(places, guestId);
  const log = openPrivate(files.runtimeFolder, files.log);
  if (!log.ok) return log;
  if ((await keeperUserId()) !== null) {
    closeSync(log.value);
    const { engine, adoptOnly } = about;
    const apart = await startApart({ guestsFolder: places.guestsFolder, guestId, engine, adoptOnly });
    if (!apart.ok) return apart;
    const { said, status } = apart.value;
    return said === null ? whyNone(about, `status ${status ?? '?'}`, status) : startupOf(said);
  }
  const lock = [
    '--exclusive',
    '--timeout',
    lockSeconds,
    '--conflict-exit-code',
    String(lockedStatus),
    '--no-fork',
    files.lock,
  ];
  const child = start({
    program: 'flock',
    args: [
      ...lock,
      nodeBinary(),
      about.program ?? programPath('keeper'),
      ...['--guest', guestId],
      ...['--guests', places.guestsFolder],
      ...['--runtime', places.runtimeFolder],
      ...['--owner', places.ownerSocket],
      ...['--engine', about.engine],
      ...(about.adoptOnly ? ['--adopt-only'] : []),
    ],
    cwd: '/', // it outlives us: no folder of ours may be held by it
    stdio: ['ignore', 'ignore', log.value, 'pipe'],
    detached: true,
  });
  closeSync(log.value);
  const said = await firstLine(child.process.stdio[3] as Readable | null | undefined, 60_000);
  if (said.is === 'line') return startupOf(said.line);
  if (said.is === 'timeout') {
    if (child.pid !== null) child.process.kill('SIGKILL');
    return fail({ code: 'timeout', stage, message: 'the keeper did not come up in 60 seconds' });
  }
  const ending = await child.ended;
  if (ending.missing)
    return fail({ code: 'toolMissing', stage, message: 'flock is not installed (util-linux)' });
  return whyNone(about, `${ending.status ?? ending.signal ?? '?'}`, ending.status);
}

function startupOf(line: string): Result<Ended | null> {
  const startup = startupSchema.safeParse(parseJson(line));
  if (startup.success) return startup.data.ready ? ok(startup.data.ended) : fail(startup.data.fault);
  return fail({ code: 'protocol', stage, message: 'the keeper said something of a wrong shape' });
}

/** A keeper that ended without a word: somebody else has the lock, or it could not even begin. */
async function whyNone(
  about: { readonly places: KeeperPlaces; readonly guestId: string },
  how: string,
  status: number | null,
): Promise<Result<never>> {
  const files = guestFiles(about.places, about.guestId);
  if (status !== lockedStatus) {
    const message = `the keeper ended at once (${how}); ${files.log} may say why`;
    return fail({ code: 'io', stage, message });
  }
  const record = await readKeeperRecord(files.record);
  const pid = record.ok ? ` (pid ${record.value.keeperPid})` : '';
  return fail({ code: 'busy', stage, message: `${about.guestId} already has a keeper${pid}` });
}

/** The guest's runtime folder, ours alone, and its log open for appending. */
function openPrivate(folder: string, log: string): Result<number> {
  const made = makeOwnFolder(folder, stage);
  if (!made.ok) return made;
  try {
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    return ok(openSync(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600));
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

type Heard = { is: 'line'; line: string } | { is: 'end' } | { is: 'timeout' };

function firstLine(pipe: Readable | null | undefined, timeoutMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    if (pipe === null || pipe === undefined) return resolve({ is: 'end' });
    let held = '';
    const settle = (heard: Heard): void => {
      clearTimeout(timer);
      pipe.destroy();
      resolve(heard);
    };
    const timer = setTimeout(() => settle({ is: 'timeout' }), timeoutMs);
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      held += text;
      const at = held.indexOf('\n');
      if (at >= 0) return settle({ is: 'line', line: held.slice(0, at) });
      if (held.length > 16_384) settle({ is: 'end' });
    });
    pipe.on('error', () => settle({ is: 'end' }));
    pipe.on('end', () => settle({ is: 'end' }));
    pipe.on('close', () => settle({ is: 'end' }));
  });
}
