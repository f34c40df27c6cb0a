// A session that ended without a suspend (the power went, QEMU was killed): its disk layer holds everything that the
// guest had saved to disk. It is not thrown away: the owner chooses between the last saved moment as it was, and a
// fresh start with those files. Choosing the files makes the layer a generation of a switched-off guest, so that
// taking the choice back is an ordinary roll back.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { regularFileBytes } from '../files/bounded';
import { faultOfErrno } from '../files/errno';
import type { Manifest } from './manifest';
import {
  type GenerationEntry,
  type GuestPlace,
  generationPath,
  readManifest,
  readSessionRecord,
} from './read';
import { seal } from './seal';

const stage = 'generation.interrupted';

export interface Interrupted {
  readonly number: number;
  /** RFC 3339 UTC: when its guest began to run. */
  readonly since: string | null;
  readonly layerBytes: number;
}

/**
 * The session whose files would be lost by waking CURRENT: the newest of all, begun from CURRENT's generation, with a
 * disk layer. Older ones were decided about before. `isAwake`: the newest of all is the one that runs now.
 */
export function interruptedAfter(about: {
  readonly entries: readonly GenerationEntry[];
  readonly current: number | null;
  readonly isAwake: boolean;
}): Interrupted | null {
  const newest = about.entries.at(about.isAwake ? -2 : -1);
  if (newest?.kind !== 'interrupted' || newest.layerBytes === null) return null;
  // One that does not say where it began is told of, but nothing can be started on it.
  if (newest.parent !== null && newest.parent !== about.current) return null;
  return { number: newest.number, since: newest.since, layerBytes: newest.layerBytes };
}

/** The layer's last write: until then files were saved. RFC 3339 UTC. Faults: missingFile, denied, io. */
export async function savedUntil(place: GuestPlace, number: number): Promise<Result<string>> {
  try {
    const { mtime } = await lstat(join(generationPath(place, number), 'disk.qcow2'));
    return ok(mtime.toISOString());
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/**
 * Makes the session a generation of a switched-off guest and names it. Its layer was checked before (guest/layers).
 * `until`: what `savedUntil` said before anything touched the layer. The generation it began from stays as it is.
 * Faults: missingGeneration, damagedManifest, missingFile, full, denied, io.
 */
export async function sealInterrupted(about: {
  readonly place: GuestPlace;
  readonly number: number;
  readonly until: string;
}): Promise<Result<Manifest>> {
  const { place, number } = about;
  const record = await readSessionRecord(place, number);
  if (!record.ok) return record;
  const parent = await readManifest(place, record.value.parent);
  if (!parent.ok) return parent;
  const folder = generationPath(place, number);
  const layer = join(folder, 'disk.qcow2');
  const bytes = await regularFileBytes(layer);
  if (bytes === null) return fail({ code: 'missingFile', stage, message: `${layer} is missing` });
  const manifest: Manifest = {
    ...switchedOff(parent.value),
    number,
    parent: parent.value.number,
    createdAt: about.until,
    layers: [...record.value.below, { generation: number, file: 'disk.qcow2', bytes }],
  };
  const session = { number, folder, parent: parent.value, layer };
  const sealed = await seal({ place, session, manifest });
  return sealed.ok ? ok(manifest) : sealed;
}

/** The same machine without its RAM: what boots from its disk. */
export function switchedOff(manifest: Manifest): Manifest {
  const { savedOn: _, ...rest } = manifest;
  return { ...rest, engine: null, state: null, ram: null, nonZeroBytes: null };
}
