// Collecting: removes the files that no generation and no interrupted session needs any more, after thinning out and
// after a merge. It must never remove a file while anything in the folder cannot be read: what that needs is unknown.
// Whatever it is cut at, the next time goes on: files go before the small records that explain them.
import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import { fsyncFolder } from '../files/durable';
import { attempt } from '../files/errno';
import { readHeld } from './held';
import { generationFolder, type Manifest, ramFilesOf, ramIndexName } from './manifest';
import { mergedRecord, readMergedRecord } from './ram-merged';
import {
  type GenerationEntry,
  type GuestPlace,
  generationPath,
  listGenerations,
  readSessionRecord,
} from './read';

const stage = 'generation.collect';

/** Records that stay as long as any file beside them does. */
const records: readonly string[] = ['manifest.json', 'thinned.json', 'session.json', 'sums.json'];
const layerName = /^disk(-over-\d{4,9})?\.qcow2$/;
const mergedRamName = /^ram-(flat\.base|flat\.index|(over-\d{4,9}|warm-[0-9a-f]{8})\.(delta|index))$/;

/** Unfinished work of a merge: never named by a manifest. */
export const mergingFile = 'merging.qcow2';
export const mergingRam = 'merging.ram';

/**
 * The caller holds the guest's lock. Answers the bytes that were freed. Sessions before CURRENT that were interrupted
 * go too: since then a newer moment was saved. `only`: in that folder, and nothing elsewhere. Faults: denied, io;
 * nothing that is needed was touched.
 */
export async function collect(place: GuestPlace, current: number, only?: number): Promise<Result<number>> {
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  const needed = await filesNeeded({ place, entries: listed.value, current });
  if (needed === null) return ok(0);
  let freed = 0;
  for (const entry of listed.value) {
    if (only !== undefined && entry.number !== only) continue;
    const done = await collectFolder({ place, entry, needed, current });
    if (!done.ok) return done;
    freed += done.value;
  }
  const synced = await fsyncFolder(place.folder, stage);
  return synced.ok ? ok(freed) : synced;
}

/** Bytes that collecting would free if the generations `without` were thinned out. Changes nothing. Faults: denied, io. */
export async function collectable(about: {
  readonly place: GuestPlace;
  readonly current: number;
  readonly without: readonly number[];
}): Promise<Result<number>> {
  const { place, current } = about;
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  const entries = listed.value.map(
    (entry): GenerationEntry =>
      entry.kind === 'whole' && about.without.includes(entry.number)
        ? { kind: 'thinned', number: entry.number }
        : entry,
  );
  const needed = await filesNeeded({ place, entries, current });
  if (needed === null) return ok(0);
  let bytes = 0;
  for (const entry of entries) {
    const going = await goingFrom({ place, entry, needed, current });
    if (!going.ok) return going;
    bytes += going.value.files.reduce((sum, file) => sum + file.bytes, 0);
  }
  return ok(bytes);
}

/** The files that a saved state lives in, as folder/name. */
export function filesOf(manifest: Manifest): readonly string[] {
  const own = generationFolder(manifest.number);
  return [
    ...manifest.layers.map((layer) => `${generationFolder(layer.generation)}/${layer.file}`),
    ...(manifest.state === null ? [] : [`${own}/${manifest.state.file}`]),
    ...(ramFilesOf(manifest) ?? []).flatMap(({ generation, file }) =>
      [file, ramIndexName(file)].map((name) => `${generationFolder(generation)}/${name}`),
    ),
  ];
}

/** Null: something there cannot be read. */
async function filesNeeded(about: {
  readonly place: GuestPlace;
  readonly entries: readonly GenerationEntry[];
  readonly current: number;
}): Promise<ReadonlySet<string> | null> {
  const needed = new Set<string>(await readHeld(about.place));
  for (const entry of about.entries) {
    if (entry.kind === 'damaged') return null;
    if (entry.kind === 'whole') for (const file of filesOf(entry.manifest)) needed.add(file);
    if (entry.kind === 'whole' && mayBeStoodOn(entry.number, about)) {
      const ram = await readMergedRecord(about.place, entry.number);
      if (ram !== null) needed.add(`${generationFolder(entry.number)}/${mergedRecord}`);
      for (const file of ram === null ? [] : filesOf({ ...entry.manifest, ram })) needed.add(file);
    }
    if (entry.kind !== 'interrupted' || entry.number < about.current || entry.layerBytes === null) continue;
    const record = await readSessionRecord(about.place, entry.number);
    if (!record.ok) return null;
    needed.add(`${generationFolder(entry.number)}/disk.qcow2`);
    for (const layer of record.value.below) needed.add(`${generationFolder(layer.generation)}/${layer.file}`);
  }
  return needed;
}

/** A session that runs, or a next one, may still be saved on that generation's merged RAM. */
function mayBeStoodOn(
  number: number,
  about: { readonly entries: readonly GenerationEntry[]; readonly current: number },
): boolean {
  const unsaved = about.entries.some((entry) => entry.kind === 'interrupted' && entry.number > about.current);
  return number >= about.current || unsaved;
}

/** Of a whole generation only what merges made, or have replaced. */
function isMergesOwn(name: string): boolean {
  return (
    layerName.test(name) || mergedRamName.test(name) || [mergingFile, mergingRam, mergedRecord].includes(name)
  );
}

interface Folder {
  readonly place: GuestPlace;
  readonly entry: GenerationEntry;
  readonly needed: ReadonlySet<string>;
  readonly current: number;
}

interface Going {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Nothing but records would be left. */
  readonly wholeFolder: boolean;
}

async function collectFolder(about: Folder): Promise<Result<number>> {
  const going = await goingFrom(about);
  if (!going.ok) return going;
  const { files, wholeFolder } = going.value;
  const folder = generationPath(about.place, about.entry.number);
  let freed = 0;
  const removed = await attempt(stage, async () => {
    for (const { name, bytes } of files) {
      await rm(join(folder, name), { recursive: true, force: true });
      freed += bytes;
    }
    if (!wholeFolder) return;
    for (const name of records.toReversed()) await rm(join(folder, name), { force: true });
    await rmdir(folder);
  });
  return removed.ok ? ok(freed) : removed;
}

/** What of a generation's folder nobody needs any more. */
async function goingFrom({ place, entry, needed, current }: Folder): Promise<Result<Going>> {
  const folder = generationPath(place, entry.number);
  const isGone = entry.kind === 'thinned' || (entry.kind === 'interrupted' && entry.number < current);
  const mayGo = (name: string): boolean =>
    !needed.has(`${generationFolder(entry.number)}/${name}`) &&
    !records.includes(name) &&
    (isGone || (entry.kind === 'whole' && isMergesOwn(name)));
  const files: { name: string; bytes: number }[] = [];
  let names: string[] = [];
  const looked = await attempt(stage, async () => {
    names = await readdir(folder);
    // The record of a merge first: without its files it would be believed in vain.
    const going = names.filter(mayGo);
    going.sort((a, b) => Number(b === mergedRecord) - Number(a === mergedRecord));
    for (const name of going) {
      files.push({ name, bytes: (await lstat(join(folder, name))).blocks * 512 });
    }
  });
  if (!looked.ok) return looked;
  const left = names.filter((name) => !records.includes(name) && !files.some((file) => file.name === name));
  return ok({ files, wholeFolder: isGone && left.length === 0 });
}
