// A fresh start from the disk: when this PC cannot bring the saved programs back, or a session was interrupted. Each is
// a new generation of a switched-off guest, named as a suspend names one; the saved moment before stays, and rolling
// back returns to it. The caller holds the guest's lock.
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { regularFileBytes } from '../files/bounded';
import { fsyncFile } from '../files/durable';
import { savedUntil, sealInterrupted, switchedOff } from '../generation/interrupted';
import {
  beginSession,
  chainOf,
  discardSession,
  type GuestPlace,
  generationPath,
  type Manifest,
  readCurrent,
  readManifest,
  readSession,
  recordSums,
  seal,
  unsavedLayers,
} from '../generation/store';
import { run } from '../process/run';
import { createLayer, inspectLayer } from './disk';

const stage = 'guest.startAfresh';
const checkTimeoutMs = 600_000;

/**
 * CURRENT's disk without its RAM, as after a power cut at that moment. A guest that is switched off already is
 * answered as it is. Faults: missingGeneration, damagedManifest, damagedGuest, full, toolMissing, denied, io.
 */
export async function startAfresh(place: GuestPlace, now: string): Promise<Result<Manifest>> {
  const current = await readCurrent(place);
  if (!current.ok) return current;
  const saved = await readManifest(place, current.value);
  if (!saved.ok || saved.value.state === null) return saved;
  const newest = chainOf(saved.value).at(-1);
  const backing = newest === undefined ? '' : join(place.folder, newest.folder, newest.file);
  const makeLayer = (file: string): Promise<Result<unknown>> => createLayer({ file, backing });
  const begun = await beginSession({ place, parent: saved.value, startedAt: now, makeLayer });
  if (!begun.ok) return begun;
  const session = begun.value;
  const bytes = session.layer === null ? null : await regularFileBytes(session.layer);
  const own = bytes === null ? [] : [{ generation: session.number, file: 'disk.qcow2' as const, bytes }];
  const manifest: Manifest = {
    ...switchedOff(saved.value),
    number: session.number,
    parent: saved.value.number,
    createdAt: now,
    layers: [...saved.value.layers, ...own],
  };
  const sealed = await seal({ place, session, manifest });
  if (sealed.ok) return withSums(place, manifest);
  const named = await readCurrent(place);
  if (!named.ok || named.value !== session.number) await discardSession(session);
  return sealed;
}

/**
 * The interrupted session's disk, with everything that was saved to it. Its layer is checked first; clusters that the
 * crash left unused are given back, other damage is refused. Faults: damagedGuest, and those of `sealInterrupted`.
 */
export async function startFromInterrupted(place: GuestPlace, number: number): Promise<Result<Manifest>> {
  const until = await savedUntil(place, number);
  if (!until.ok) return until;
  const session = await readSession(place, number);
  if (!session.ok) return session;
  const own = join(generationPath(place, number), 'disk.qcow2');
  for (const layer of [...unsavedLayers(place, session.value), own]) {
    const repaired = await giveBackLeaks(layer);
    if (!repaired.ok) return repaired;
  }
  const sealed = await sealInterrupted({ place, number, until: until.value });
  return sealed.ok ? withSums(place, sealed.value) : sealed;
}

/** As after a suspend: named first, summed then. What cannot be read back is told by the next check, not here. */
async function withSums(place: GuestPlace, manifest: Manifest): Promise<Result<Manifest>> {
  await recordSums(place, manifest);
  return ok(manifest);
}

/** `qemu-img check -r leaks` on the layer alone: it frees what nothing refers to and never touches data. */
async function giveBackLeaks(file: string): Promise<Result<void>> {
  const head = await inspectLayer(file);
  if (!head.ok) return head;
  const options = `driver=qcow2,file.driver=file,file.filename=${file.replaceAll(',', ',,')}`;
  const checked = await run({
    program: 'qemu-img',
    args: ['check', '-q', '-r', 'leaks', '--image-opts', options],
    stage,
    timeoutMs: checkTimeoutMs,
    expected: [0, 2, 3], // qemu-img(1): 2 corrupt, 3 leaks that could not be given back
  });
  if (!checked.ok) return checked;
  if (checked.value.status === 2)
    return fail({ code: 'damagedGuest', stage, message: `${file} has damaged tables` });
  return fsyncFile(file, stage);
}
