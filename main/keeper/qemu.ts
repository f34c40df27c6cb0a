// The QEMU process of a guest: started by us, or taken over from a keeper that was killed. It runs in a session of
// its own, so that it does not die with the keeper; it may not dump core (a core file would be the guest's RAM on the
// PC's disk). With -no-shutdown a guest that switches itself off leaves a QEMU that still answers, so that even a
// keeper that was not there at that moment learns why.
import type { Readable } from 'node:stream';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { start } from '../process/run';
import { hasMemory, isQemuOf, type QemuMark, waitUntilGone } from './proof';

export interface QemuProcess {
  readonly pid: number;
  /** Fulfils once, when the process is gone, with how it ended in words. */
  readonly ended: Promise<string>;
  isAlive(): boolean;
  /** The fault of a QEMU that ended by itself, with its last words. */
  deathFault(stage: string): Promise<Fault>;
  /** SIGKILL; fulfils when it is gone. */
  kill(): Promise<void>;
}

const program = 'qemu-system-x86_64';
const keptWords = 4_000;

/** Starts QEMU with -no-shutdown added. Faults: toolMissing. Whether it came up is asked of its QMP socket. */
export function startQemu(about: {
  readonly argv: readonly string[];
  /** For QEMU alone: a preload library must not act in the programs before it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Inherited as 3, 4, 5 ... */
  readonly descriptors: readonly number[];
  /** The kernel ends it when we die. Never for a person's session. */
  readonly diesWithUs?: boolean;
}): Result<QemuProcess> {
  const settings = Object.entries(about.environment).map(([name, value]) => `${name}=${value}`);
  const child = start({
    // All of util-linux; one becomes the next, then env, then QEMU, and the pid stays.
    program: about.diesWithUs ? 'setpriv' : 'prlimit',
    args: [
      ...(about.diesWithUs ? ['--pdeathsig', 'KILL', '--', 'prlimit'] : []),
      ...['--core=0', 'env', ...settings, program, ...about.argv, '-no-shutdown'],
    ],
    stdio: ['ignore', 'ignore', 'pipe', ...about.descriptors],
    detached: true,
    env: { LC_ALL: 'C' },
  });
  const { pid } = child;
  if (pid === null) {
    void child.ended;
    const message = 'prlimit is not installed (util-linux)';
    return fail({ code: 'toolMissing', stage: 'guest.start', message });
  }
  let words = '';
  const stderr = child.process.stderr as Readable;
  stderr.setEncoding('utf8');
  stderr.on('data', (text: string) => {
    words = (words + text).slice(-keptWords);
  });
  stderr.on('error', () => {});
  let missing = false;
  let alive = true;
  const ended = child.ended.then(({ status, signal }) => {
    alive = false;
    missing = status === 127; // it could not be executed
    return signal === null ? `status ${status}` : `signal ${signal}`;
  });
  return ok({
    pid,
    ended,
    isAlive: () => alive,
    deathFault: async (stage) => {
      const how = await ended;
      const said = words.trim().split('\n').slice(-3).join(' ').slice(0, 600);
      if (missing) return { code: 'toolMissing', stage, message: `${program} is not installed` };
      return { code: 'guestDied', stage, message: `QEMU ended with ${how}${said === '' ? '' : `: ${said}`}` };
    },
    kill: async () => {
      child.process.kill('SIGKILL');
      await ended;
    },
  });
}

/** A QEMU that is not our child: /proc says when it is gone. The caller has proven that it is the guest's. */
export function takeOverQemu(pid: number, mark: QemuMark): QemuProcess {
  let alive = true;
  const ended = (async () => {
    while (await isQemuOf(pid, mark)) await new Promise((resolve) => setTimeout(resolve, 250));
    alive = false;
    return 'an unknown status';
  })();
  return {
    pid,
    ended,
    isAlive: () => alive,
    deathFault: async (stage) => ({ code: 'guestDied', stage, message: `QEMU ended with ${await ended}` }),
    kill: async () => {
      // Asked again at the last moment: the pid must still be this guest's QEMU.
      if (alive && (await isQemuOf(pid, mark))) process.kill(pid, 'SIGKILL');
      await waitUntilGone(pid, 10_000);
      await ended;
    },
  };
}

/**
 * Fulfils with the answer, or with QEMU's death if that comes first: nobody waits for a dead process. A failure of the
 * work that only shows QEMU's death (its memory is gone before its parent is told) counts as the death.
 */
export async function orDeath<T>(about: {
  readonly qemu: QemuProcess;
  readonly stage: string;
  readonly work: Promise<Result<T>>;
}): Promise<Result<T>> {
  const { qemu, stage } = about;
  const died = async (): Promise<Result<T>> => fail(await qemu.deathFault(stage));
  const answer = await Promise.race([about.work, qemu.ended.then(died)]);
  return answer.ok || (await hasMemory(qemu.pid)) ? answer : died();
}
