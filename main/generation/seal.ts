// Beginning a session in a new folder, and sealing it: the steps by which a session's files become a generation that
// CURRENT names. Each step of protocol.ts that touches the folder is one function here. An old generation is never
// written to, and no session that ran is ever deleted.
import { lstat, mkdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFile, fsyncFolder, renameStaged, stageDurably, writeDurably } from '../files/durable';
import { attempt, errnoOf, faultOfErrno } from '../files/errno';
import { formatCurrent } from './current';
import { generationFolder, type Layer, type Manifest, maxLayers, ramFilesOf } from './manifest';
import { currentPath, type GuestPlace, generationPath, manifestPath, nextNumber, readCurrent } from './read';
import type { SessionRecord } from './session-record';

/** A running guest's place on disk: a folder without a manifest, until it is sealed. */
export interface SessionPlace {
  readonly number: number;
  readonly folder: string;
  /** The newest generation below it: what CURRENT named when it began. */
  readonly parent: Manifest;
  /** The frozen layers that its own stands on, base first: the parent's, and those of checkpoints that failed. */
  readonly below: readonly Layer[];
  /** Its disk layer, null for a guest without a disk. */
  readonly layer: string | null;
}

/**
 * Makes gen-<n>/ with session.json and its overlay layer on the parent's chain. `makeLayer` makes the qcow2 file
 * `layer` on top of the parent's newest one. After a failure nothing is left. Faults: full, denied, io, makeLayer's.
 */
export function beginSession(
  about: NewSession & { readonly parent: Manifest },
): Promise<Result<SessionPlace>> {
  return makeSession({ ...about, on: about.parent });
}

export interface NewSession {
  readonly place: GuestPlace;
  readonly startedAt: string;
  readonly makeLayer: (layer: string) => Promise<Result<unknown>>;
}

/** `on`: the folder that it continues, a generation or a session that is about to be one. */
export async function makeSession(
  about: NewSession & { readonly parent: Manifest; readonly on: Pick<Manifest, 'number' | 'layers'> },
): Promise<Result<SessionPlace>> {
  const { place, parent, on } = about;
  const stage = 'generation.beginSession';
  if (on.layers.length >= maxLayers) {
    // Refused before it runs: a session on a full chain could never be saved.
    return fail({
      code: 'full',
      stage,
      message: `the disk has ${on.layers.length} layers: merge them first`,
    });
  }
  const next = await nextNumber(place);
  if (!next.ok) return next;
  const number = next.value;
  const folder = generationPath(place, number);
  const made = await attempt(stage, () => mkdir(folder, { mode: 0o700 }));
  if (!made.ok) return made;
  const layer = on.layers.length === 0 ? null : join(folder, 'disk.qcow2');
  const session: SessionPlace = { number, folder, parent, below: [...on.layers], layer };
  const record: SessionRecord = {
    format: 'soulpad-session',
    version: 1,
    guest: place.id,
    guestUuid: place.uuid,
    number,
    parent: on.number,
    startedAt: about.startedAt,
    below: [...on.layers],
  };
  const filled = await inOrder([
    () => writeDurably(join(folder, 'session.json'), `${JSON.stringify(record)}\n`, stage),
    () => (layer === null ? done() : about.makeLayer(layer)),
    () => (layer === null ? done() : fsyncFile(layer, stage)),
    () => fsyncFolder(folder, stage),
    () => fsyncFolder(place.folder, stage),
  ]);
  if (filled.ok) return ok(session);
  await discardSession(session);
  return filled;
}

/** Removes a session whose guest never ran: there is nothing of the person's in it. */
export async function discardSession(session: SessionPlace): Promise<void> {
  await rm(session.folder, { recursive: true, force: true }).catch(() => {});
}

/**
 * Step fsyncFiles: the layer and the named files beside it, whoever wrote and fsynced them before; and layers below
 * that no generation ever froze (a checkpoint that failed). Faults: full, io.
 */
export async function fsyncSession(session: SessionPlace, files: readonly string[]): Promise<Result<void>> {
  const unsaved = session.below.filter(({ generation }) => generation > session.parent.number);
  return inOrder([
    ...unsaved.map(
      ({ generation, file }) =>
        () =>
          fsyncFile(join(session.folder, '..', generationFolder(generation), file)),
    ),
    () => (session.layer === null ? done() : fsyncFile(session.layer)),
    ...files.map((file) => () => fsyncFile(join(session.folder, file))),
  ]);
}

