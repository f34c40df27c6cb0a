// The one way a file that matters is written: into a temporary file beside it, fsync, rename, fsync of the folder
// (rename(2) is atomic, but only the fsyncs make it survive a power cut). A reader finds the old bytes or the new
// ones, never a mixture. It must never write through a link, and never leave a file that others can read.
// No `.old` copy is kept, on purpose: of keyslots.json it would keep a removed keyslot usable.
import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { attempt, faultOfErrno } from './errno';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** The temporary name is fixed, so that cut attempts do not pile up: the next write replaces what is left. */
export function temporaryName(path: string): string {
  return `${path}.new`;
}

/** Replaces `path` by `bytes`, mode 0600. One writer at a time. Faults: full, denied, io; the old file is then untouched. */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  stage = 'files.write',
): Promise<Result<void>> {
  const staged = await stageDurably({ path, bytes, stage });
  if (!staged.ok) return staged;
  const renamed = await renameStaged(path, stage);
  if (!renamed.ok) return renamed;
  return fsyncFolder(dirname(path), stage);
}

/** First half of `writeDurably`: the temporary file, whole and fsynced. Nothing is named yet. */
export async function stageDurably(about: {
  readonly path: string;
  readonly bytes: Uint8Array | string;
  readonly stage: string;
}): Promise<Result<void>> {
  const temporary = temporaryName(about.path);
  // Whatever lies there is not opened: it may be a FIFO, or a file that others can read.
  const cleared = await attempt(about.stage, () => rm(temporary, { force: true }));
  return cleared.ok ? writeWhole({ ...about, path: temporary }) : cleared;
}

/** The instant in which the new bytes become the file. Durable only after `fsyncFolder` of its folder. */
export async function renameStaged(path: string, stage = 'files.rename'): Promise<Result<void>> {
  return attempt(stage, () => rename(temporaryName(path), path));
}

/** A new file, mode 0600, named and on disk. Faults: alreadyThere (left as it is), full, denied, io; then none is left. */
export async function writeNewDurably(about: {
  readonly path: string;
  readonly bytes: Uint8Array | string;
  readonly stage: string;
}): Promise<Result<void>> {
  const written = await writeWhole(about);
  if (!written.ok) return written;
  const named = await fsyncFolder(dirname(about.path), about.stage);
  if (!named.ok) await rm(about.path, { force: true }).catch(() => {});
  return named;
}

async function writeWhole(about: {
  readonly path: string;
  readonly bytes: Uint8Array | string;
  readonly stage: string;
}): Promise<Result<void>> {
  const { path, stage } = about;
  let made = false;
  try {
    const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    made = true;
    try {
      await file.writeFile(about.bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return ok(undefined);
  } catch (error) {
    if (made) await rm(path, { force: true }).catch(() => {}); // a full disk must not keep half a file
    return fail(faultOfErrno(error, stage));
  }
}

/** Makes names in a folder (creations, renames, removals) survive a power cut. Faults: denied, io. */
export async function fsyncFolder(path: string, stage = 'files.fsync'): Promise<Result<void>> {
  return fsyncPath({ path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, stage });
}

/** Makes a file's bytes survive a power cut, whoever wrote them. Faults: full, denied, io. */
export async function fsyncFile(path: string, stage = 'files.fsync'): Promise<Result<void>> {
  return fsyncPath({ path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, stage });
}

/** Files first, then the folders that name them. Links and special files are not expected and not followed. */
export async function fsyncTree(folder: string, stage = 'files.fsync'): Promise<Result<void>> {
  let entries: Awaited<ReturnType<typeof readEntries>> = [];
  const listed = await attempt(stage, async () => {
    entries = await readEntries(folder);
  });
  if (!listed.ok) return listed;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory() && !entry.isFile()) continue;
    const synced = await (entry.isDirectory() ? fsyncTree(path, stage) : fsyncFile(path, stage));
    if (!synced.ok) return synced;
  }
  return fsyncFolder(folder, stage);
}

function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

function fsyncPath(about: { path: string; flags: number; stage: string }): Promise<Result<void>> {
  return attempt(about.stage, async () => {
    const file = await open(about.path, about.flags);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}
