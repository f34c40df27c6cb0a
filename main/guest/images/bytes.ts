// Reads a few bytes of an image from outside, here and there, never more than it was asked for: what a header says of
// itself is not believed until it was compared with the file.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, type Result } from '../../../preload/contract/result';
import { faultOfErrno } from '../../files/errno';

const maxReadBytes = 1 << 20;

export interface ImageBytes {
  /** Size of the file, bytes. */
  readonly size: number;
  /** At most 1 MiB from `offset`; shorter at the end of the file, empty for a place that is not in it. */
  at(offset: number, length: number): Promise<Buffer>;
}

/** What a header says, or why such an image is not taken, in words that go after the file's name. */
export type Look<T> = Promise<T | string>;

/** Opens the file for `look`. Faults: missingFile, denied, io; `notAFile` for a folder, a device or a FIFO. */
export async function withImageBytes<T>(about: {
  readonly file: string;
  readonly stage: string;
  readonly notAFile: () => Result<T>;
  readonly look: (bytes: ImageBytes) => Promise<Result<T>>;
}): Promise<Result<T>> {
  try {
    const opened = await open(about.file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await opened.stat();
      if (!facts.isFile()) return about.notAFile();
      return await about.look({
        size: facts.size,
        at: async (offset, length) => {
          if (length < 0 || length > maxReadBytes) throw new Error(`a read of ${length} bytes`);
          if (!Number.isSafeInteger(offset) || offset < 0 || offset >= facts.size) return Buffer.alloc(0);
          const { bytesRead, buffer } = await opened.read(Buffer.alloc(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        },
      });
    } finally {
      await opened.close();
    }
  } catch (error) {
    return fail(faultOfErrno(error, about.stage));
  }
}

/** For tests and for headers that are in memory already. */
export function bytesOf(content: Buffer): ImageBytes {
  return {
    size: content.length,
    at: async (offset, length) =>
      Number.isSafeInteger(offset) && offset >= 0
        ? Buffer.from(content.subarray(offset, offset + length))
        : Buffer.alloc(0),
  };
}

/** An unsigned 64-bit number, or NaN where it is larger than any file or disk: no bound holds for NaN. */
export function number64(value: bigint): number {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.NaN;
}

/** The largest disk that is taken in, bytes: 16 TiB. */
export const maxDiskBytes = 2 ** 44;

export function isDiskSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= maxDiskBytes;
}

/** Whether a table lies inside the file. */
export function isInside(bytes: ImageBytes, table: { offset: number; length: number }): boolean {
  return table.offset >= 0 && table.length >= 0 && table.offset + table.length <= bytes.size;
}

export const impossibleSize = 'has an impossible size';
export const tableTooBig = 'has an impossible table: it is damaged, or made to do harm';
export const tableOutside = 'is cut short: its table lies behind its end';
export const standsOnAnother = 'stands on another image, which is not in it';
