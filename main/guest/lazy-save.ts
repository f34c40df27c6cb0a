// Saving lazily: the device state by a migration that leaves RAM out, then only the pages that differ from what the
// session was started on, read from QEMU's memory and written in one sequence. It must never write to a file of an
// older generation, and leaves no file after a failure. A guest whose RAM nothing stands below is saved as a base.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder, writeNewDurably } from '../files/durable';
import { faultOfErrno } from '../files/errno';
import { maxDeltas, type RamChain, type RamFile, ramIndexName } from '../generation/manifest';
import { dataPagesOf, deltaRunsOf, type RamView, viewOf } from '../generation/ram-chain';
import { inodesOf, openParts, type RamChainPart, readChain } from '../generation/ram-files';
import {
  collectRuns,
  countPages,
  formatIndex,
  type PageRun,
  pageBytes,
  sumOfIndex,
} from '../generation/ram-index';
import { chainBelow } from '../generation/ram-merged';
import type { SavedState, SaveOrder } from './engine';
import { openRamWriter } from './lazy-file';
import {
  fates,
  type MemoryReader,
  openMemory,
  type RamMapping,
  readMappings,
  scanPages,
} from './lazy-memory';
import { planFiles, planRuns, readReport } from './lazy-plan';
import { nameFullDisk, prepareMigration, watchMigration } from './migration';
import { rateOf } from './rate';

const stage = 'guest.saveState';
const stateFile = 'state';
const indexFile = ramIndexName('ram.delta');

/** Faults: cancelled, alreadyThere, full, guestDied, denied (tracing QEMU refused), damagedState, timeout, io. */
export async function saveLazily(order: SaveOrder, mappable: number): Promise<Result<SavedState>> {
  return orNothing(order, await saveAll(order, mappable));
}

/** What was saved; or nothing of it is left in the folder. */
export async function orNothing(order: SaveOrder, saved: Result<SavedState>): Promise<Result<SavedState>> {
  if (saved.ok && !order.signal.aborted) return saved;
  const fault: Fault = saved.ok
    ? { code: 'cancelled', stage, message: 'cancelled after writing' }
    : await nameFullDisk(saved.fault, order.folder); // asked while the files still fill it
  if (fault.code !== 'alreadyThere') await removeSaved(order.folder);
  return fail(fault);
}

export async function removeSaved(folder: string): Promise<void> {
  for (const name of [stateFile, 'ram.base', 'ram.delta', indexFile, `${indexFile}.new`])
    await unlink(join(folder, name)).catch(() => {});
}

async function saveAll(order: SaveOrder, mappable: number): Promise<Result<SavedState>> {
  const began = performance.now();
  const mapped = await readRam(order, mappable);
  if (!mapped.ok) return mapped;
  // Before anything is written or sent: who is not let into the memory can still have QEMU write it all (full.ts).
  const memory = openMemory({ pid: order.qemuPid, at: mapped.value.at });
  if (!memory.ok) return memory;
  try {
    return await saveFrom({ order, ram: mapped.value, memory: memory.value, began });
  } finally {
    memory.value.close();
  }
}

async function saveFrom(about: {
  readonly order: SaveOrder;
  readonly ram: Ram;
  readonly memory: MemoryReader;
  readonly began: number;
}): Promise<Result<SavedState>> {
  const { order, ram, memory } = about;
  const made = await makeStateFile(order);
  const prepared = made.ok ? await prepareMigration(order.qmp, 'devices') : made;
  const sent = prepared.ok ? await sendDevices(order) : prepared;
  if (!sent.ok) return fail({ ...sent.fault, stage });
  const stateMs = performance.now() - about.began;
  const scanned = await scanPages({
    ...{ pid: order.qemuPid, at: ram.at, ramPages: ram.view.ramPages, mappings: ram.mappings },
  });
  return scanned.ok ? writeSaved({ order, ram, fate: scanned.value, memory, stateMs }) : scanned;
}

/** What is left when the pages are known and can be read, from QEMU or from a copy: all the writing. */
export async function writeSaved(about: Scanned & { readonly stateMs: number }): Promise<Result<SavedState>> {
  const { order } = about;
  const began = performance.now();
  const devices = await sumDevices(order);
  if (!devices.ok) return devices;
  const stateDone = performance.now();
  const written = await writePages(about);
  if (!written.ok) return written;
  const ramDone = performance.now();
  const index = formatIndex({
    guest: order.ground.place.id,
    guestUuid: order.ground.place.uuid,
    number: order.number,
    file: written.value.file,
    ramPages: order.ramBytes / pageBytes,
    stateSha256: devices.value.sha256,
    ...{ data: written.value.data, zero: written.value.zero, sums: written.value.sums },
  });
  const noted = await writeNewDurably({ path: join(order.folder, indexFile), bytes: index, stage });
  if (!noted.ok) return noted;
  const named = await fsyncFolder(order.folder, stage);
  if (!named.ok) return named;
  const own: RamFile = {
    generation: order.number,
    file: written.value.file,
    bytes: written.value.fileBytes,
    index: sumOfIndex(index),
  };
  const dataBytes = countPages(written.value.data) * pageBytes;
  return ok({
    state: { file: stateFile, bytes: devices.value.bytes, format: 'ignore-shared' },
    ram: chainWith(about.ram.below, own),
    nonZeroBytes: written.value.nonZeroPages * pageBytes,
    changedBytes: dataBytes + countPages(written.value.zero) * pageBytes,
    writtenBytes: devices.value.bytes + dataBytes + index.length,
    seconds: {
      state: (about.stateMs + stateDone - began) / 1000,
      ram: (ramDone - stateDone) / 1000,
      fsync: (performance.now() - ramDone) / 1000,
    },
  });
}

