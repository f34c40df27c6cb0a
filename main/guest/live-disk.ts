// The disk of a running guest, where its layers change under it. Which layer QEMU writes to is QEMU's own word: every
// node is named after its file (disk-nodes.ts).
import { basename, dirname } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { numberOfFolder } from '../generation/current';
import type { Qmp } from '../qmp/commands';
import { fileNodeOf, nodeOf } from './disk-nodes';

const stage = 'guest.liveDisk';
const prefix = 'disk-';
/** A snapshot flushes the layer, which takes long on a slow stick. */
const snapshotTimeoutMs = 300_000;

/** The session that QEMU writes to, null without a disk. Faults: protocol, and those of QMP. */
export async function liveSession(qmp: Qmp): Promise<Result<number | null>> {
  const disks = await qmp.execute('query-block', {});
  if (!disks.ok) return disks;
  const nodes = disks.value.map((disk) => disk.inserted?.['node-name'] ?? '');
  const node = nodes.find((name) => name.startsWith(prefix));
  if (node === undefined) return ok(null);
  const number = numberOfFolder(node.slice(prefix.length));
  if (number !== null) return ok(number);
  return fail({ code: 'protocol', stage, message: `QEMU writes to ${node}, which is no session's` });
}

/** The layer's file is there already, empty. Faults: io (QEMU's reason), timeout, guestDied. */
export function addLayer(qmp: Qmp, file: string): Promise<Result<unknown>> {
  return qmp.execute('blockdev-add', {
    ...{ driver: 'qcow2', 'node-name': nodeOf(file), discard: 'unmap', backing: null },
    file: { driver: 'file', 'node-name': fileNodeOf(file), filename: file },
  });
}

/** Everything is written to the added layer from here on, and QEMU has the one below open for reading only. */
export function switchToLayer(
  qmp: Qmp,
  about: { readonly from: string; readonly to: string },
): Promise<Result<unknown>> {
  const nodes = { node: nodeOf(about.from), overlay: nodeOf(about.to) };
  return qmp.execute('blockdev-snapshot', nodes, { timeoutMs: snapshotTimeoutMs });
}

/** Closes a layer that was added and not switched to. */
export function removeLayer(qmp: Qmp, file: string): Promise<Result<unknown>> {
  return qmp.execute('blockdev-del', { 'node-name': nodeOf(file) });
}

/**
 * The layer `own` that is written to goes onto the frozen file `merged`, which holds what the files `instead` hold above
 * `over`; those are closed. The guest need not stand: for it nothing changes. Paths absolute, `instead` newest first.
 * Faults: io (QEMU's reason: it has another chain open, say), timeout, guestDied.
 */
export async function standOnMerged(
  qmp: Qmp,
  about: {
    readonly own: string;
    readonly merged: string;
    readonly over: string;
    readonly instead: readonly string[];
  },
): Promise<Result<unknown>> {
  const { own, merged, over, instead } = about;
  const added = await qmp.execute('blockdev-add', {
    ...{ driver: 'qcow2', 'node-name': nodeOf(merged), 'read-only': true, backing: nodeOf(over) },
    file: { driver: 'file', 'node-name': fileNodeOf(merged), filename: merged },
  });
  if (!added.ok) return added;
  const live = nodeOf(own);
  const stands = await qmp.execute(
    'blockdev-reopen',
    {
      options: [
        {
          ...{ driver: 'qcow2', 'node-name': live, discard: 'unmap' },
          ...{ file: fileNodeOf(own), backing: nodeOf(merged) },
        },
      ],
    },
    { timeoutMs: snapshotTimeoutMs },
  );
  if (!stands.ok) {
    await removeLayer(qmp, merged);
    return stands;
  }
  // Those that QEMU was started with belong to the one above and go with it: it says so, and that is no failure.
  for (const path of instead) await removeLayer(qmp, path);
  const name = `../${basename(dirname(merged))}/${basename(merged)}`;
  const header = { device: live, 'image-node-name': live, 'backing-file': name };
  return qmp.execute('change-backing-file', header);
}
