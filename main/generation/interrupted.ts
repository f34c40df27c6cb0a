// A session that ended without a suspend (the power went, QEMU was killed): its disk layer holds everything that the
// guest had saved to disk. It is not thrown away: the owner chooses between the last saved moment as it was, and a
// fresh start with those files. Choosing the files makes the layer a generation of a switched-off guest, so that
// taking the choice back is an ordinary roll back.
//
// A guest that was checkpointed wrote into more than one layer. A checkpoint that was cut leaves its session between
// CURRENT and the newest one; all of them are one disk, and the newest stands for it.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { generationFolder, type Manifest } from './manifest';
import { layersOf, readSession } from './next-session';
import { type GenerationEntry, type GuestPlace, generationPath } from './read';
import { type SessionPlace, seal } from './seal';

const stage = 'generation.interrupted';

export interface Interrupted {
  readonly number: number;
  /** RFC 3339 UTC: when its guest began to run. */
  readonly since: string | null;
  readonly layerBytes: number;
}

/**
 * The session whose files would be lost by waking CURRENT: the newest of all, begun from CURRENT's generation (or from
 * a checkpoint of its session that was cut), with a disk layer. Older ones were decided about before. `isAwake`: the
 * newest of all is the one that runs now; what it stands on is its own.
 */
export function interruptedAfter(about: {
  readonly entries: readonly GenerationEntry[];
  readonly current: number | null;
  readonly isAwake: boolean;
}): Interrupted | null {
  const known = new Map(about.entries.map((entry) => [entry.number, entry]));
  const running = about.isAwake ? ancestry(about.entries.at(-1), known, about.current) : [];
  const newest = about.entries.findLast((entry) => !running.includes(entry));
  if (newest?.kind !== 'interrupted' || newest.layerBytes === null) return null;
  // One that does not say where it began is told of, but nothing can be started on it.
  const oldest = ancestry(newest, known, about.current).at(-1) ?? newest;
  if (newest.parent !== null && parentOf(oldest) !== about.current) return null;
  return { number: newest.number, since: newest.since, layerBytes: newest.layerBytes };
}

/**
 * The entry, and below it down to CURRENT the sessions of checkpoints that were cut. One that has its manifest counts
 * only directly below: CURRENT was to name it next, and does not.
 */
function ancestry(
  newest: GenerationEntry | undefined,
  known: ReadonlyMap<number, GenerationEntry>,
  current: number | null,
): readonly GenerationEntry[] {
  const found: GenerationEntry[] = [];
  for (let entry = newest; entry !== undefined; ) {
    found.push(entry);
    const parent = parentOf(entry);
    const below = parent === null || parent === current ? undefined : known.get(parent);
    const isNamedNext = found.length === 1 && below?.kind === 'whole' && below.manifest.checkpoint === true;
    entry = below?.kind === 'interrupted' || isNamedNext ? below : undefined;
  }
  return found;
}

function parentOf(entry: GenerationEntry): number | null {
  if (entry.kind === 'interrupted') return entry.parent;
  return entry.kind === 'whole' ? entry.manifest.parent : null;
}

/** The last write to the session's layers: until then files were saved. RFC 3339 UTC. Faults: missingFile, denied, io. */
export async function savedUntil(place: GuestPlace, number: number): Promise<Result<string>> {
  const own = join(generationPath(place, number), 'disk.qcow2');
  const session = await readSession(place, number);
  const below = session.ok ? unsavedLayers(place, session.value) : [];
  let latest = 0;
  try {
    for (const path of [...below, own]) latest = Math.max(latest, (await lstat(path)).mtimeMs);
    return ok(new Date(latest).toISOString());
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/** Layers below the session's own that no generation froze, as paths. */
export function unsavedLayers(place: GuestPlace, session: SessionPlace): readonly string[] {
  return session.below
    .filter(({ generation }) => generation > session.parent.number)
    .map(({ generation, file }) => join(place.folder, generationFolder(generation), file));
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
  const session = await readSession(place, number);
  if (!session.ok) return session;
  const layers = await layersOf(session.value);
  if (!layers.ok) return layers;
  const { parent } = session.value;
  const manifest: Manifest = {
    ...switchedOff(parent),
    number,
    parent: parent.number,
    createdAt: about.until,
    layers: [...layers.value],
  };
  const sealed = await seal({ place, session: session.value, manifest });
  return sealed.ok ? ok(manifest) : sealed;
}

/** The same machine without its RAM: what boots from its disk. */
export function switchedOff(manifest: Manifest): Manifest {
  const { savedOn: _, checkpoint: __, ...rest } = manifest;
  return { ...rest, engine: null, state: null, ram: null, nonZeroBytes: null };
}