function chainWith(below: RamChain | null, own: RamFile): RamChain {
  if (own.file === 'ram.base' || below === null) return { base: own, deltas: [] };
  return { base: below.base, deltas: [...below.deltas, own] };
}

/** Where the RAM is and what it stands on. */
export interface Ram {
  readonly at: number;
  readonly mappings: readonly RamMapping[];
  readonly parts: readonly RamChainPart[];
  readonly view: RamView;
  /** Null: nothing, so a base is written. */
  readonly below: RamChain | null;
  /** As at the start: what exceeds it was read, not mapped. */
  readonly mappable: number;
}

export async function readRam(order: SaveOrder, mappable: number): Promise<Result<Ram>> {
  const { ground, ramBytes } = order;
  const parts = await readChain(ground.place, ground.loads);
  if (!parts.ok) return parts;
  const report = await readReport(planFiles(ground.runtimeFolder));
  if (!report.ok) return report;
  const at = report.value.mappedAt;
  if (at === null)
    return fail({ code: 'kernelLacks', stage, message: 'the RAM was not mapped by the library' });
  const mappings = await readMappingsOf(order, { at, parts: parts.value });
  if (!mappings.ok) return mappings;
  const view = viewOf(
    ramBytes / pageBytes,
    parts.value.map((part) => part.index),
  );
  const below = await chainBelow({ ...ground, parts: parts.value });
  return ok({ at, mappings: mappings.value, parts: parts.value, view, below, mappable });
}

/** As they are now: what the guest gives back is mapped anew. */
export async function readMappingsOf(
  order: SaveOrder,
  { at, parts }: Pick<Ram, 'at' | 'parts'>,
): Promise<Result<readonly RamMapping[]>> {
  const { qemuPid: pid, ground, ramBytes } = order;
  const inodes = await inodesOf(parts);
  return readMappings({ pid, at, ramBytes, inodes, key: planFiles(ground.runtimeFolder).key });
}