/** The files that a generation's own saving wrote: its state, and its RAM where that lies apart. */
export function savedFilesOf(manifest: Pick<Manifest, 'number' | 'state' | 'ram'>): readonly string[] {
  const ram = (ramFilesOf(manifest) ?? []).filter((one) => one.generation === manifest.number);
  return [...(manifest.state === null ? [] : [manifest.state.file]), ...ram.map((one) => one.file)];
}

/** Step writeManifest. Faults: full, denied, io. */
export async function writeManifest(place: GuestPlace, manifest: Manifest): Promise<Result<void>> {
  const content = `${JSON.stringify(manifest, null, 1)}\n`;
  return writeDurably(manifestPath(place, manifest.number), content, 'generation.seal');
}

/** Step fsyncFolder: the folder's files, and its own name. */
export async function fsyncSessionFolder(place: GuestPlace, number: number): Promise<Result<void>> {
  return inOrder([() => fsyncFolder(generationPath(place, number)), () => fsyncFolder(place.folder)]);
}

/** Step writeCurrent: the new CURRENT under its temporary name. */
export async function stageCurrent(place: GuestPlace, number: number): Promise<Result<void>> {
  return stageDurably({ path: currentPath(place), bytes: formatCurrent(number), stage: 'generation.seal' });
}

/** Step renameCurrent: from here on the new generation is the one that wakes. */
export async function renameCurrent(place: GuestPlace): Promise<Result<void>> {
  return renameStaged(currentPath(place), 'generation.seal');
}

/** Step fsyncGuestFolder. */
export async function fsyncGuestFolder(place: GuestPlace): Promise<Result<void>> {
  return fsyncFolder(place.folder, 'generation.seal');
}

/** All sealing steps for files that are complete: a guest's first generation, or one that switched itself off. */
export async function seal(about: {
  readonly place: GuestPlace;
  readonly session: SessionPlace;
  readonly manifest: Manifest;
}): Promise<Result<void>> {
  const { place, session, manifest } = about;
  return inOrder([
    () => fsyncSession(session, savedFilesOf(manifest)),
    () => writeManifest(place, manifest),
    () => fsyncSessionFolder(place, manifest.number),
    () => stageCurrent(place, manifest.number),
    () => renameCurrent(place),
    () => fsyncGuestFolder(place),
  ]);
}

/** Every name that a suspend may leave in a session's folder; its layer and session.json were there before. */
const writtenBySaving = [
  ...['manifest.json', 'manifest.json.new', 'sums.json', 'sums.json.new', 'state'],
  ...['ram.base', 'ram.delta', 'ram.index', 'screen.png'],
];

/**
 * Takes a failed or cancelled suspend back: CURRENT names the parent again if it was renamed, and manifest and state
 * go, so that the folder is a running session's once more. The layer stays: the guest goes on in it.
 */
export async function unseal(place: GuestPlace, session: SessionPlace): Promise<Result<void>> {
  const current = await readCurrent(place);
  if (!current.ok) return current;
  const renamed = current.value === session.number;
  if (renamed) {
    const back = await writeDurably(
      currentPath(place),
      formatCurrent(session.parent.number),
      'generation.unseal',
    );
    if (!back.ok) return back;
  }
  return clearSaving(place, session);
}

/** Removes what an unfinished saving left in the session's folder. CURRENT must not name it. */
export async function clearSaving(
  place: GuestPlace,
  session: Pick<SessionPlace, 'folder'>,
): Promise<Result<void>> {
  const removals = writtenBySaving.map((name) => () => removeFile(join(session.folder, name)));
  return inOrder([
    ...removals,
    () => removeFile(`${currentPath(place)}.new`),
    () => fsyncFolder(session.folder, 'generation.unseal'),
  ]);
}

async function removeFile(path: string): Promise<Result<void>> {
  try {
    if ((await lstat(path)).isDirectory()) return done();
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') return fail(faultOfErrno(error, 'generation.unseal'));
  }
  return ok(undefined);
}

function done(): Promise<Result<void>> {
  return Promise.resolve(ok(undefined));
}

async function inOrder(steps: readonly (() => Promise<Result<unknown>>)[]): Promise<Result<void>> {
  for (const step of steps) {
    const answer = await step();
    if (!answer.ok) return answer;
  }
  return ok(undefined);
}
