// How QEMU's block nodes are named: after the files they open, so that whoever comes later (a new keeper, a merge) finds
// the node of a layer by its path. QEMU's own word for a file is a long description when it was told the chain.
import { basename, dirname } from 'node:path';

/**
 * `gen-0007/disk.qcow2` is `disk-gen-0007`, `gen-0007/disk-over-0003.qcow2` is `over-0003-gen-0007`: at most 28 of the
 * 31 characters that QEMU takes (qapi/block-core.json). `path`: of a layer in its generation's folder.
 */
export function nodeOf(path: string): string {
  const file = basename(path, '.qcow2').replace(/^disk-(?=over-)/, '');
  return `${file}-${basename(dirname(path))}`;
}

/** Of the file below that node. */
export function fileNodeOf(path: string): string {
  return `f-${nodeOf(path)}`;
}
