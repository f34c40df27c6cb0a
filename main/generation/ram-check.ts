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
  const chunks = chunksOf(part.index);
  const start = (turn: number) => {
    const next = chunks.next();
    return next.done === true
      ? null
      : readPieces({ part, file, pieces: next.value, into: buffers[turn % 2] });
  };
  // The next chunk is on its way while this one's sum is worked out: a slow disk never waits for the processor.
  const buffers = [0, 1].map(() => Buffer.alloc(chunkPages * pageBytes));
  let coming = start(0);
  for (let chunk = 0; coming !== null; chunk++) {
    const read = await coming;
    if (about.signal?.aborted) return fail({ code: 'cancelled', stage, message: 'reading was cancelled' });
    if (!read.ok) return read;
    coming = start(chunk + 1);
    const right = compareSum({ part, chunk, content: read.value });
    if (right.ok) {
      about.onBytes?.(read.value.length);
      continue;
    }
    await coming; // it still fills its buffer from a file that the caller closes
    return right;
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
  const read = await readPieces(about);
  if (!read.ok) return read;
  const { part, chunk } = about;
  const right = compareSum({ part, chunk, content: read.value });
  return right.ok ? ok(read.value.length) : right;
}

function compareSum(about: { part: RamChainPart; chunk: number; content: Uint8Array }): Result<void> {
  const { part } = about;
  const sum = createHash('sha256').update(about.content).digest();
  if (sum.equals(part.index.sums[about.chunk] ?? Buffer.alloc(0))) return ok(undefined);
  return fail({ code: 'damagedState', stage, message: `${part.path} is not what was saved` });
}

/** The front of `into`, filled. Fault: damagedState. */
async function readPieces(about: {
  part: RamChainPart;
  file: FileHandle;
  pieces: readonly PageRun[];
  into: Buffer | undefined;
}): Promise<Result<Buffer>> {
  const { part, file, into = Buffer.alloc(0) } = about;
  let held = 0;
  try {
    for (const { first, pages } of about.pieces) {
      const bytes = pages * pageBytes;
      await readWhole({ file, into: into.subarray(held, held + bytes), position: first * pageBytes });
      held += bytes;
    }
  } catch (error) {
    const why = faultOfErrno(error, stage).message;
    return fail({ code: 'damagedState', stage, message: `${part.path} cannot be read: ${why}` });
  }
  return ok(into.subarray(0, held));
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
