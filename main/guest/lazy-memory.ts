// The RAM of a running QEMU as the kernel shows it: its mappings (/proc/PID/maps), which pages are no longer the saved
// file's (/proc/PID/pagemap), and what they hold (/proc/PID/mem). It never writes there. Needs the right to trace QEMU:
// its parent of the same user has it; PR_SET_DUMPABLE=0 on QEMU would take it away.
// Spec: proc_pid_maps(5), proc_pid_pagemap(5); bit 63 present, bit 62 swapped, bit 61 file page or shared anonymous.
import { closeSync, openSync, readSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
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
  const found = new Uint8Array(about.ramPages);
  const mappings = about.mappings.values();
  let end = 0;
  let anonymous = false;
  try {
    for await (const { first, bits } of pagemapOf(about)) {
      for (let at = 0; at < bits.length; at++) {
        while (first + at >= end) {
          const next = mappings.next();
          if (next.done === true) throw new Error('the mappings do not cover the RAM');
          end = next.value.first + next.value.pages;
          anonymous = next.value.inode === '0';
        }
        found[first + at] = fateOf(bits[at] ?? 0, anonymous);
      }
    }
    return ok(found);
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/**
 * Bits 63, 62 and 61 of each page's entry, in large pieces whatever the mappings are: a RAM of many sessions has
 * thousands of them. A piece is good until the next one is asked for.
 */
async function* pagemapOf(about: {
  readonly pid: number;
  readonly at: number;
  readonly ramPages: number;
}): AsyncGenerator<{ readonly first: number; readonly bits: Uint8Array }> {
  const { ramPages } = about;
  const pagemap = await open(`/proc/${about.pid}/pagemap`, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(entriesAtOnce, ramPages) * 8);
    const bits = new Uint8Array(buffer.length / 8);
    for (let first = 0; first < ramPages; ) {
      const wanted = Math.min(buffer.length, (ramPages - first) * 8);
      const { bytesRead } = await pagemap.read(buffer, 0, wanted, (about.at / pageBytes + first) * 8);
      if (bytesRead === 0 || bytesRead % 8 !== 0) throw new Error('pagemap ended early');
      const entries = bytesRead / 8;
      for (let at = 0; at < entries; at++) bits[at] = (buffer[at * 8 + 7] ?? 0) >> 5;
      yield { first, bits: bits.subarray(0, entries) };
      first += entries;
    }
  } finally {
    await pagemap.close();
  }
}

const isThere = (bits: number): boolean => (bits & 0b110) !== 0;
const isOfFile = (bits: number): boolean => (bits & 0b001) !== 0;

/** In a private file mapping only an own copy is not the file's. */
function fateOf(bits: number, anonymous: boolean): number {
  if (anonymous) return isThere(bits) ? fates.changed : fates.empty;
  return isThere(bits) && !isOfFile(bits) ? fates.changed : fates.same;
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
    for await (const { first, bits } of pagemapOf(about)) {
      for (let at = 0; at < bits.length; at++) {
        const entry = bits[at] ?? 0;
        if (!isThere(entry)) continue;
        all.add(first + at);
        if (isOfFile(entry)) same.add(first + at);
      }
    }
    return ok({ same: same.runs, all: all.runs });
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
