// A guest that lives on while its session becomes a generation: the next session's folder, made before, and what a
// session stands on, read back from the vault. A layer that QEMU still writes to has no size yet: sizes that no
// manifest states are measured when they are asked for, never believed from session.json.
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { regularFileBytes } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { generationFolder, type Layer, type Manifest } from './manifest';
import { type GuestPlace, generationPath, readManifest, readSessionRecord } from './read';
import { makeSession, type NewSession, type SessionPlace } from './seal';
import type { SessionRecord } from './session-record';

const stage = 'generation.session';

/** The disk as the session leaves it: the frozen layers and its own, as big as it is now. Fault missingFile. */
export async function layersOf(session: SessionPlace): Promise<Result<readonly Layer[]>> {
  if (session.layer === null) return ok(session.below);
  const bytes = await regularFileBytes(session.layer);
  if (bytes === null) return fail({ code: 'missingFile', stage, message: `${session.layer} is missing` });
  return ok([...session.below, { generation: session.number, file: 'disk.qcow2', bytes }]);
}

/** The folder that the guest goes on in, with its overlay on this session's layer. Faults: as beginSession. */
export async function beginNextSession(
  about: NewSession & { readonly session: SessionPlace },
): Promise<Result<SessionPlace>> {
  const { session } = about;
  const layers = await layersOf(session);
  if (!layers.ok) return layers;
  const on = { number: session.number, layers: [...layers.value] };
  return makeSession({ ...about, parent: session.parent, on });
}

/** The same session on a generation that has its name now. */
export function standOn(session: SessionPlace, parent: Manifest): SessionPlace {
  return { ...session, parent, below: parent.layers };
}

/** Says on which chain it stands now, after a merge below it. Faults: missing*, damaged*, full, denied, io. */
export async function recordStanding(place: GuestPlace, session: SessionPlace): Promise<Result<void>> {
  const record = await readSessionRecord(place, session.number);
  if (!record.ok) return record;
  const standing: SessionRecord = { ...record.value, below: [...session.below] };
  return writeDurably(join(session.folder, 'session.json'), `${JSON.stringify(standing)}\n`, stage);
}

/** A session as the vault tells it, with its frozen layers measured. Faults: missingFile, missingGeneration, damaged*. */
export async function readSession(place: GuestPlace, number: number): Promise<Result<SessionPlace>> {
  const record = await readSessionRecord(place, number);
  if (!record.ok) return record;
  const parent = await nearestSaved(place, record.value);
  if (!parent.ok) return parent;
  const below: Layer[] = [];
  for (const layer of record.value.below) {
    const measured = await sizeOf(place, layer, parent.value);
    if (!measured.ok) return measured;
    below.push(measured.value);
  }
  const folder = generationPath(place, number);
  return ok({
    ...{ number, folder, below, parent: parent.value },
    layer: below.length === 0 ? null : join(folder, 'disk.qcow2'),
  });
}

/** The generation it began from; where that is a checkpoint which came to nothing, the one that this began from. */
async function nearestSaved(place: GuestPlace, record: SessionRecord): Promise<Result<Manifest>> {
  let { parent } = record;
  for (;;) {
    const saved = await readManifest(place, parent);
    if (saved.ok || saved.fault.code !== 'missingGeneration') return saved;
    const below = await readSessionRecord(place, parent);
    if (!below.ok) return saved;
    parent = below.value.parent; // always smaller: it comes to an end
  }
}

async function sizeOf(place: GuestPlace, layer: Layer, parent: Manifest): Promise<Result<Layer>> {
  const known = parent.layers.find((one) => one.generation === layer.generation && one.file === layer.file);
  if (known !== undefined) return ok(known);
  if (layer.generation <= parent.number) return ok(layer);
  const path = join(place.folder, generationFolder(layer.generation), layer.file);
  const bytes = await regularFileBytes(path);
  if (bytes === null) return fail({ code: 'missingFile', stage, message: `${path} is missing` });
  return ok({ ...layer, bytes });
}
