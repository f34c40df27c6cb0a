// Making a guest: guests/<id>/ with guest.json, what it boots with, and generation 0, a machine that is switched off.
// It is made under a temporary name and renamed when it is whole, so that a listing never shows half of one. It must
// never overwrite a guest.
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder, writeDurably } from '../files/durable';
import { attempt, errnoOf, faultOfErrno } from '../files/errno';
import {
  fsyncGuestFolder,
  fsyncSessionFolder,
  type GuestPlace,
  generationPath,
  type Manifest,
  recordSums,
  renameCurrent,
  stageCurrent,
  writeManifest,
} from '../generation/store';
import { definitionSchema, type GuestDefinition } from './definition';
import { type DiscImage, importDisc } from './disc';
import { createBase, inspectLayer } from './disk';
import { type DiskImage, importDisk } from './import-disk';

const adding = 'guest.add';

/** How the folder of a guest that is not whole yet begins: no guest's id does. It is renamed when it is. */
export const halfMade = '.new-';

export interface NewGuest {
  readonly guestsFolder: string;
  readonly definition: GuestDefinition;
  /** Files to copy for a guest that boots from a kernel; null for one that boots from its disk. */
  readonly boot: { readonly kernel: string; readonly initrd: string | null } | null;
  /** What the disk starts as: copied from an image that was looked at; empty without one. */
  readonly image?: DiskImage | null;
  /** Or made by a builder, which leaves a qcow2 file that stands on nothing. */
  readonly buildDisk?: (about: { readonly file: string; readonly bytes: number }) => Promise<Result<void>>;
  /** The installation disc of a definition that has one. */
  readonly disc?: DiscImage | null;
  readonly onProgress?: OnProgress | undefined;
  /** Gives it up; nothing is left then. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes the guest, durably. Faults: alreadyThere, missingFile, damagedGuest (a bad definition or image), full, cancelled, denied, io. */
export async function addGuest(about: NewGuest): Promise<Result<void>> {
  const { definition, guestsFolder } = about;
  const shape = definitionSchema.safeParse(definition);
  if (!shape.success) {
    const message = shape.error.issues.map((issue) => issue.message).join('; ');
    return fail({ code: 'damagedGuest', stage: adding, message: message.slice(0, 1000) });
  }
  const place: GuestPlace = {
    folder: join(guestsFolder, definition.id),
    id: definition.id,
    uuid: definition.uuid,
  };
  const there = fail({
    code: 'alreadyThere',
    stage: adding,
    message: `there is a guest called ${definition.id}`,
  });
  if (await exists(place.folder)) return there;
  // Its name is no guest id, so that what a power cut leaves of it is never listed; the next try replaces it.
  const temporary: GuestPlace = { ...place, folder: join(guestsFolder, `${halfMade}${definition.id}`) };
  const made = await fill(about, temporary);
  const named = made.ok ? await nameGuest({ temporary, place, guestsFolder }) : made;
  if (named.ok) return named;
  await rm(temporary.folder, { recursive: true, force: true }).catch(() => {});
  return (await exists(place.folder)) ? there : named;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => errnoOf(error) !== 'ENOENT',
  );
}

async function fill(about: NewGuest, place: GuestPlace): Promise<Result<void>> {
  const { definition } = about;
  const generation = generationPath(place, 0);
  const prepared = await attempt(adding, async () => {
    await mkdir(about.guestsFolder, { recursive: true, mode: 0o700 });
    await rm(place.folder, { recursive: true, force: true });
    await mkdir(generation, { recursive: true, mode: 0o700 });
  });
  if (!prepared.ok) return prepared;
  const json = `${JSON.stringify(definition, null, 2)}\n`;
  const steps: (() => Promise<Result<unknown>>)[] = [
    () => writeDurably(join(place.folder, 'guest.json'), json, adding),
    () => copyBoot(about, place.folder),
    () => copyDisc(about, place.folder),
    () => makeDisk(about, generation),
    () => sealFirst(definition, place),
  ];
  for (const step of steps) {
    if (about.signal?.aborted)
      return fail({ code: 'cancelled', stage: adding, message: 'adding the guest was cancelled' });
    const answer = await step();
    if (!answer.ok) return answer;
  }
  return ok(undefined);
}

