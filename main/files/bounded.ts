// Reads a small file that somebody else may have made: no link is followed, no FIFO waits for a writer, no device is
// touched, and never more than `maxBytes` are read whatever the file says of itself. Damage is told by the file's name.
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { z } from 'zod';
import type { FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { errnoOf, faultOfErrno } from './errno';

const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Bytes that a JSON record of ours may have. */
const maxRecordBytes = 64 * 1024;

interface Bounded {
  /** Only its last part may not be a link. */
  readonly path: string;
  /** What a file that is no such file is called: the fault's code. */
  readonly damaged: FaultCode;
  readonly stage: string;
}

/**
 * Whole content of a regular file of at most `maxBytes`. It may be a secret: the caller wipes it, no other copy is left.
 * Faults: missingFile, `damaged` (a link, folder, FIFO or device, or too long), denied, io.
 */
export async function readBounded(about: Bounded & { readonly maxBytes: number }): Promise<Result<Buffer>> {
  const { path, stage, maxBytes } = about;
  const damage = (what: string) => fail({ code: about.damaged, stage, message: `${path} ${what}` });
  // One byte more than allowed, so that a file which grows after fstat is seen as too long.
  const held = Buffer.alloc(maxBytes + 1);
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return damage('is not a regular file');
      if (facts.size > maxBytes) return damage(`is longer than ${maxBytes} bytes`);
      let length = 0;
      while (length < held.length) {
        const { bytesRead } = await file.read(held, length, held.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length > maxBytes
        ? damage(`is longer than ${maxBytes} bytes`)
        : ok(Buffer.from(held.subarray(0, length)));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return damage('is a link');
    if (errnoOf(error) === 'ENXIO') return damage('is not a regular file'); // a socket
    return fail(faultOfErrno(error, stage));
  } finally {
    held.fill(0);
  }
}

/** A JSON record that must have exactly this shape, at most 64 KiB. Faults: missingFile, `damaged`, denied, io. */
export async function readRecord<T>(about: Bounded & { readonly schema: z.ZodType<T> }): Promise<Result<T>> {
  const { path, stage } = about;
  const content = await readBounded({ path, stage, damaged: about.damaged, maxBytes: maxRecordBytes });
  if (!content.ok) return content;
  const damage = (what: string) => fail({ code: about.damaged, stage, message: `${path} ${what}` });
  let json: unknown;
  try {
    json = JSON.parse(content.value.toString('utf8'));
  } catch {
    return damage('is not JSON');
  }
  const read = about.schema.safeParse(json);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  return damage(
    `has a wrong shape: ${[...(issue?.path ?? [])].join('.')} ${issue?.message ?? ''}`.slice(0, 400),
  );
}

/** Bytes of a regular file, null when it is missing, a link or something else. */
export async function regularFileBytes(path: string): Promise<number | null> {
  const facts = await lstat(path).catch(() => null);
  return facts?.isFile() ? facts.size : null;
}
