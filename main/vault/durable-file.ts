// Writes that a power cut cannot halve: temp file, fsync, rename, fsync of the folder. Used for keyslots.json, whose
// loss would be the loss of the vault. There is no `.old` copy on purpose: it would keep a removed keyslot usable.
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';

/** fsync of a folder makes names made or renamed in it durable (fsync(2)). Also good for files. */
export function fsyncPath(path: string): void {
  const held = openSync(path, 'r');
  try {
    fsyncSync(held);
  } finally {
    closeSync(held);
  }
}

/** Files first, then the folders that name them. Links and special files are not expected and not followed. */
export function fsyncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) fsyncTree(path);
    else if (entry.isFile()) fsyncPath(path);
  }
  fsyncPath(folder);
}

/** A new file, mode 0600, on disk when it returns. Throws EEXIST, ENOSPC, ...; then no file is left. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  fsyncPath(dirname(path));
}

/** Old or new, never half. One writer at a time is the caller's duty. Throws ENOSPC, EACCES, ...: then it is the old one. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const making = `${path}.making`;
  rmSync(making, { force: true });
  writeNewFile(making, bytes);
  renameSync(making, path);
  fsyncPath(dirname(path));
}

/** The fault for a write that threw. */
export function writeFault(error: unknown, stage: string): Fault {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'full', stage, message };
  if (code === 'EEXIST' || code === 'ENOTEMPTY') return { code: 'alreadyThere', stage, message };
  return { code: 'io', stage, message: message ?? String(error) };
}
