// Reading a RAM file through and comparing every chunk of it with the index. What is read stays in the page cache, where
// a guest that has the file mapped finds it: checking and bringing in are the same act. It never writes.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { isFlatRam } from './manifest';
import type { RamChainPart } from './ram-files';
import { chunkPages, type PageRun, pageBytes, type RamIndex } from './ram-index';

const stage = 'generation.readRam';

/** Faults: damagedState (the content, or it cannot be read), cancelled. `onBytes`: after each chunk. */
export async function checkPart(about: {
  readonly part: RamChainPart;
  readonly file: FileHandle;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}): Promise<Result<void>> {
  const { part, file } = about;
  const into = Buffer.alloc(chunkPages * pageBytes);
  let chunk = 0;
  for (const pieces of chunksOf(part.index)) {
    if (about.signal?.aborted) return fail({ code: 'cancelled', stage, message: 'reading was cancelled' });
    const read = await readChunk({ part, file, pieces, chunk, into });
    if (!read.ok) return read;
    chunk++;
    about.onBytes?.(read.value);
  }
  return ok(undefined);
}

/** Reads one chunk into the front of `into` and compares its sum. Answers its bytes. Fault: damagedState. */
export async function readChunk(about: {
  readonly part: RamChainPart;
  readonly file: FileHandle;
  /** Of `chunksOf`, the `chunk`-th. */
  readonly pieces: readonly PageRun[];
  readonly chunk: number;
  readonly into: Buffer;
}): Promise<Result<number>> {
  const { part, file, into } = about;
  const damaged = (what: string) => fail({ code: 'damagedState', stage, message: `${part.path} ${what}` });
  let held = 0;
  try {
    for (const { first, pages } of about.pieces) {
      const bytes = pages * pageBytes;
      await readWhole({ file, into: into.subarray(held, held + bytes), position: first * pageBytes });
      held += bytes;
    }
  } catch (error) {
    return damaged(`cannot be read: ${faultOfErrno(error, stage).message}`);
  }
  const sum = createHash('sha256').update(into.subarray(0, held)).digest();
  if (sum.equals(part.index.sums[about.chunk] ?? Buffer.alloc(0))) return ok(held);
  return damaged('is not what was saved');
}

async function readWhole(about: { file: FileHandle; into: Uint8Array; position: number }): Promise<void> {
  const { file, into } = about;
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, about.position + done);
    if (bytesRead === 0) throw new Error('it ends early');
    done += bytesRead;
  }
}

/** The chunks as runs of pages within the file, in the order in which they were summed. */
export function* chunksOf(index: Pick<RamIndex, 'file' | 'data'>): Generator<readonly PageRun[]> {
  let pieces: PageRun[] = [];
  let room = chunkPages;
  let packed = 0;
  for (const run of index.data) {
    for (let done = 0; done < run.pages; ) {
      const pages = Math.min(room, run.pages - done);
      pieces.push({ first: isFlatRam(index.file) ? run.first + done : packed, pages });
      packed += pages;
      done += pages;
      room -= pages;
      if (room > 0) continue;
      yield pieces;
      pieces = [];
      room = chunkPages;
    }
  }
  if (pieces.length > 0) yield pieces;
}
