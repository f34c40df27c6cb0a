// What a manifest must say beyond its shape: numbers that go down to the base, layers in order, the newest one its
// own, a state exactly where RAM was saved. Pure. From a manifest that passes, the disk's chain is its list of layers.
//
//   parent   null, or smaller than the number: so no cycle can be written down
//   layers   strictly rising, none newer than the generation; the last is its own; each has bytes
//   ram      null exactly where state and engine are null (a guest that is powered off)
//   parent known: the parent's layers are the first of these, unchanged, and one or more follow (layers of checkpoints
//                 that were given up stay in the chain). Where one of the two was merged since, they may stand on
//                 different files that hold the same; then only files that both name are compared
import { generationFolder, type LayerFile, type Manifest } from './manifest';

/** One file of a guest's disk, base first. `folder`: its generation's folder name. */
export interface ChainLayer {
  readonly generation: number;
  readonly folder: string;
  readonly file: LayerFile;
  readonly bytes: number;
}

/** What is wrong with the manifest's story, or null. `parent`: its manifest where that can still be read. */
export function contradictionIn(manifest: Manifest, parent: Manifest | null): string | null {
  if (manifest.parent !== null && manifest.parent >= manifest.number) return 'its parent is not older';
  const powers = [manifest.state, manifest.ram, manifest.engine].filter((part) => part === null).length;
  if (powers !== 0 && powers !== 3) return 'state, ram and engine must be there together or not at all';
  if (manifest.state !== null && manifest.state.bytes === 0) return 'its state is empty';
  return contradictionInLayers(manifest) ?? contradictionWithParent(manifest, parent);
}

function contradictionInLayers(manifest: Manifest): string | null {
  let below = -1;
  for (const layer of manifest.layers) {
    if (layer.generation <= below) return 'its layers are out of order';
    if (layer.generation > manifest.number) return 'a layer is newer than the generation';
    if (layer.bytes === 0) return 'a layer is empty';
    below = layer.generation;
  }
  const newest = manifest.layers.at(-1);
  if (newest !== undefined && newest.generation !== manifest.number) return 'its own layer is missing';
  return null;
}

function contradictionWithParent(manifest: Manifest, parent: Manifest | null): string | null {
  if (parent === null || manifest.parent !== parent.number) return null;
  if (manifest.layers.length === 0 && parent.layers.length === 0) return null;
  if (wasMerged(manifest) || wasMerged(parent)) return contradictionAfterMerge(manifest, parent);
  if (manifest.layers.length <= parent.layers.length) return 'its chain does not continue its parent';
  const same = parent.layers.every((layer, at) => {
    const ours = manifest.layers[at];
    return ours?.generation === layer.generation && ours.bytes === layer.bytes;
  });
  return same ? null : 'its chain does not continue its parent';
}

function wasMerged(manifest: Manifest): boolean {
  return manifest.layers.some((layer) => layer.file !== 'disk.qcow2');
}

function contradictionAfterMerge(manifest: Manifest, parent: Manifest): string | null {
  if (manifest.layers.length === 0 || parent.layers.length === 0)
    return 'its chain does not continue its parent';
  const other = manifest.layers.find((ours) =>
    parent.layers.some(
      (layer) =>
        layer.generation === ours.generation && layer.file === ours.file && layer.bytes !== ours.bytes,
    ),
  );
  return other === undefined ? null : 'its chain does not continue its parent';
}

/** The disk of a generation as files, base first; empty for a guest without a disk. */
export function chainOf(manifest: Manifest): readonly ChainLayer[] {
  return manifest.layers.map((layer) => ({
    generation: layer.generation,
    folder: generationFolder(layer.generation),
    file: layer.file,
    bytes: layer.bytes,
  }));
}
