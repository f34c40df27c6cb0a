// Asks the system, not our own UI: mounts, processes, their arguments, environments and files.
import { closeSync, constants, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Mount points of gocryptfs below a folder. */
export function vaultMounts(below: string): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'fuse.gocryptfs' && fields[1]?.startsWith(below))
    .map((fields) => fields[1] ?? '');
}

export interface Process {
  readonly pid: number;
  readonly argv: string;
  readonly environment: string;
}

/** Every process we may look into. One that ends meanwhile is left out. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string): string =>
          readFileSync(`/proc/${name}/${file}`, 'latin1').replaceAll('\0', ' ');
        const argv = read('cmdline');
        let environment = '';
        try {
          environment = read('environ');
        } catch {
          // Another user's process: its arguments are all we may read.
        }
        return [{ pid: Number(name), argv, environment }];
      } catch {
        return [];
      }
    });
}

/** Its parent's pid; throws when it is gone. */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The fields begin behind the last ')' of the command name, which may hold anything (proc_pid_stat(5)).
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Paths of the plain files below a folder. Sockets and links are passed over, and what went away meanwhile. */
export function filesBelow(folder: string): string[] {
  return unlessGone([], () =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    }),
  );
}

const pieceBytes = 4 << 20;

/** Those of the files whose bytes hold one of the needles, read in pieces that overlap by the longest needle. */
export function filesHolding(folder: string, needles: readonly Buffer[]): string[] {
  const overlap = Math.max(0, ...needles.map((needle) => needle.length - 1));
  const piece = Buffer.alloc(pieceBytes + overlap);
  const holds = (path: string): boolean => {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      for (let kept = 0; ; ) {
        const got = readSync(file, piece, kept, pieceBytes, null);
        if (got === 0) return false;
        const seen = piece.subarray(0, kept + got);
        if (needles.some((needle) => seen.includes(needle))) return true;
        kept = Math.min(overlap, seen.length);
        piece.copyWithin(0, seen.length - kept, seen.length);
      }
    } finally {
      closeSync(file);
    }
  };
  return filesBelow(folder).filter((path) => unlessGone(false, () => holds(path)));
}

function unlessGone<T>(gone: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return gone;
    throw error;
  }
}

/** Waits for a condition, asks every 100 ms, says what it waited for when it does not come. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
