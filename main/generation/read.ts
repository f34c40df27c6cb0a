// Reading what a guest's folder says about its generations. Every name comes from a number that we format ourselves,
// so that no content of a file can lead out of the folder; every manifest must be this guest's and this number's.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded, readRecord, regularFileBytes } from '../files/bounded';
import { faultOfErrno } from '../files/errno';
import { contradictionIn } from './chain';
import { maxCurrentBytes, numberOfFolder, parseCurrent } from './current';
import { generationFolder, type Manifest, manifestSchema } from './manifest';
import { type SessionRecord, sessionRecordSchema } from './session-record';

const stage = 'generation.read';

/** A guest's folder in an open vault, and who the guest is: files of another guest are damage. */
export interface GuestPlace {
  readonly folder: string;
  readonly id: string;
  readonly uuid: string;
}

/** gen-0007 as a path. */
export function generationPath(place: GuestPlace, number: number): string {
  return join(place.folder, generationFolder(number));
}

export function manifestPath(place: GuestPlace, number: number): string {
  return join(generationPath(place, number), 'manifest.json');
}

export function currentPath(place: GuestPlace): string {
  return join(place.folder, 'CURRENT');
}

/** The number CURRENT names. Faults: missingGeneration (no CURRENT), damagedCurrent, denied, io. */
export async function readCurrent(place: GuestPlace): Promise<Result<number>> {
  const path = currentPath(place);
  const content = await readBounded({ path, maxBytes: maxCurrentBytes, damaged: 'damagedCurrent', stage });
  if (!content.ok) {
    if (content.fault.code !== 'missingFile') return content;
    return fail({ code: 'missingGeneration', stage, message: `${path} is missing` });
  }
  const number = parseCurrent(content.value.toString('utf8'));
  if (number !== null) return ok(number);
  return fail({ code: 'damagedCurrent', stage, message: `${path} does not name a generation` });
}

/** Faults: missingGeneration (no folder, or a session that was never saved), damagedManifest, denied, io. */
export async function readManifest(place: GuestPlace, number: number): Promise<Result<Manifest>> {
  const folder = await folderFault(place, number);
  if (folder !== null) return fail(folder);
  const path = manifestPath(place, number);
  const read = await readRecord({ path, schema: manifestSchema, damaged: 'damagedManifest', stage });
  if (!read.ok) {
    if (read.fault.code !== 'missingFile') return read;
    return fail({
      code: 'missingGeneration',
      stage,
      message: `${path} is missing: that session was never saved`,
    });
  }
  const manifest = read.value;
  const wrong =
    manifest.number !== number
      ? `says it is number ${manifest.number}`
      : manifest.guest !== place.id || manifest.guestUuid !== place.uuid
        ? 'belongs to another guest'
        : contradictionIn(manifest, null);
  if (wrong === null) return ok(manifest);
  return fail({ code: 'damagedManifest', stage, message: `${path}: ${wrong}` });
}

/** How the session in that folder began. Faults: missingFile, damagedManifest, denied, io. */
export async function readSessionRecord(place: GuestPlace, number: number): Promise<Result<SessionRecord>> {
  const path = join(generationPath(place, number), 'session.json');
  const read = await readRecord({ path, schema: sessionRecordSchema, damaged: 'damagedManifest', stage });
  if (!read.ok) return read;
  const ours =
    read.value.number === number && read.value.guestUuid === place.uuid && read.value.parent < number;
  if (ours) return read;
  return fail({ code: 'damagedManifest', stage, message: `${path} belongs to another session` });
}

async function folderFault(place: GuestPlace, number: number): Promise<Fault | null> {
  const path = generationPath(place, number);
  const facts = await lstat(path).catch((error: unknown) => faultOfErrno(error, stage));
  if ('code' in facts) {
    if (facts.code !== 'missingFile') return facts;
    return { code: 'missingGeneration', stage, message: `${path} is missing` };
  }
  if (facts.isDirectory()) return null;
  return { code: 'damagedManifest', stage, message: `${path} is not a folder` };
}

/** One gen-* folder as the timeline shows it. */
export type GenerationEntry =
  | { readonly kind: 'whole'; readonly number: number; readonly manifest: Manifest }
  /** A session that ended without a suspend; `since` null when it does not say. Its layer is kept. */
  | {
      readonly kind: 'interrupted';
      readonly number: number;
      readonly parent: number | null;
      readonly since: string | null;
      readonly layerBytes: number | null;
    }
  /** Thinned out; what is left are files that others stand on. */
  | { readonly kind: 'thinned'; readonly number: number }
  | { readonly kind: 'damaged'; readonly number: number; readonly fault: Fault };

/** All gen-* folders, oldest first. Only names, shapes and sizes of the small files are read. Faults: denied, io. */
export async function listGenerations(place: GuestPlace): Promise<Result<readonly GenerationEntry[]>> {
  const numbers = await listNumbers(place);
  if (!numbers.ok) return numbers;
  const entries: GenerationEntry[] = [];
  const manifests = new Map<number, Manifest>();
  for (const number of numbers.value) {
    const entry = await readEntry(place, number);
    const parent = entry.kind === 'whole' && entry.manifest.parent !== null ? entry.manifest.parent : -1;
    const wrong =
      entry.kind === 'whole' ? contradictionIn(entry.manifest, manifests.get(parent) ?? null) : null;
    if (entry.kind === 'whole') manifests.set(number, entry.manifest);
    entries.push(
      wrong === null
        ? entry
        : {
            kind: 'damaged',
            number,
            fault: { code: 'damagedManifest', stage, message: `${manifestPath(place, number)}: ${wrong}` },
          },
    );
  }
  return ok(entries);
}

async function readEntry(place: GuestPlace, number: number): Promise<GenerationEntry> {
  const manifest = await readManifest(place, number);
  if (manifest.ok) return { kind: 'whole', number, manifest: manifest.value };
  if (manifest.fault.code !== 'missingGeneration') return { kind: 'damaged', number, fault: manifest.fault };
  if ((await regularFileBytes(join(generationPath(place, number), 'thinned.json'))) !== null)
    return { kind: 'thinned', number };
  const record = await readSessionRecord(place, number);
  return {
    kind: 'interrupted',
    number,
    parent: record.ok ? record.value.parent : null,
    since: record.ok ? record.value.startedAt : null,
    layerBytes: await regularFileBytes(join(generationPath(place, number), 'disk.qcow2')),
  };
}

/** Numbers of the gen-* names, ascending, whatever they are. */
async function listNumbers(place: GuestPlace): Promise<Result<readonly number[]>> {
  try {
    const names = await readdir(place.folder);
    const numbers = names.map(numberOfFolder).filter((number) => number !== null);
    return ok(numbers.sort((a, b) => a - b));
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

/** The number of the next session: one above every folder there, so that no interrupted layer is ever written over. */
export async function nextNumber(place: GuestPlace): Promise<Result<number>> {
  const numbers = await listNumbers(place);
  return numbers.ok ? ok((numbers.value.at(-1) ?? -1) + 1) : numbers;
}
