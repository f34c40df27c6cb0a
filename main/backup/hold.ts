// A saved moment held as it stands while it is read: thinning out and merging leave its files until it is let go. Saved
// files never change, and what names them may: a merge beside a running guest rewrites the manifest. So the manifest is
// read before and after; only when it is the same was everything read that it names.
//
// No hard links, on purpose: gocryptfs tells a wrong size of a file for a moment after link(2) (that of the encrypted
// one), and a guest that wakes at that moment would take its RAM for damaged.
//
// What a moment is made of, below guests/<id>/:
//   guest.json, settings.json, kernel, initrd, disc.iso
//   gen-0007/...     its own state, RAM, disk layer, manifest.json, sums.json, screen.png
//   gen-0003/...     of moments that it stands on: the layers and RAM that it needs, and their sums.json
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded } from '../files/bounded';
import { errnoOf, faultOfErrno } from '../files/errno';
import { filesOf } from '../generation/collect';
import { generationFolder, type Manifest } from '../generation/manifest';
import { type GuestPlace, generationPath, holdFiles, readManifest } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';

const stage = 'backup.hold';
const maxManifestBytes = 64 * 1024;

export interface Held {
  /** Below the guests' parent folder: guests/<id>/... */
  readonly names: readonly string[];
  readonly bytes: number;
  readonly manifest: Manifest;
  /** False: the manifest was rewritten meanwhile, and what was read may not be all that it names. */
  isStillSo(): Promise<boolean>;
}

/** Until `letGo` of the place. Faults: missingGeneration (it was thinned out meanwhile), damagedManifest, full, denied, io. */
export async function hold(about: {
  readonly place: GuestPlace;
  readonly definition: GuestDefinition;
  readonly number: number;
}): Promise<Result<Held>> {
  const { place, definition, number } = about;
  const before = await manifestBytes(place, number);
  const manifest = await readManifest(place, number);
  if (!manifest.ok) return manifest;
  const held = await holdFiles(place, filesOf(manifest.value));
  if (!held.ok) return held;
  const names: string[] = [];
  let bytes = 0;
  for (const { name, needed } of wantedOf(definition, manifest.value)) {
    const path = join(place.folder, name);
    try {
      bytes += (await lstat(path)).size;
      names.push(join('guests', place.id, name));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') return fail(faultOfErrno(error, stage));
      if (needed) return vanished(path);
    }
  }
  const isStillSo = async (): Promise<boolean> => {
    const after = await manifestBytes(place, number);
    return before !== null && after !== null && before.equals(after);
  };
  return ok({ names, bytes, manifest: manifest.value, isStillSo });
}

async function manifestBytes(place: GuestPlace, number: number): Promise<Buffer | null> {
  const path = join(generationPath(place, number), 'manifest.json');
  const read = await readBounded({ path, maxBytes: maxManifestBytes, damaged: 'damagedManifest', stage });
  return read.ok ? read.value : null;
}

function vanished(path: string): Result<never> {
  const message = `${path} is no longer there: that moment was thinned out`;
  return fail({ code: 'missingGeneration', stage, message });
}

interface Wanted {
  readonly name: string;
  readonly needed: boolean;
}

function wantedOf(definition: GuestDefinition, manifest: Manifest): readonly Wanted[] {
  const { boot, disc } = definition;
  const own = generationFolder(manifest.number);
  const files = [...new Set(filesOf(manifest))];
  const below = [...new Set(files.map(dirname))].filter((folder) => folder !== own);
  const needed = [
    'guest.json',
    ...(boot.from === 'disk' ? [] : [boot.kernel, ...(boot.initrd === null ? [] : [boot.initrd])]),
    ...(disc === undefined ? [] : [disc.file]),
    ...files,
    `${own}/manifest.json`,
  ];
  const welcome = [
    'settings.json',
    ...[`${own}/sums.json`, `${own}/screen.png`, `${own}/session.json`],
    ...below.map((folder) => `${folder}/sums.json`),
  ];
  return [
    ...needed.map((name) => ({ name, needed: true })),
    ...welcome.map((name) => ({ name, needed: false })),
  ];
}
