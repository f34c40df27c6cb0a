// A chain of RAM files put together: for each page of the guest which file has its newest content. Pure. What the
// lazy engine maps, what a delta is measured against, and what a merge would write all come from here.
import { isFlatRam } from './manifest';
import { collectRuns, type PageRun, type RamIndex } from './ram-index';

/** Where a page's content lies: `source` counts the chain's files, base 0; `at` is the page within that file. */
export interface SourceRun extends PageRun {
  readonly source: number;
  readonly at: number;
}

export interface RamView {
  readonly ramPages: number;
  /** Per page: its source, or -1 for a page that is zero. */
  readonly source: Int16Array;
  /** Per page: where in the source. */
  readonly at: Uint32Array;
}

/** RAM of which nothing was ever saved: all zero. */
export function emptyView(ramPages: number): RamView {
  return { ramPages, source: new Int16Array(ramPages).fill(-1), at: new Uint32Array(ramPages) };
}

/** `indexes`: base first, all of the same RAM size. */
export function viewOf(ramPages: number, indexes: readonly RamIndex[]): RamView {
  const view = emptyView(ramPages);
  indexes.forEach((index, source) => {
    let packed = 0;
    for (const { first, pages } of index.data) {
      view.source.fill(source, first, first + pages);
      for (let page = first; page < first + pages; page++)
        view.at[page] = isFlatRam(index.file) ? page : packed++;
    }
    for (const { first, pages } of index.zero) view.source.fill(-1, first, first + pages);
  });
  return view;
}

/** Pages that are not zero. */
export function dataPagesOf(view: RamView): number {
  let count = 0;
  for (const source of view.source) if (source >= 0) count++;
  return count;
}

/** The runs of pages that come from the chain's deltas, ascending; the base, as it is flat, needs none. */
export function deltaRunsOf(view: RamView): readonly SourceRun[] {
  const runs: SourceRun[] = [];
  for (let first = 0; first < view.ramPages; ) {
    const source = view.source[first] ?? -1;
    const at = view.at[first] ?? 0;
    let pages = 1;
    while (view.source[first + pages] === source && view.at[first + pages] === at + pages) pages++;
    if (source > 0) runs.push({ first, pages, source, at });
    first += pages;
  }
  return runs;
}

/** Pages that the base has and that are zero by now: the base's content must not show there. */
export function zeroedRunsOf(view: RamView, base: RamIndex | undefined): readonly PageRun[] {
  const zeroed = collectRuns();
  for (const { first, pages } of base?.data ?? [])
    for (let page = first; page < first + pages; page++) if (view.source[page] === -1) zeroed.add(page);
  return zeroed.runs;
}
