// Carries out a merge of a RAM chain (generation/ram-merge.ts has the plan and why this way) while the guest that woke
// from it runs. Every page is compared with its sum before it is written again, so that damage is never given a new
// sum. It must never write to a file that a manifest names, nor leave anything that the next merge could not replace.
import { type FileHandle, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFolder, writeDurably } from '../files/durable';
import { attempt, faultOfErrno } from '../files/errno';
import { mergingRam } from '../generation/collect';
import {
  isFlatRam,
  isWarmRam,
  type Manifest,
  type RamChain,
  ramFilesOf,
  ramIndexName,
} from '../generation/manifest';
import { chunksOf, readChunk } from '../generation/ram-check';
import { openParts, type RamChainPart, readChain } from '../generation/ram-files';
import {
  chunkPages,
  countPages,
  formatIndex,
  type PageRun,
  pageBytes,
  sumOfIndex,
} from '../generation/ram-index';
import {
  planRamMerge,
  planWarm,
  type RamMergePlan,
  type RamMergeStep,
  ramMergeSteps,
} from '../generation/ram-merge';
import { shorterChain, writeMergedRecord } from '../generation/ram-merged';
import { type GuestPlace, generationPath } from '../generation/read';
import { openRamWriter, type RamWriter } from './lazy-file';

const stage = 'guest.mergeRam';

export interface RamMerging {
  readonly place: GuestPlace;
  /** The generation whose chain is merged. */
  readonly manifest: Manifest;
  /** Runs that can be mapped over a base. */
  readonly mappable: number;
  readonly longest?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each chunk with the milliseconds it took; the merge waits for it, so as to leave the disk to the guest. */
  readonly rest?: ((tookMs: number) => Promise<void>) | undefined;
  /** Called before each step; a test cuts here. */
  readonly onStep?: ((step: RamMergeStep) => void | Promise<void>) | undefined;
}

/**
 * The shorter chain; null where there is nothing to do, or it was done before.
 * Faults: damagedState (the chain), cancelled, full, denied, io; then the manifest's chain is what counts, as before.
 */
export async function mergeRam(about: RamMerging): Promise<Result<RamChain | null>> {
  const { place, manifest } = about;
  const files = ramFilesOf(manifest);
  const parts = await readChain(place, manifest);
  if (!parts.ok) return parts;
  if (files === null || (await shorterChain({ place, manifest, parts: parts.value })) !== null)
    return ok(null);
  const plan = planRamMerge({
    files,
    indexes: parts.value.map((part) => part.index),
    ramPages: manifest.ramBytes / pageBytes,
    ...{ mappable: about.mappable, longest: about.longest },
  });
  return plan === null ? ok(null) : carryOut(about, { plan, parts: parts.value });
}

/**
 * Puts the pages that this wake touched first together (planWarm). Null where nothing is to be done. Faults as above.
 */
export async function keepWarm(
  about: Ordered & { readonly touched: readonly PageRun[] },
): Promise<Result<RamChain | null>> {
  const { place, manifest, touched } = about;
  const own = await readChain(place, manifest);
  if (!own.ok) return own;
  const shorter = await shorterChain({ place, manifest, parts: own.value });
  const parts = shorter?.parts ?? own.value;
  const files = ramFilesOf({ ram: shorter?.ram ?? manifest.ram });
  // One that lies here may be what a later generation, left behind by a roll back, stands on.
  if (files === null || files.some((file) => isWarmRam(file.file) && file.generation === manifest.number))
    return ok(null);
  const ramPages = manifest.ramBytes / pageBytes;
  const plan = planWarm({ files, indexes: parts.map((part) => part.index), ramPages, touched });
  const below = parts.filter(({ index }) => !isWarmRam(index.file));
  return plan === null ? ok(null) : carryOut(about, { plan, parts: below });
}

async function carryOut(
  about: Ordered,
  from: { readonly plan: RamMergePlan; readonly parts: readonly RamChainPart[] },
): Promise<Result<RamChain | null>> {
  const room = await roomFor(about, from.plan);
  if (!room.ok) return room;
  const work: Work = { ...from, written: null, ram: null };
  for (const { name } of ramMergeSteps) {
    await about.onStep?.(name);
    const done = about.signal?.aborted ? fail(cancelled) : await acts[name](about, work);
    if (done.ok) continue;
    await rm(join(folderOf(about), mergingRam), { force: true }).catch(() => {});
    return done;
  }
  return ok(work.ram);
}

type Ordered = Omit<RamMerging, 'mappable' | 'longest'>;

/** Merging must not take the room that a suspend may need at most: all of the RAM. Fault: full. */
async function roomFor(about: Ordered, plan: RamMergePlan): Promise<Result<void>> {
  const space = await statfs(folderOf(about)).catch(() => null);
  const wanted = countPages(plan.data) * pageBytes + about.manifest.ramBytes;
  if (space !== null && space.bavail * space.bsize >= wanted) return ok(undefined);
  return fail({ code: 'full', stage, message: `merging RAM wants ${wanted} free bytes` });
}