async function copyDisc(about: NewGuest, folder: string): Promise<Result<void>> {
  const { definition, disc, onProgress, signal } = about;
  if (definition.disc === undefined) return ok(undefined);
  if (disc?.bytes !== definition.disc.bytes) throw new Error('the disc is the one that the definition names');
  return importDisc({ disc, file: join(folder, definition.disc.file), onProgress, signal });
}

async function copyBoot({ definition, boot }: NewGuest, folder: string): Promise<Result<void>> {
  if (definition.boot.from === 'disk') return ok(undefined);
  const wanted: readonly (readonly [string, string | null])[] = [
    [definition.boot.kernel, boot?.kernel ?? null],
    ...(definition.boot.initrd === null ? [] : [[definition.boot.initrd, boot?.initrd ?? null] as const]),
  ];
  for (const [name, source] of wanted) {
    if (source === null)
      return fail({
        code: 'missingFile',
        stage: adding,
        message: `this guest boots from a ${name}: none given`,
      });
    const copied = await copyDurably(source, join(folder, name));
    if (!copied.ok) return copied;
  }
  return ok(undefined);
}

async function copyDurably(source: string, target: string): Promise<Result<void>> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      await file.chmod(0o600);
    } finally {
      await file.close();
    }
    return fsyncFile(target, adding);
  } catch (error) {
    return fail(faultOfErrno(error, adding));
  }
}

async function makeDisk(about: NewGuest, generation: string): Promise<Result<void>> {
  const { image, onProgress, signal } = about;
  const [disk] = about.definition.disks;
  if (disk === undefined) return ok(undefined);
  const layer = { file: join(generation, 'disk.qcow2'), bytes: disk.bytes };
  if (image) return importDisk({ ...layer, image, onProgress, signal });
  if (about.buildDisk === undefined) return createBase(layer);
  const built = await about.buildDisk(layer);
  return built.ok ? takeBuilt(layer) : built;
}

/** A builder's disk is looked at as one from outside, and made ours: 0600 and on disk. */
async function takeBuilt(layer: { readonly file: string; readonly bytes: number }): Promise<Result<void>> {
  const seen = await inspectLayer(layer.file);
  if (!seen.ok) return seen;
  if (seen.value.backing !== null || seen.value.virtualBytes !== layer.bytes) {
    const message = `the disk that was built has ${seen.value.virtualBytes} bytes, not ${layer.bytes}`;
    return fail({ code: 'damagedGuest', stage: adding, message });
  }
  const closed = await attempt(adding, () => chmod(layer.file, 0o600));
  return closed.ok ? fsyncFile(layer.file, adding) : closed;
}

/** Generation 0: the base layer, powered off. */
async function sealFirst(definition: GuestDefinition, place: GuestPlace): Promise<Result<void>> {
  const layers: Manifest['layers'] = [];
  if (definition.disks.length > 0) {
    const { size } = await stat(join(generationPath(place, 0), 'disk.qcow2'));
    layers.push({ generation: 0, file: 'disk.qcow2', bytes: size });
  }
  const manifest: Manifest = {
    format: 'soulpad-generation',
    version: 1,
    guest: definition.id,
    guestUuid: definition.uuid,
    number: 0,
    parent: null,
    createdAt: definition.createdAt,
    machine: definition.machine,
    cpuModel: definition.cpuModel,
    ramBytes: definition.ramBytes,
    engine: null,
    layers,
    state: null,
    ram: null,
    nonZeroBytes: null,
  };
  const steps = [
    () => writeManifest(place, manifest),
    () => fsyncSessionFolder(place, 0),
    () => stageCurrent(place, 0),
    () => renameCurrent(place),
    () => fsyncGuestFolder(place),
    () => recordSums(place, manifest),
  ];
  for (const step of steps) {
    const answer = await step();
    if (!answer.ok) return answer;
  }
  return ok(undefined);
}

async function nameGuest(about: {
  readonly temporary: GuestPlace;
  readonly place: GuestPlace;
  readonly guestsFolder: string;
}): Promise<Result<void>> {
  // rename(2) onto a folder that is not empty fails: a guest made meanwhile is not overwritten.
  const renamed = await attempt(adding, () => rename(about.temporary.folder, about.place.folder));
  return renamed.ok ? fsyncFolder(about.guestsFolder, adding) : renamed;
}