/** Ours and 0600 before QEMU opens it (it would make it 0660). */
export async function makeStateFile(order: SaveOrder): Promise<Result<void>> {
  if (order.signal.aborted) return fail({ code: 'cancelled', stage, message: 'cancelled before it began' });
  try {
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
    const path = join(order.folder, stateFile);
    await (await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)).close();
    return ok(undefined);
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/** QEMU's devices without the RAM, which is a shared file as far as QEMU knows. Less than a MiB, and the screen's. */
export async function sendDevices(order: SaveOrder): Promise<Result<void>> {
  const { qmp, signal, onProgress } = order;
  const started = await qmp.execute('migrate', { uri: `file:${join(order.folder, stateFile)}` });
  if (!started.ok) return fail({ ...started.fault, stage });
  return watchMigration({
    ...{ qmp, stage, signal },
    onAbort: () => qmp.execute('migrate_cancel', {}),
    onBytes: () =>
      onProgress({ stage: 'ram', done: 0, total: null, unit: 'bytes', secondsLeft: null, reversible: true }),
  });
}

async function sumDevices(order: SaveOrder): Promise<Result<{ bytes: number; sha256: string }>> {
  const path = join(order.folder, stateFile);
  const synced = await fsyncFile(path, stage);
  if (!synced.ok) return synced;
  const content = await readFile(path);
  return ok({ bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
}

interface Written {
  readonly file: RamFile['file'];
  readonly fileBytes: number;
  readonly data: readonly PageRun[];
  readonly zero: readonly PageRun[];
  readonly sums: readonly Buffer[];
  readonly nonZeroPages: number;
}

/** Which pages differ from the ground, and where their content is read. */
export interface Scanned {
  readonly order: SaveOrder;
  readonly ram: Ram;
  readonly fate: Uint8Array;
  readonly memory: Pick<MemoryReader, 'read'>;
}

/** A base has every page that is not zero, a delta what changed. */
export function isSavedAsBase({ below }: Pick<Ram, 'below'>): boolean {
  return below === null || below.deltas.length >= maxDeltas;
}

async function writePages(scanned: Scanned): Promise<Result<Written>> {
  const { order, ram } = scanned;
  const file = isSavedAsBase(ram) ? 'ram.base' : 'ram.delta';
  try {
    const same = await laidByCopy(ram);
    if (!same.ok) return same;
    try {
      return ok(await writeFileOf({ ...scanned, file, same: same.value }));
    } finally {
      await same.value.close();
    }
  } catch (error) {
    return fail(order.signal.aborted ? cancelled : faultOfErrno(error, stage));
  }
}

const cancelled: Fault = { code: 'cancelled', stage, message: 'cancelled while writing' };
const zeroPage = Buffer.alloc(pageBytes);
const batchPages = 256;

async function writeFileOf(about: Scanned & { file: RamFile['file']; same: LaidByCopy }): Promise<Written> {
  const { order, ram, file, fate, memory } = about;
  const { view } = ram;
  const base = file === 'ram.base';
  const needed = (page: number): boolean =>
    fate[page] === fates.changed || (base && fate[page] === fates.same && (view.source[page] ?? -1) >= 0);
  let total = 0;
  for (let page = 0; page < view.ramPages; page++) if (needed(page)) total++;
  const report = reporter(order, total);
  const zero = collectRuns();
  let nonZeroPages = base ? 0 : dataPagesOf(view);
  const becameZero = (page: number): void => {
    if (base || (view.source[page] ?? -1) < 0) return;
    nonZeroPages--;
    zero.add(page);
  };
  const writer = await openRamWriter(join(order.folder, file), base ? order.ramBytes : null);
  try {
    const batch = Buffer.alloc(batchPages * pageBytes);
    for (let page = 0; page < view.ramPages; ) {
      if (fate[page] === fates.empty) becameZero(page);
      if (!needed(page)) {
        page++;
        continue;
      }
      let end = page + 1;
      while (end < page + batchPages && end < view.ramPages && needed(end)) end++;
      const content = batch.subarray(0, (end - page) * pageBytes);
      memory.read(page, content);
      for (let at = 0; page < end; page++, at += pageBytes) {
        const now = content.subarray(at, at + pageBytes);
        if (zeroPage.equals(now)) becameZero(page);
        else if (base || !(await about.same.holds(page, now))) {
          if (base || (view.source[page] ?? -1) < 0) nonZeroPages++;
          await writer.add(page, now);
        }
      }
      report(end);
      if (order.signal.aborted) throw new Error('cancelled');
    }
    order.onProgress({
      stage: 'fsync',
      done: 0,
      total: 1,
      unit: 'steps',
      secondsLeft: null,
      reversible: true,
    });
    const { data, sums } = await writer.finish();
    const fileBytes = base ? order.ramBytes : countPages(data) * pageBytes;
    return { file, fileBytes, data, zero: zero.runs, sums, nonZeroPages };
  } finally {
    await writer.close();
  }
}

/** Reports pages read and written of `total`, at most ten times a second. */
function reporter(order: SaveOrder, total: number): (page: number) => void {
  const began = performance.now();
  const rate = rateOf(began);
  let done = 0;
  let last = -1;
  let told = began;
  return (page) => {
    done += page - last > batchPages ? batchPages : Math.max(0, page - last);
    last = page;
    const nowMs = performance.now();
    if (nowMs - told < 100) return;
    told = nowMs;
    const bytes = { done: Math.min(done, total) * pageBytes, total: total * pageBytes };
    const secondsLeft = rate({ ...bytes, nowMs });
    order.onProgress({ stage: 'ram', ...bytes, unit: 'bytes', secondsLeft, reversible: true });
  };
}

/** Pages that were read at the start instead of being mapped look changed to the kernel: they are compared. */
interface LaidByCopy {
  holds(page: number, now: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

async function laidByCopy({ parts, view, mappable }: Ram): Promise<Result<LaidByCopy>> {
  const runs = planRuns({
    ramPages: view.ramPages,
    hasBase: parts.length > 0,
    deltas: deltaRunsOf(view),
    zeroed: [],
    most: mappable,
  });
  const copied = new Set<number>();
  for (const run of runs)
    if (run.way === 'copy') for (let page = run.first; page < run.first + run.pages; page++) copied.add(page);
  const opened = copied.size === 0 ? ok([]) : await openParts(parts);
  if (!opened.ok) return opened;
  const files = opened.value;
  const then = Buffer.alloc(pageBytes);
  return ok({
    holds: async (page, now) => {
      const file = copied.has(page) ? files[view.source[page] ?? -1] : undefined;
      if (file === undefined) return false;
      const { bytesRead } = await file.read(then, 0, pageBytes, (view.at[page] ?? 0) * pageBytes);
      return bytesRead === pageBytes && then.equals(now);
    },
    close: async () => {
      for (const file of files) await file.close();
    },
  });
}
