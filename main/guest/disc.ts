// An installation disc (ISO) from outside, looked at, then copied into the guest's folder. Copied, not referred to: the
// guest's machine has this disc for as long as it has its saved states, also where the original's disk is not plugged
// in, and a file that can change or vanish under a guest would pause it in the middle of its installation.
import { constants } from 'node:fs';
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFolder } from '../files/durable';
import { faultOfErrno } from '../files/errno';
import { withImageBytes } from './images/bytes';
import { lookAtIso } from './images/iso';
import { rateOf } from './rate';

const stage = 'guest.importDisc';

/** A disc that was looked at. Made only by `inspectDisc`. */
export interface DiscImage {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Its own name, printable ASCII, often ''. */
  readonly label: string;
}

/** Reads headers only. Faults: unusableFile (says why nothing can start from it), missingFile, denied, io. */
export async function inspectDisc(file: string): Promise<Result<DiscImage>> {
  const refused = (what: string): Result<never> =>
    fail({ code: 'unusableFile', stage, message: `${file} ${what}` });
  return withImageBytes({
    file,
    stage,
    notAFile: () => refused('is not a regular file'),
    look: async (bytes) => {
      const seen = await lookAtIso(bytes);
      return typeof seen === 'string' ? refused(seen) : ok({ file, bytes: bytes.size, label: seen.label });
    },
  });
}

/** Copies it, mode 0600, durably. Faults: full (asked before the first byte), cancelled, alreadyThere, denied, io. */
export async function importDisc(about: {
  readonly disc: DiscImage;
  readonly file: string;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<Result<void>> {
  const { disc, file } = about;
  if (!isAbsolute(file) || !isAbsolute(disc.file)) throw new Error('discs are named by absolute paths');
  let made = false;
  try {
    const space = await statfs(dirname(file));
    const have = space.bavail * space.bsize;
    if (have < disc.bytes) {
      const message = `the disc takes ${disc.bytes} bytes, ${have} are free in the vault`;
      return fail({ code: 'full', stage, message });
    }
    const from = await open(disc.file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const to = await open(file, 'wx', 0o600);
      made = true;
      try {
        await copy({ ...about, from, to });
        await to.sync();
      } finally {
        await to.close();
      }
    } finally {
      await from.close();
    }
    return await fsyncFolder(dirname(file), stage);
  } catch (error) {
    if (made) await unlink(file).catch(() => {});
    if (about.signal?.aborted) return fail({ code: 'cancelled', stage, message: 'copying was cancelled' });
    return fail(faultOfErrno(error, stage));
  }
}

async function copy(about: {
  readonly disc: DiscImage;
  readonly from: FileHandle;
  readonly to: FileHandle;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { disc, from, to } = about;
  const total = disc.bytes;
  const rate = rateOf(performance.now());
  const buffer = Buffer.alloc(1 << 20);
  for (let done = 0; done < total; ) {
    about.signal?.throwIfAborted();
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, total - done), done);
    if (bytesRead === 0) throw Object.assign(new Error(`${disc.file} became shorter`), { code: 'EIO' });
    await to.writeFile(buffer.subarray(0, bytesRead));
    done += bytesRead;
    const secondsLeft = rate({ done, total, nowMs: performance.now() });
    about.onProgress?.({ stage: 'copy', done, total, unit: 'bytes', secondsLeft, reversible: true });
  }
}
