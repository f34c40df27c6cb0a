// No core dumps: they would put a process's memory, and with it whatever secret it holds at that moment, on a disk. The
// limit is inherited, so that one call at a program's start covers all that it starts; what was started before it (the
// zygotes of Chromium, which every page's process comes from) is limited too. Spec: getrlimit(2), RLIMIT_CORE; core(5).
import { readdirSync, readFileSync } from 'node:fs';
import { ok, type Result } from '../../preload/contract/result';
import { run } from './run';

/** Of this process and all below it. Faults: toolMissing, io. */
export async function refuseCoreDumps(stage: string): Promise<Result<void>> {
  const own = await limit(process.pid, stage);
  if (!own.ok) return own;
  // Listed now: what is started from here on inherits it.
  for (const pid of descendantsOf(process.pid)) {
    const limited = await limit(pid, stage);
    if (!limited.ok) return limited;
  }
  return ok(undefined);
}

async function limit(pid: number, stage: string): Promise<Result<void>> {
  if (!mayDumpCore(pid)) return ok(undefined);
  const limited = await run({ program: 'prlimit', args: ['--pid', String(pid), '--core=0:0'], stage });
  return limited.ok || !mayDumpCore(pid) ? ok(undefined) : limited;
}

/** False for a process that is gone. */
export function mayDumpCore(pid: number): boolean {
  try {
    return !/^Max core file size\s+0\s+0\s/m.test(readFileSync(`/proc/${pid}/limits`, 'latin1'));
  } catch {
    return false;
  }
}

function descendantsOf(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' '),
    );
    return children
      .filter((child) => child !== '')
      .map(Number)
      .flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return []; // ended meanwhile
  }
}