const cancelled: Fault = { code: 'cancelled', stage, message: 'merging was ended; nothing was changed' };

interface Work {
  readonly plan: RamMergePlan;
  readonly parts: readonly RamChainPart[];
  written: Awaited<ReturnType<RamWriter['finish']>> | null;
  ram: RamChain | null;
}

const acts: Readonly<Record<RamMergeStep, (about: Ordered, work: Work) => Promise<Result<unknown>>>> = {
  write: async (about, work) => {
    const opened = await openParts(work.parts);
    if (!opened.ok) return opened;
    try {
      return await writePages({ about, work, files: opened.value });
    } finally {
      for (const file of opened.value) await file.close();
    }
  },
  rename: async (about, { plan }) => {
    const folder = folderOf(about);
    const named = await attempt(stage, () => rename(join(folder, mergingRam), join(folder, plan.into)));
    return named.ok ? fsyncFolder(folder, stage) : named;
  },
  writeIndex: async (about, work) => {
    const bytes = indexOf(about, work);
    return writeDurably(join(folderOf(about), ramIndexName(work.plan.into)), bytes, stage);
  },
  writeRecord: async (about, work) => {
    const { place, manifest } = about;
    const { plan } = work;
    const own = {
      generation: manifest.number,
      file: plan.into,
      bytes: isFlatRam(plan.into) ? manifest.ramBytes : countPages(plan.data) * pageBytes,
      index: sumOfIndex(indexOf(about, work)),
    };
    const [base = own, ...deltas] = [...plan.kept, own];
    work.ram = { base, deltas };
    return writeMergedRecord({ place, number: manifest.number, ram: work.ram });
  },
};

function indexOf({ place, manifest }: Ordered, { plan, parts, written }: Work): Buffer {
  const newest = parts.at(-1);
  if (written === null || newest === undefined) throw new Error('the index comes after the pages');
  return formatIndex({
    ...{ guest: place.id, guestUuid: place.uuid, number: manifest.number, file: plan.into },
    ramPages: manifest.ramBytes / pageBytes,
    stateSha256: newest.index.stateSha256,
    ...{ data: written.data, zero: plan.zero, sums: written.sums },
  });
}

async function writePages(order: {
  readonly about: Ordered;
  readonly work: Work;
  readonly files: readonly FileHandle[];
}): Promise<Result<void>> {
  const { about, work } = order;
  const { view, data, into } = work.plan;
  const path = join(folderOf(about), mergingRam);
  const readers = work.parts.map((part, at) => pageReader(part, order.files[at]));
  let writer: RamWriter | null = null;
  try {
    await rm(path, { force: true });
    writer = await openRamWriter(path, isFlatRam(into) ? about.manifest.ramBytes : null);
    let began = performance.now();
    let pages = 0;
    for (const run of data) {
      for (let page = run.first; page < run.first + run.pages; page++) {
        const read = await readers[view.source[page] ?? -1]?.(view.at[page] ?? 0);
        if (read === undefined || !read.ok) return read ?? fail(cancelled);
        await writer.add(page, read.value);
        if (++pages % chunkPages !== 0) continue;
        await about.rest?.(performance.now() - began);
        if (about.signal?.aborted) return fail(cancelled);
        began = performance.now();
      }
    }
    work.written = await writer.finish();
    return ok(undefined);
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  } finally {
    await writer?.close();
  }
}

/** Reads pages of one file, in ascending order, through whole chunks whose sums were compared. Fault: damagedState. */
function pageReader(
  part: RamChainPart,
  file: FileHandle | undefined,
): (at: number) => Promise<Result<Buffer>> {
  if (file === undefined) throw new Error('each part is open');
  const chunks = chunksOf(part.index);
  const held = Buffer.alloc(Math.min(chunkPages, countPages(part.index.data)) * pageBytes);
  let pieces: readonly PageRun[] = [];
  let chunk = -1;
  return async (at) => {
    let found = placeIn(pieces, at);
    if (found === null) {
      while (found === null) {
        const next = chunks.next();
        if (next.done) throw new Error('a page that its index has not');
        pieces = next.value;
        chunk++;
        found = placeIn(pieces, at);
      }
      const read = await readChunk({ part, file, pieces, chunk, into: held });
      if (!read.ok) return read;
    }
    return ok(held.subarray(found * pageBytes, (found + 1) * pageBytes));
  };
}

/** The how-manieth page of a chunk that page of the file is; null: it is not in it. */
function placeIn(pieces: readonly PageRun[], at: number): number | null {
  let before = 0;
  for (const { first, pages } of pieces) {
    if (at >= first && at < first + pages) return before + at - first;
    before += pages;
  }
  return null;
}

function folderOf({ place, manifest }: Ordered): string {
  return generationPath(place, manifest.number);
}
