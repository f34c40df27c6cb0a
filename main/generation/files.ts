// Reading a generation's small files: bounded, never through a link, never from anything but a regular file (a FIFO
// planted as manifest.json must not hang us). Damage is told by the file's name.
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { z } from 'zod';
import type { FaultCode } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { errnoOf, faultOfErrno } from './durable';

/** Bytes that a manifest, a session record or a list of sums may have. */
export const maxRecordBytes = 64 * 1024;

/** Whole content of a regular file of at most `maxBytes`. Faults: missingFile, `damaged`, denied, io. */
export async function readBounded(about: {
  readonly path: string;
  readonly maxBytes: number;
  readonly damaged: FaultCode;
  readonly stage: string;
}): Promise<Result<string>> {
  const { path, stage } = about;
  const damage = (what: string) => fail({ code: about.damaged, stage, message: `${path} ${what}` });
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return damage('is not a regular file');
      if (facts.size > about.maxBytes) return damage(`is longer than ${about.maxBytes} bytes`);
      const buffer = Buffer.alloc(about.maxBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length > about.maxBytes) return damage(`is longer than ${about.maxBytes} bytes`);
      return ok(buffer.toString('utf8', 0, length));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return damage('is a link');
    return fail(faultOfErrno(error, stage));
  }
}

/** A JSON record that must have exactly this shape. Faults: missingFile, `damaged`, denied, io. */
export async function readRecord<T>(about: {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly damaged: FaultCode;
  readonly stage: string;
}): Promise<Result<T>> {
  const content = await readBounded({ ...about, maxBytes: maxRecordBytes });
  if (!content.ok) return content;
  const damage = (what: string) =>
    fail({ code: about.damaged, stage: about.stage, message: `${about.path} ${what}` });
  let json: unknown;
  try {
    json = JSON.parse(content.value);
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
