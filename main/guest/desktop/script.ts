// The one way to the build script (native-scripts/guest/desktop/build): where it lies, on which terminal it runs, how
// its marks become values. It must never run twice at once for one cache: the script's lock says busy then.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { runOnTerminal } from '../../process/terminal';
import { findUpwards } from '../../process/upwards';
import { type Mark, makeLines, readMark } from './marks';

const script = 'native-scripts/guest/desktop/build';
export const stage = 'guest.desktop';

/** Packages, lists and the work folder: XDG's cache (basedir-spec). */
export function desktopCache(): string {
  const named = process.env.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'soulpad');
}

/**
 * Runs it to its result line. `onMark` hears each mark, `onWords` each other line. Faults: as the script tells (full,
 * io, busy, kernelLacks, toolMissing, alreadyThere), cancelled, timeout.
 */
export async function runScript(about: {
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly cache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onMark?: (mark: Mark) => void;
  readonly onWords?: (line: string) => void;
}): Promise<Result<Mark>> {
  const path = findUpwards(import.meta.dirname, [script]);
  if (path === null)
    return fail({ code: 'toolMissing', stage, message: 'the desktop guest is no part of this installation' });
  let last: Mark | null = null;
  const lines = makeLines((line) => {
    const mark = readMark(line);
    if (mark === null) return about.onWords?.(line);
    last = mark;
    about.onMark?.(mark);
  });
  const ran = await runOnTerminal({
    program: 'bash',
    args: [path, ...about.args, '--cache', about.cache ?? desktopCache()],
    stage,
    timeoutMs: about.timeoutMs,
    onText: lines.add,
    ...(about.signal === undefined ? {} : { signal: about.signal }),
  });
  lines.end();
  if (!ran.ok) return ran;
  return answerOf(last, ran.value.status);
}

function answerOf(last: Mark | null, status: number): Result<Mark> {
  if (last !== null && 'fault' in last) return fail({ stage, ...last.fault });
  if (status === 0 && last !== null && !('progress' in last)) return ok(last);
  return fail({ code: 'io', stage, message: `the build ended with status ${status} and no result` });
}
