// ram.touched, in a guest's folder: which pages of its RAM the last wake touched first. A hint and nothing more: what it
// names is read early and kept together, what it misses is read when it is touched. It must never be needed: a missing,
// damaged or outdated one costs time only, so it is written without ceremony and believed without proof.
//
//   bytes 0..7    "SPTOUCH1"
//   bytes 8..11   pages of the RAM, little-endian, as all numbers here
//   runs          (first page, pages) as two 32-bit numbers each, ascending, never touching or overlapping
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../preload/contract/result';
import { readBounded } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { formatRuns, type PageRun, parseRuns } from './ram-index';
import type { GuestPlace } from './read';

const stage = 'generation.ramTouched';
const magic = Buffer.from('SPTOUCH1', 'latin1');
const headBytes = 12;
const maxBytes = 1 << 20;

const pathIn = (place: GuestPlace): string => join(place.folder, 'ram.touched');

/** Empty where nothing is known, or it is about another size of RAM. */
export async function readTouched(place: GuestPlace, ramPages: number): Promise<readonly PageRun[]> {
  const read = await readBounded({ path: pathIn(place), maxBytes, damaged: 'damagedState', stage });
  if (!read.ok || read.value.length < headBytes || !read.value.subarray(0, 8).equals(magic)) return [];
  const runs = read.value.subarray(headBytes);
  if (read.value.readUInt32LE(8) !== ramPages || runs.length % 8 !== 0) return [];
  return parseRuns(runs, ramPages) ?? [];
}

/** No runs, or too many to be of use: the hint goes. Faults: full, denied, io. */
export async function writeTouched(about: {
  readonly place: GuestPlace;
  readonly ramPages: number;
  readonly runs: readonly PageRun[];
}): Promise<Result<void>> {
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUInt32LE(about.ramPages, 8);
  const bytes = Buffer.concat([head, formatRuns(about.runs)]);
  const none = about.runs.length === 0 || bytes.length > maxBytes;
  if (!none) return writeDurably(pathIn(about.place), bytes, stage);
  await rm(pathIn(about.place), { force: true });
  return { ok: true, value: undefined };
}
