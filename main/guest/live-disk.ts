// The disk of a running guest, where its layers change under it. Which layer QEMU writes to is QEMU's own word: each
// layer that is added while it runs has a node named after its session, the first one is argv.ts's `disk0`.
import { fail, ok, type Result } from '../../preload/contract/result';
import { numberOfFolder } from '../generation/current';
import { generationFolder } from '../generation/manifest';
import type { Qmp } from '../qmp/commands';

const stage = 'guest.liveDisk';
const firstNode = 'disk0';
const prefix = 'disk-';
/** A snapshot flushes the layer, which takes long on a slow stick. */
const snapshotTimeoutMs = 300_000;

/** The session that QEMU writes to: its number, `first` for the one that QEMU was started in, null without a disk. */
export async function liveSession(qmp: Qmp): Promise<Result<number | 'first' | null>> {
  const node = await liveNode(qmp);
  if (!node.ok) return node;
  if (node.value === null) return ok(null);
  if (node.value === firstNode) return ok('first');
  const number = numberOfFolder(node.value.slice(prefix.length));
  if (number !== null) return ok(number);
  return fail({ code: 'protocol', stage, message: `QEMU writes to ${node.value}, which is no session's` });
}

async function liveNode(qmp: Qmp): Promise<Result<string | null>> {
  const disks = await qmp.execute('query-block', {});
  if (!disks.ok) return disks;
  const nodes = disks.value.map((disk) => disk.inserted?.['node-name'] ?? '');
  return ok(nodes.find((node) => node === firstNode || node.startsWith(prefix)) ?? null);
}

function nodeOf(session: number): string {
  return `${prefix}${generationFolder(session)}`;
}

/** The layer's file is there already, empty. Faults: io (QEMU's reason), timeout, guestDied. */
export async function addLayer(
  qmp: Qmp,
  about: { readonly session: number; readonly file: string },
): Promise<Result<unknown>> {
  return qmp.execute('blockdev-add', {
    driver: 'qcow2',
    'node-name': nodeOf(about.session),
    discard: 'unmap',
    file: { driver: 'file', filename: about.file },
    backing: null,
  });
}

/** Everything is written to the added layer from here on, and QEMU has the one below open for reading only. */
export function switchToLayer(
  qmp: Qmp,
  about: { readonly from: number | 'first'; readonly to: number },
): Promise<Result<unknown>> {
  const node = about.from === 'first' ? firstNode : nodeOf(about.from);
  const overlay = nodeOf(about.to);
  return qmp.execute('blockdev-snapshot', { node, overlay }, { timeoutMs: snapshotTimeoutMs });
}

/** Closes a layer that was added and not switched to. */
export async function removeLayer(qmp: Qmp, session: number): Promise<Result<unknown>> {
  return qmp.execute('blockdev-del', { 'node-name': nodeOf(session) });
}
