// The RAM of a running QEMU as the kernel shows it: its mappings (/proc/PID/maps), which pages are no longer the saved
// file's (/proc/PID/pagemap), and what they hold (/proc/PID/mem). It never writes there. Needs the right to trace QEMU:
// its parent of the same user has it; PR_SET_DUMPABLE=0 on QEMU would take it away.
// Spec: proc_pid_maps(5), proc_pid_pagemap(5); bit 63 present, bit 62 swapped, bit 61 file page or shared anonymous.
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { collectRuns, type PageRun, pageBytes } from '../generation/ram-index';

/** One mapping inside the RAM. */
export interface RamMapping extends PageRun {
  /** 0 for anonymous memory. */
  readonly inode: string;
}

/**
 * The mappings of `[at, at + ramBytes)`, which must cover it without a gap, each private and writable memory or a file
 * of `inodes`. Inodes alone are compared: on Btrfs the device of stat(2) is not the one of /proc/PID/maps.
 * Fault kernelLacks: it is mapped in another way (the message says how); denied, io.
 */
export async function readMappings(about: {
  readonly pid: number;
  readonly at: number;
  readonly ramBytes: number;
  readonly inodes: ReadonlySet<string>;
  /** Must not be mapped at all. */
  readonly key: string;
}): Promise<Result<readonly RamMapping[]>> {
  const stage = 'guest.mapRam';
  const wrong = (what: string): Result<never> => fail({ code: 'kernelLacks', stage, message: what });
  let text = '';
  try {
    text = await readFile(`/proc/${about.pid}/maps`, 'latin1');
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
  const end = about.at + about.ramBytes;
  const mappings: RamMapping[] = [];
  let reached = about.at;
  for (const line of text.split('\n')) {
    const found = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ \S+ (\d+) *(.*)$/.exec(line);
    if (found === null) continue;
    const [, from = '', to = '', rights = '', inode = '', path = ''] = found;
    if (path === about.key) return wrong('QEMU has mapped the file that only stands for the RAM');
    const start = Number.parseInt(from, 16);
    const stop = Number.parseInt(to, 16);
    if (stop <= about.at || start >= end) continue;
    if (rights !== 'rw-p') return wrong(`RAM is mapped ${rights}, not private`);
    if (inode !== '0' && !about.inodes.has(inode)) return wrong(`RAM is mapped from another file: ${path}`);
    const first = Math.max(start, about.at);
    if (first !== reached) return wrong('a part of the RAM is not mapped');
    reached = Math.min(stop, end);
    mappings.push({
      first: (first - about.at) / pageBytes,
      pages: (reached - first) / pageBytes,
      inode,
    });
  }
  return reached === end ? ok(mappings) : wrong('a part of the RAM is not mapped');
}

/** What happened to a page since the session began. */
export const fates = { same: 0, changed: 1, empty: 2 } as const;

const entriesAtOnce = 1 << 16;

/**
 * One fate per page of the RAM: `same` is still what was mapped, `changed` has content of its own, `empty` was given
 * back by the guest or never touched (anonymous memory without a page). Faults: denied, io.
 */
export async function scanPages(about: {
  readonly pid: number;
  readonly at: number;
  readonly ramPages: number;
  readonly mappings: readonly RamMapping[];
}): Promise<Result<Uint8Array>> {
  const stage = 'guest.saveState';
  try {
    const pagemap = await open(`/proc/${about.pid}/pagemap`, 'r');
    try {
      return ok(await scanAll({ ...about, pagemap }));
    } finally {
      await pagemap.close();
    }
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/** In large pieces whatever the mappings are: a RAM of many sessions has thousands of them. */
async function scanAll(about: {
  readonly pagemap: FileHandle;
  readonly at: number;
  readonly ramPages: number;
  readonly mappings: readonly RamMapping[];
}): Promise<Uint8Array> {
  const { pagemap, ramPages } = about;
  const found = new Uint8Array(ramPages);
  const buffer = Buffer.alloc(Math.min(entriesAtOnce, ramPages) * 8);
  const mappings = about.mappings.values();
  let end = 0;
  let anonymous = false;
  for (let page = 0; page < ramPages; ) {
    const wanted = Math.min(buffer.length, (ramPages - page) * 8);
    const { bytesRead } = await pagemap.read(buffer, 0, wanted, (about.at / pageBytes + page) * 8);
    if (bytesRead === 0 || bytesRead % 8 !== 0) throw new Error('pagemap ended early');
    for (let at = 7; at < bytesRead; at += 8) {
      while (page >= end) {
        const next = mappings.next();
        if (next.done === true) throw new Error('the mappings do not cover the RAM');
        end = next.value.first + next.value.pages;
        anonymous = next.value.inode === '0';
      }
      found[page++] = fateOf((buffer[at] ?? 0) >> 5, anonymous);
    }
  }
  return found;
}

/** `bits`: 63, 62 and 61 of the entry. In a private file mapping only an own copy lacks bit 61. */
function fateOf(bits: number, anonymous: boolean): number {
  const there = (bits & 0b110) !== 0;
  if (anonymous) return there ? fates.changed : fates.empty;
  return there && (bits & 0b001) === 0 ? fates.changed : fates.same;
}

/**
 * Pages that QEMU or the guest has touched so far: `same` as saved, or `changed`. The kernel maps neighbours of a touched
 * page with it that happen to be in memory, so it may be somewhat more. Faults: denied, io.
 */
export async function touchedPages(about: {
  readonly pid: number;
  readonly at: number;
  readonly ramPages: number;
}): Promise<Result<{ readonly same: readonly PageRun[]; readonly all: readonly PageRun[] }>> {
  const same = collectRuns();
  const all = collectRuns();
  try {
    const pagemap = await open(`/proc/${about.pid}/pagemap`, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(entriesAtOnce, about.ramPages) * 8);
      for (let page = 0; page < about.ramPages; ) {
        const wanted = Math.min(buffer.length, (about.ramPages - page) * 8);
        const { bytesRead } = await pagemap.read(buffer, 0, wanted, (about.at / pageBytes + page) * 8);
        if (bytesRead === 0 || bytesRead % 8 !== 0) throw new Error('pagemap ended early');
        for (let at = 7; at < bytesRead; at += 8, page++) {
          const bits = (buffer[at] ?? 0) >> 5;
          if ((bits & 0b110) === 0) continue;
          all.add(page);
          if ((bits & 0b001) !== 0) same.add(page);
        }
      }
      return ok({ same: same.runs, all: all.runs });
    } finally {
      await pagemap.close();
    }
  } catch (error) {
    return fail(faultOfErrno(error, 'guest.touchedPages'));
  }
}

/** The RAM's content: a reader of whole pages, to be closed. Faults: denied (ptrace refused), io. */
export interface MemoryReader {
  /** Fills `buffer` from that page on. Throws as the kernel does. It does not wait: changed pages are in memory. */
  read(page: number, buffer: Buffer): void;
  close(): void;
}

export function openMemory(about: { readonly pid: number; readonly at: number }): Result<MemoryReader> {
  let fd: number;
  try {
    fd = openSync(`/proc/${about.pid}/mem`, 'r');
  } catch (error) {
    return fail(faultOfErrno(error, 'guest.saveState'));
  }
  const read = (page: number, buffer: Buffer): void => {
    for (let done = 0; done < buffer.length; ) {
      const got = readSync(fd, buffer, done, buffer.length - done, about.at + page * pageBytes + done);
      if (got === 0) throw new Error('the memory of QEMU ended early');
      done += got;
    }
  };
  return ok({ read, close: () => closeSync(fd) });
}
