// Merging frozen disk layers: which ones, and the steps as data. The newest layers of the generation that CURRENT names
// become one new file on the layer below them; then its manifest names that file. No file that anything names is ever
// changed, and older generations keep their own layers until they are thinned out.
//
// Measured (QEMU 10.0.2, base <- a <- b <- c; see docs/decisions/0007-merging-by-rebase.md):
//   copy c, rebase the copy onto base   older generations intact; after kill -9 the old chain is right. Chosen.
//   convert to one flat file            right too, but it writes the base once more.
//   commit, block-commit                writes into the layer below: destroys the older generations. Never.
//   convert -B base c                   exit 0 and wrong content: it drops the layers between. Never.
// An unfinished file is wrong in 14 of 15 kills: it has no layer's name before it was checked and fsynced.
import { type ChainLayer, chainOf } from './chain';
import { type Manifest, type MergedFile, mergedFile } from './manifest';

/** Files a guest's disk may have before its newest layers are merged: each open one costs memory and lookups. */
export const longestChain = 16;

export const mergeSteps = [
  { name: 'copy', does: 'the newest layer is copied under a name that no manifest knows' },
  { name: 'rebase', does: 'qemu-img writes into the copy what the layers between hold' },
  { name: 'check', does: 'the copy stands on the right layer, and its tables are whole' },
  { name: 'fsync', does: 'the copy reaches the disk' },
  { name: 'rename', does: 'the copy gets its name, which no other file ever had' },
  {
    name: 'writeManifest',
    does: 'the manifest names the merged layer: until here the old chain, from here the new',
  },
  { name: 'collect', does: 'layers that nothing names any more are removed' },
] as const;
export type MergeStep = (typeof mergeSteps)[number]['name'];

export interface MergePlan {
  /** Stays, and the merged layer stands on it. */
  readonly over: ChainLayer;
  /** Two or more, lowest first; the last is the generation's own. */
  readonly merged: readonly ChainLayer[];
  readonly into: MergedFile;
  /** At most so many bytes are read and written. */
  readonly bytes: number;
}

/**
 * Null while the chain is short enough. The base is never merged. Layers are taken from the newest down, while the next
 * is at most twice what was taken: so a byte is written again only when what came since has grown like it, and the
 * chain stays about as long as the logarithm of what was written. At least half of the allowed length is taken.
 */
export function planMerge(manifest: Manifest, longest = longestChain): MergePlan | null {
  const layers = chainOf(manifest);
  if (layers.length <= longest || layers.length < 3) return null;
  const least = Math.max(2, Math.floor(longest / 2));
  let first = layers.length;
  let bytes = 0;
  while (first > 1) {
    const next = layers[first - 1];
    if (next === undefined) break;
    const taken = layers.length - first;
    if (taken >= least && next.bytes > 2 * bytes) break;
    bytes += next.bytes;
    first -= 1;
  }
  const over = layers[first - 1];
  if (over === undefined) return null;
  return { over, merged: layers.slice(first), into: mergedFile(over.generation), bytes };
}

/** The manifest after the merge. `bytes`: the size of the merged file. */
export function mergedManifest(about: {
  readonly manifest: Manifest;
  readonly plan: MergePlan;
  readonly bytes: number;
}): Manifest {
  const { manifest, plan, bytes } = about;
  const kept = manifest.layers.slice(0, manifest.layers.length - plan.merged.length);
  return { ...manifest, layers: [...kept, { generation: manifest.number, file: plan.into, bytes }] };
}

/** How a layer's header names the one below it. */
export function backingName(below: Pick<ChainLayer, 'folder' | 'file'>): string {
  return `../${below.folder}/${below.file}`;
}

/** A chain as the headers must tell it: each layer with the name of the one below, null for the base. */
export function expectedBackings(
  manifest: Manifest,
): readonly { readonly layer: ChainLayer; readonly backing: string | null }[] {
  const layers = chainOf(manifest);
  return layers.map((layer, at) => {
    const below = layers[at - 1];
    return { layer, backing: below === undefined ? null : backingName(below) };
  });
}
