// The long part of writing a stick: bytes over, then the same bytes back. The place of the partition table is left empty
// by both; the table comes last (write.ts). Speed and time left are the caller's to show, from `done` and `secondsLeft`.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { rateOf } from '../guest/rate';
import { type Layout, sectorBytes } from './layout';

const stage = 'stick.write';
const pieceBytes = 4 * 2 ** 20;
/** What is covered at the start of swap and vault: more than any header (LUKS2 keeps up to 16 MiB). */
const coverBytes = 16 * 2 ** 20;
/** Boot code ends here, the protective table begins (UEFI 2.10, 5.2.1); the GPT's own 33 sectors follow the first. */
const tableFrom = 440;
const tableTo = 34 * sectorBytes;
/** Written bytes wait in memory until they are asked for: so that progress tells what the disk has. */
const syncEveryBytes = 64 * 2 ** 20;

export interface Pass {
  readonly source: FileHandle;
  readonly target: FileHandle;
  readonly layout: Layout;
  readonly diskBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

interface Copied {
  readonly sum: string;
  readonly seconds: number;
}

const cancelled = fail({ code: 'cancelled', stage, message: 'cancelled; the disk is empty now' });
const untouched = fail({ code: 'cancelled', stage, message: 'cancelled; nothing was written' });

/**
 * Covers the disk's old table and headers, then copies; the first report comes before the first byte. Rejects with what
 * the system refuses. Fault: cancelled.
 */
export async function copy(about: Pass): Promise<Result<Copied>> {
  const { source, target, layout, diskBytes, signal, onProgress } = about;
  if (signal.aborted) return untouched;
  const began = performance.now();
  const rate = rateOf(began);
  const tell = (done: number): void =>
    onProgress({
      ...{ stage: 'copy', done, total: layout.copyBytes, unit: 'bytes', reversible: false },
      secondsLeft: rate({ done, total: layout.copyBytes, nowMs: performance.now() }),
    });
  tell(0);
  await cover(target, { start: 0, bytes: 2 ** 20 });
  await cover(target, { start: diskBytes - 2 ** 20, bytes: 2 ** 20 });
  await target.sync();
  const sum = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  let unsynced = 0;
  for (let done = 0; done < layout.copyBytes; ) {
    if (signal.aborted) return cancelled;
    const bytes = await readPiece({ from: source, piece, at: done, left: layout.copyBytes - done });
    if (done === 0) bytes.fill(0, tableFrom, tableTo);
    sum.update(bytes);
    await target.write(bytes, 0, bytes.length, done);
    done += bytes.length;
    unsynced += bytes.length;
    if (unsynced >= syncEveryBytes || done === layout.copyBytes) {
      await target.datasync();
      unsynced = 0;
      tell(done);
    }
  }
  for (const { start, bytes } of [layout.swap, layout.vault])
    await cover(target, { start, bytes: Math.min(bytes, coverBytes) });
  await target.sync();
  return ok({ sum: sum.digest('hex'), seconds: (performance.now() - began) / 1000 });
}

/** Seconds that it took to read all of it back. Faults: io (it is not what was written), cancelled. */
export async function compare(about: Pass & { readonly sum: string }): Promise<Result<number>> {
  const { target, layout, signal, onProgress } = about;
  const began = performance.now();
  const rate = rateOf(began);
  const sum: Hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  for (let done = 0; done < layout.copyBytes; ) {
    if (signal.aborted) return cancelled;
    const bytes = await readPiece({ from: target, piece, at: done, left: layout.copyBytes - done });
    sum.update(bytes);
    done += bytes.length;
    const secondsLeft = rate({ done, total: layout.copyBytes, nowMs: performance.now() });
    onProgress({
      stage: 'verify',
      done,
      total: layout.copyBytes,
      unit: 'bytes',
      secondsLeft,
      reversible: false,
    });
  }
  if (sum.digest('hex') === about.sum) return ok((performance.now() - began) / 1000);
  return fail({
    code: 'io',
    stage,
    message: 'what was read back is not what was written',
    hint: 'this disk loses data: use another one',
  });
}

/** A whole piece, or what is left of the bytes that are wanted. */
async function readPiece(about: {
  readonly from: FileHandle;
  readonly piece: Buffer;
  readonly at: number;
  readonly left: number;
}): Promise<Buffer> {
  const { from, piece, at, left } = about;
  const wanted = Math.min(piece.length, left);
  for (let have = 0; have < wanted; ) {
    const { bytesRead } = await from.read(piece, have, wanted - have, at + have);
    if (bytesRead === 0) throw new Error('ended before its own table says');
    have += bytesRead;
  }
  return piece.subarray(0, wanted);
}

async function cover(target: FileHandle, place: { start: number; bytes: number }): Promise<void> {
  const zeros = Buffer.alloc(2 ** 20);
  for (let done = 0; done < place.bytes; done += zeros.length)
    await target.write(zeros, 0, Math.min(zeros.length, place.bytes - done), place.start + done);
}
