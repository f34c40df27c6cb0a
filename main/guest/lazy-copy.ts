// Copying a guest's state within one short stop: what takes long is done before (its chain read, our memory laid out,
// the migration prepared) or after (all writing). Within the stop: the mappings, the pages that differ, the devices.
// The copy is measured against what the session was started on, as a suspend is, so that each checkpoint stands for
// itself and the one before it can go. It must never read QEMU's memory after the guest went on.
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { openParts } from '../generation/ram-files';
import { pageBytes } from '../generation/ram-index';
import type { CopiedState, CopyOrder, ReadyToCopy } from './engine';
import { fates, type MemoryReader, openMemory, scanPages } from './lazy-memory';
import {
  isSavedAsBase,
  makeStateFile,
  orNothing,
  type Ram,
  readMappingsOf,
  readRam,
  removeSaved,
  sendDevices,
  writeSaved,
} from './lazy-save';
import { prepareMigration } from './migration';

const stage = 'guest.saveState';
const chunkPages = 4096;
/** More pages change until the guest stands. */
const sparePages = 2048;

/** The lazy engine's `readyToCopy`. */
export async function readyToCopyLazily(order: CopyOrder, mappable: number): Promise<Result<ReadyToCopy>> {
  const read = await readRam(order, mappable);
  if (!read.ok) return read;
  const ram = read.value;
  const scanned = await scan(order, ram);
  if (!scanned.ok) return scanned;
  // Asked before the guest stands: the right to read QEMU's memory is not a keeper's that took over.
  const memory = openMemory({ pid: order.qemuPid, at: ram.at });
  if (!memory.ok) return memory;
  memory.value.close();
  const pages = changedPages(scanned.value);
  const most = Math.floor(order.mostBytes / pageBytes);
  if (pages + sparePages > most) return tooMuch(pages, most);
  const prepared = await prepareMigration(order.qmp, 'devices');
  if (!prepared.ok) return fail({ ...prepared.fault, stage });
  const made = await makeStateFile(order);
  if (!made.ok) return made;
  const room = roomFor(pages + Math.ceil(pages / 8) + sparePages);
  return ok({ bytes: pages * pageBytes, copy: () => copy({ order, ram, room, most }) });
}

function tooMuch(pages: number, most: number): Result<never> {
  const [need, have] = [pages, most].map((count) => Math.ceil((count * pageBytes) / 2 ** 20));
  const message = `a copy of the changed memory takes ${need} MiB, and ${have} MiB are there for it`;
  return fail({ code: 'full', stage, message });
}

function changedPages(fate: Uint8Array): number {
  let count = 0;
  for (const one of fate) if (one === fates.changed) count++;
  return count;
}

function scan(order: CopyOrder, ram: Pick<Ram, 'at' | 'view' | 'mappings'>): Promise<Result<Uint8Array>> {
  const { at, view, mappings } = ram;
  return scanPages({ pid: order.qemuPid, at, ramPages: view.ramPages, mappings });
}

/** Written to once, so that within the stop the kernel has the memory at hand. */
function roomFor(pages: number): Buffer[] {
  const chunks = Math.ceil(pages / chunkPages);
  return Array.from({ length: chunks }, () => Buffer.alloc(chunkPages * pageBytes, 1));
}

interface Copying {
  readonly order: CopyOrder;
  readonly ram: Ram;
  readonly room: Buffer[];
  /** Pages. */
  readonly most: number;
}

async function copy(about: Copying): Promise<Result<CopiedState>> {
  const copied = await copyAll(about);
  if (!copied.ok) await removeSaved(about.order.folder);
  return copied;
}

async function copyAll(about: Copying): Promise<Result<CopiedState>> {
  const { order } = about;
  const began = performance.now();
  // Its mappings stay while it stands. Its pages only when its devices are saved, which may write to them at the last.
  const [mappings, sent] = await Promise.all([readMappingsOf(order, about.ram), sendDevices(order)]);
  if (!sent.ok) return sent;
  if (!mappings.ok) return mappings;
  const ram: Ram = { ...about.ram, mappings: mappings.value };
  const scanned = await scan(order, ram);
  if (!scanned.ok) return scanned;
  const fate = scanned.value;
  const pages = changedPages(fate);
  if (pages > about.most) return tooMuch(pages, about.most);
  const copied = copyPages({ order, ram, fate, room: about.room });
  if (!copied.ok) return copied;
  const stateMs = performance.now() - began;
  return ok({
    write: async () => {
      const source = await sourceOf(ram, copied.value);
      if (!source.ok) return orNothing(order, source);
      const memory = source.value;
      const written = await writeSaved({ order, ram, fate, memory, stateMs });
      await memory.close();
      return orNothing(order, written);
    },
  });
}

/** Where each changed page lies in the copy; -1 for a page that was not copied. */
interface Copied {
  readonly room: readonly Buffer[];
  readonly slot: Int32Array;
}

function copyPages(about: { order: CopyOrder; ram: Ram; fate: Uint8Array; room: Buffer[] }): Result<Copied> {
  const { ram, fate, room } = about;
  const memory = openMemory({ pid: about.order.qemuPid, at: ram.at });
  if (!memory.ok) return memory;
  const slot = new Int32Array(fate.length).fill(-1);
  let used = 0;
  try {
    for (let page = 0; page < fate.length; ) {
      if (fate[page] !== fates.changed) {
        page++;
        continue;
      }
      const into = used % chunkPages;
      const chunk = room[Math.floor(used / chunkPages)] ?? addChunk(room);
      let pages = 0;
      while (into + pages < chunkPages && fate[page + pages] === fates.changed) slot[page + pages++] = used++;
      memory.value.read(page, chunk.subarray(into * pageBytes, (into + pages) * pageBytes));
      page += pages;
    }
    return ok({ room, slot });
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  } finally {
    memory.value.close();
  }
}

function addChunk(room: Buffer[]): Buffer {
  const chunk = Buffer.alloc(chunkPages * pageBytes);
  room.push(chunk);
  return chunk;
}

interface Source extends Pick<MemoryReader, 'read'> {
  close(): Promise<void>;
}

/** The copied pages; a base also needs the others, which are as their files have them. */
async function sourceOf(ram: Ram, { room, slot }: Copied): Promise<Result<Source>> {
  const opened: Result<readonly FileHandle[]> = isSavedAsBase(ram) ? await openParts(ram.parts) : ok([]);
  if (!opened.ok) return opened;
  const files = opened.value;
  const one = (page: number, into: Buffer): void => {
    const at = slot[page] ?? -1;
    if (at >= 0) {
      const from = (at % chunkPages) * pageBytes;
      room[Math.floor(at / chunkPages)]?.copy(into, 0, from, from + pageBytes);
      return;
    }
    const file = files[ram.view.source[page] ?? -1];
    if (file === undefined) throw new Error('a page that is neither copied nor saved');
    const bytes = readSync(file.fd, into, 0, pageBytes, (ram.view.at[page] ?? 0) * pageBytes);
    if (bytes !== pageBytes) throw new Error('a file of the saved RAM ended early');
  };
  return ok({
    read: (page, buffer) => {
      for (let done = 0; done < buffer.length; done += pageBytes)
        one(page + done / pageBytes, buffer.subarray(done, done + pageBytes));
    },
    close: async () => {
      for (const file of files) await file.close();
    },
  });
}
