// Reads the secret from a key USB: a folder where it is mounted, its block device, or an image of it. A key file that is
// there but wrong is a fault, never a reason to go on silently with the passphrase text file beside it.
import { type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Fault } from '../../../preload/contract/fault';
import { fail, type Result } from '../../../preload/contract/result';
import { readBoundedFile } from '../bounded-file';
import { fatOffsets, readFatFile } from './fat';
import {
  damagedKey,
  type FoundKey,
  keyFileBytes,
  keyFileName,
  keyFromBytes,
  maxPassphraseFileBytes,
  missingKey,
  passphraseFileName,
  passphraseFromBytes,
} from './key-file';

export type { FoundKey } from './key-file';

/** In the order in which they are looked for. */
const kinds = [
  { name: keyFileName, maxBytes: keyFileBytes, take: keyFromBytes },
  { name: passphraseFileName, maxBytes: maxPassphraseFileBytes, take: passphraseFromBytes },
];

/** The secret is the caller's to wipe. Faults: missingKey, damagedKeyFile, denied, toolMissing, timeout, io. */
export async function readKey(source: string): Promise<Result<FoundKey>> {
  const path = resolve(source);
  let seen: Stats;
  try {
    seen = statSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const gone = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENOMEDIUM';
    return fail(gone ? missingKey(path) : fault(code === 'EACCES' ? 'denied' : 'io', message));
  }
  if (seen.isDirectory()) return readFromFolder(path);
  if (seen.isFile() && basename(path) === keyFileName) return readFromFolder(dirname(path));
  if (seen.isFile() || seen.isBlockDevice()) return readFromDisk(path);
  return fail(damagedKey(path, 'neither a folder nor a disk'));
}

function readFromFolder(folder: string): Result<FoundKey> {
  for (const { name, maxBytes, take } of kinds) {
    const path = join(folder, name);
    const got = readBoundedFile(path, maxBytes);
    if (got.kind === 'read') return take(got.bytes, path);
    if (got.kind === 'refused') return fail(damagedKey(path, got.why));
    if (got.kind === 'denied') return fail(fault('denied', `${path} may not be read by this user`));
    if (got.kind === 'io') return fail(fault('io', `${path}: ${got.why}`));
  }
  return fail(missingKey(folder));
}

async function readFromDisk(disk: string): Promise<Result<FoundKey>> {
  const offsets = fatOffsets(disk);
  if (!offsets.ok) return offsets;
  for (const offset of offsets.value) {
    for (const { name, maxBytes, take } of kinds) {
      const got = await readFatFile({ disk, offset, name, maxBytes });
      if (!got.ok) return got;
      if (got.value !== null) return take(got.value, `${name} on ${disk}`);
    }
  }
  return fail(missingKey(disk));
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'vault.keyUsb', message };
}
