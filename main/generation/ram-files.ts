// A generation's RAM chain, read and proven: every index has the sum that the manifest names, belongs to this guest and
// its generation, and every file has the size that its index needs. What it opens it opens for reading only, follows
// no link, and leaves to the caller to close.
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded } from '../files/bounded';
import { errnoOf, faultOfErrno } from '../files/errno';
import { isFlatRam, type Manifest, type RamFile, ramFilesOf, ramIndexName } from './manifest';
import { dataBytesOf, pageBytes, parseIndex, type RamIndex, sumOfIndex } from './ram-index';
import { type GuestPlace, generationPath } from './read';

const stage = 'generation.readRam';

export interface RamChainPart {
  readonly index: RamIndex;
  readonly path: string;
  readonly bytes: number;
}

/** Base first; empty for a generation that was not saved lazily. Faults: damagedState (names the file), denied, io. */
export async function readChain(
  place: GuestPlace,
  manifest: Manifest | null,
): Promise<Result<readonly RamChainPart[]>> {
  const files = manifest === null ? null : ramFilesOf(manifest);
  if (manifest === null || files === null) return ok([]);
  const parts: RamChainPart[] = [];
  for (const [at, file] of files.entries()) {
    const read = await readPart({ place, file, ramBytes: manifest.ramBytes });
    if (!read.ok) return read;
    if (isFlatRam(file.file) !== (at === 0))
      return damaged(read.value.path, at === 0 ? 'is no base' : 'is no delta');
    parts.push(read.value);
  }
  if (parts.at(-1)?.index.number === manifest.number) return ok(parts);
  return damaged(generationPath(place, manifest.number), 'has no RAM of its own');
}

function damaged(path: string, what: string): Result<never> {
  return fail({ code: 'damagedState', stage, message: `${path} ${what}` });
}

async function readPart(about: {
  place: GuestPlace;
  file: RamFile;
  ramBytes: number;
}): Promise<Result<RamChainPart>> {
  const { place, file } = about;
  const folder = generationPath(place, file.generation);
  const indexPath = join(folder, ramIndexName(file.file));
  // A run takes 8 bytes and has a page at least, a chunk's sum takes 32.
  const maxBytes = 8192 + (about.ramBytes / pageBytes) * 9;
  const read = await readBounded({ path: indexPath, maxBytes, damaged: 'damagedState', stage });
  if (!read.ok) return read.fault.code === 'missingFile' ? damaged(indexPath, 'is missing') : asDamage(read);
  if (sumOfIndex(read.value) !== file.index) return damaged(indexPath, 'is not what was saved');
  const index = parseIndex(read.value);
  if (index === null) return damaged(indexPath, 'is no index of RAM');
  const ours =
    index.guestUuid === place.uuid &&
    index.number === file.generation &&
    index.file === file.file &&
    index.ramPages * pageBytes === about.ramBytes;
  if (!ours) return damaged(indexPath, 'belongs to another guest, generation or RAM size');
  const path = join(folder, file.file);
  if (dataBytesOf(index) !== file.bytes) return damaged(indexPath, 'says another size than the manifest');
  return ok({ index, path, bytes: file.bytes });
}

function asDamage(read: Extract<Result<never>, { ok: false }>): Result<never> {
  return read.fault.code === 'io' ? fail({ ...read.fault, code: 'damagedState' }) : read;
}

/** Opens the parts' files for reading, in order. Faults: damagedState (missing, no file, another size), denied, io. */
export async function openParts(parts: readonly RamChainPart[]): Promise<Result<readonly FileHandle[]>> {
  const opened: FileHandle[] = [];
  for (const part of parts) {
    const file = await openPart(part);
    if (!file.ok) {
      for (const each of opened) await each.close();
      return file;
    }
    opened.push(file.value);
  }
  return ok(opened);
}

async function openPart({ path, bytes }: RamChainPart): Promise<Result<FileHandle>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const facts = await file.stat();
    if (facts.isFile() && facts.size === bytes) return ok(file);
    await file.close();
    return damaged(path, facts.isFile() ? `has ${facts.size} bytes, not ${bytes}` : 'is not a file');
  } catch (error) {
    const fault = faultOfErrno(error, stage);
    return errnoOf(error) === 'EACCES' ? fail(fault) : damaged(path, `cannot be read: ${fault.message}`);
  }
}

/** As /proc/PID/maps names them. Not by opening: FUSE would drop what is already in memory of them. */
export async function inodesOf(parts: readonly RamChainPart[]): Promise<ReadonlySet<string>> {
  const inodes = new Set<string>();
  for (const { path } of parts) {
    const facts = await lstat(path, { bigint: true }).catch(() => null);
    if (facts !== null) inodes.add(String(facts.ino));
  }
  return inodes;
}
