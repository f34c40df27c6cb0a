// Merging a chain of RAM files: which ones, into what, and the steps as data. Pure. The merged file is a new one beside
// the newest of the chain; no file that exists is changed and no manifest either: a small record says that the same RAM
// can be told in a shorter way, and the next generation stands on that. See docs/decisions/0010.
//
//   the chain has                          becomes
//   more runs than can be mapped quickly   ram-flat.base: all of it, a new base
//   more deltas than `longestRamChain`     ram-over-N.delta: the newest deltas, those above generation N
//   pages that a wake touches scattered    ram-warm-SUM.delta on top: those pages once more, in one piece
import { createHash } from 'node:crypto';
import { isFlatRam, isWarmRam, type RamFile, type RamFileName, ramOverFile } from './manifest';
import { deltaRunsOf, type RamView, viewOf, zeroedRunsOf } from './ram-chain';
import { collectRuns, countPages, formatRuns, type PageRun, type RamIndex } from './ram-index';

/** Deltas on a base before the newest are merged: each costs an open file, an index to read, and mappings. */
export const longestRamChain = 16;

export const ramMergeSteps = [
  { name: 'write', does: 'the pages are read, compared with their sums and written under a passing name' },
  { name: 'rename', does: 'the file, which is on the disk, gets its name' },
  { name: 'writeIndex', does: 'its index, written durably' },
  { name: 'writeRecord', does: 'the shorter way is told: from here the next generation stands on it' },
] as const;
export type RamMergeStep = (typeof ramMergeSteps)[number]['name'];

export interface RamMergePlan {
  readonly into: RamFileName;
  /** Files of the chain that stay below, base first. */
  readonly kept: readonly RamFile[];
  /** What is put together. */
  readonly view: RamView;
  /** Pages of the new file, ascending. */
  readonly data: readonly PageRun[];
  /** Pages that are zero and that the files below have. */
  readonly zero: readonly PageRun[];
}

/**
 * Null while the chain is short. `mappable`: runs that can be mapped over a base (lazy-plan.ts). Deltas are taken from
 * the newest down, while the next is at most twice what was taken, as layers of a disk are (merge.ts).
 */
export function planRamMerge(about: {
  readonly files: readonly RamFile[];
  readonly indexes: readonly RamIndex[];
  readonly ramPages: number;
  readonly mappable: number;
  readonly longest?: number | undefined;
}): RamMergePlan | null {
  const { files, indexes, ramPages, longest = longestRamChain } = about;
  const deltas = files.length - 1;
  if (deltas < 1) return null;
  const view = viewOf(ramPages, indexes);
  const runs = deltaRunsOf(view).length + zeroedRunsOf(view, indexes[0]).length;
  if (runs > (about.mappable * 2) / 3) {
    const data = runsWhere(ramPages, (page) => (view.source[page] ?? -1) >= 0);
    return { into: 'ram-flat.base', kept: [], view, data, zero: [] };
  }
  if (deltas <= longest || deltas < 2) return null;
  const first = firstTaken(files, Math.max(2, Math.floor(longest / 2)));
  const over = files[first - 1];
  if (over === undefined) return null;
  const below = viewOf(ramPages, indexes.slice(0, first));
  return {
    into: ramOverFile(over.generation),
    kept: files.slice(0, first),
    view,
    data: runsWhere(ramPages, (page) => (view.source[page] ?? -1) >= first),
    zero: runsWhere(ramPages, (page) => view.source[page] === -1 && (below.source[page] ?? -1) >= 0),
  };
}

/** Pages of a warm file: more is no working set, and each run costs a mapping. */
const mostWarmPages = 10_240;
const mostWarmRuns = 6_000;

/**
 * Which pages are written once more, in one piece, so that the next wake reads them in one sequence. `touched`: what
 * this wake touched first and did not change (what it changed is together in the next delta). Null: no use, or most of
 * them are together already. An older warm file is left out of the chain: it holds nothing that is not below it.
 */
export function planWarm(about: {
  readonly files: readonly RamFile[];
  readonly indexes: readonly RamIndex[];
  readonly ramPages: number;
  readonly touched: readonly PageRun[];
}): RamMergePlan | null {
  const { ramPages } = about;
  const isKept = about.files.map((file) => !isWarmRam(file.file));
  const files = about.files.filter((_, at) => isKept[at]);
  const view = viewOf(
    ramPages,
    about.indexes.filter((_, at) => isKept[at]),
  );
  const touched = new Uint8Array(ramPages);
  for (const { first, pages } of about.touched) touched.fill(1, first, first + pages);
  const data = runsWhere(ramPages, (page) => touched[page] === 1 && (view.source[page] ?? -1) >= 0);
  const pages = countPages(data);
  if (files.length === 0 || pages === 0 || pages > mostWarmPages || data.length > mostWarmRuns) return null;
  const now = viewOf(ramPages, about.indexes);
  const isTogether = (page: number): boolean => isKept[now.source[page] ?? -1] === false;
  let together = 0;
  for (const { first, pages: length } of data)
    for (let page = first; page < first + length; page++) if (isTogether(page)) together++;
  if (together > (pages * 3) / 4) return null;
  const sum = createHash('sha256').update(formatRuns(data)).digest('hex').slice(0, 8);
  return { into: `ram-warm-${sum}.delta`, kept: files, view, data, zero: [] };
}

function firstTaken(files: readonly RamFile[], least: number): number {
  let first = files.length;
  let bytes = 0;
  for (; first > 1; first--) {
    const next = files[first - 1];
    if (next === undefined || isFlatRam(next.file)) break;
    if (files.length - first >= least && next.bytes > 2 * bytes) break;
    bytes += next.bytes;
  }
  return first;
}

function runsWhere(ramPages: number, is: (page: number) => boolean): readonly PageRun[] {
  const found = collectRuns();
  for (let page = 0; page < ramPages; page++) if (is(page)) found.add(page);
  return found.runs;
}
