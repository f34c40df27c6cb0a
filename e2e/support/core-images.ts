// What a core dump of a process would hold: every readable mapping of it, read from /proc/PID/mem as a dump would be
// (core(5), proc_pid_mem(5)), and searched. Tells where something was found, never what.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { mayDumpCore } from '../../main/process/core-limit';
import type { Desk } from './kiosk';
import { parentOf, processes } from './system';

export interface Image {
  readonly pid: number;
  /** Its program and what it is for Chromium: 'electron renderer', 'node owner.cjs'. */
  readonly name: string;
  readonly bytes: number;
  /** How often the needles stand in it, all together. */
  readonly found: number;
  readonly mayDumpCore: boolean;
}

export interface Images {
  readonly images: readonly Image[];
  /** Processes of the app that could not be looked into. */
  readonly unread: readonly string[];
}

const pieceBytes = 8 << 20;

/** The needles in every process of this desk but its X server, which stands for the keyboard. */
export function imagesOf(desk: Desk, kioskPid: number, needles: readonly Buffer[]): Images {
  const parents = parentsOfAll();
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === kioskPid) return true;
    return false;
  };
  const ours = processes().filter(
    ({ pid, argv, environment }) =>
      pid !== process.pid &&
      !argv.includes('Xvnc') &&
      (isBelow(pid) || `${argv}${environment}`.includes(desk.folder)),
  );
  const images: Image[] = [];
  const unread: string[] = [];
  for (const { pid, argv } of ours) {
    const name = nameOf(argv);
    try {
      images.push({ pid, name, ...search(pid, needles), mayDumpCore: mayDumpCore(pid) });
    } catch (error) {
      const gone =
        error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code));
      if (!gone) unread.push(`${name} (${pid}): ${error}`);
    }
  }
  return { images, unread };
}

function nameOf(argv: string): string {
  const [program = '', ...rest] = argv.trim().split(' ');
  const type = rest.find((word) => word.startsWith('--type='))?.slice('--type='.length);
  const script = rest.find((word) => word.endsWith('.cjs'));
  return [program.split('/').pop(), type ?? script?.split('/').pop()].filter(Boolean).join(' ');
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      parents.set(Number(name), parentOf(Number(name)));
    } catch {
      // Ended meanwhile.
    }
  }
  return parents;
}

function search(pid: number, needles: readonly Buffer[]): Pick<Image, 'bytes' | 'found'> {
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1;
  const piece = Buffer.alloc(pieceBytes + overlap);
  let found = 0;
  let bytes = 0;
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { from, to } of mappings(pid)) {
      let kept = 0;
      for (let at = from; at < to; ) {
        const wanted = Math.min(pieceBytes, to - at);
        const got = readAt(memory, piece, kept, wanted, at);
        if (got === 0) {
          at += wanted; // a hole: nothing lies there
          kept = 0;
          continue;
        }
        bytes += got;
        const seen = piece.subarray(0, kept + got);
        for (const needle of needles)
          for (let hit = seen.indexOf(needle); hit >= 0; hit = seen.indexOf(needle, hit + 1)) found++;
        kept = Math.min(overlap, seen.length);
        piece.copyWithin(0, seen.length - kept, seen.length);
        at += got;
      }
    }
  } finally {
    piece.fill(0);
    closeSync(memory);
  }
  return { bytes, found };
}

function readAt(file: number, into: Buffer, offset: number, length: number, at: number): number {
  try {
    return readSync(file, into, offset, length, at);
  } catch {
    return 0;
  }
}

/** Readable mappings that hold memory: not the kernel's own pages, not a reserve that nothing was ever put into. */
function mappings(pid: number): { from: number; to: number }[] {
  readlinkSync(`/proc/${pid}/exe`); // refuses where the memory would be refused too
  return readFileSync(`/proc/${pid}/maps`, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [, from, to, mode, , , , path] =
        /^([0-9a-f]+)-([0-9a-f]+) (\S+) (\S+) (\S+) (\S+)\s*(.*)$/.exec(line) ?? [];
      if (from === undefined || to === undefined || !mode?.startsWith('r')) return [];
      if (path === '[vvar]' || path === '[vsyscall]') return [];
      return [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
    });
}
