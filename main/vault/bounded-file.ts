// Reads a small file that somebody else may have made: no link is followed, no FIFO waits for a writer, no device is
// touched, and never more than `maxBytes` are read whatever the file says of itself.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export type BoundedRead =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'denied' }
  /** A link, folder, FIFO or device, or longer than `maxBytes`. `why` says which. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'io'; readonly why: string };

/** Of a path only the last part may not be a link. The bytes may be a secret: the caller wipes them. */
export function readBoundedFile(path: string, maxBytes: number): BoundedRead {
  let file: number;
  try {
    file = openSync(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch (error) {
    return openingFailed(error as NodeJS.ErrnoException);
  }
  // One byte more than allowed, so that a file which grows after fstat is seen as too long.
  const held = Buffer.alloc(maxBytes + 1);
  try {
    const seen = fstatSync(file);
    if (!seen.isFile()) return { kind: 'refused', why: 'not a plain file' };
    if (seen.size > maxBytes) return { kind: 'refused', why: `${seen.size} bytes, at most ${maxBytes}` };
    let length = 0;
    while (length < held.length) {
      const got = readSync(file, held, length, held.length - length, null);
      if (got === 0) break;
      length += got;
    }
    if (length > maxBytes) return { kind: 'refused', why: `more than ${maxBytes} bytes` };
    return { kind: 'read', bytes: Buffer.from(held.subarray(0, length)) };
  } catch (error) {
    return { kind: 'io', why: (error as Error).message };
  } finally {
    held.fill(0);
    closeSync(file);
  }
}

function openingFailed(error: NodeJS.ErrnoException): BoundedRead {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return { kind: 'missing' };
  if (error.code === 'EACCES' || error.code === 'EPERM') return { kind: 'denied' };
  if (error.code === 'ELOOP') return { kind: 'refused', why: 'a link' };
  if (error.code === 'ENXIO') return { kind: 'refused', why: 'not a plain file' };
  return { kind: 'io', why: error.message };
}
