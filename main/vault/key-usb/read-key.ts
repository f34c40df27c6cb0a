// Reads the secret from a key USB: a folder where it is mounted, its block device, or an image of it. A key file that is
// there but wrong is a fault, never a reason to go on silently with the passphrase text file beside it. Everything here
// waits without holding up its program: a worn disk may take seconds for one block.
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, type Result } from '../../../preload/contract/result';
import { readBounded } from '../../files/bounded';
import { errnoOf, faultOfErrno } from '../../files/errno';
import { fatOffsets, readFatFile } from './fat';
import {
  damagedKey,
  type FoundKey,
  keyFileBytes,
  keyFileName,
  keyFromBytes,
  maxPassphraseFileBytes,
  missingKey,
  otherKey,
  passphraseFileName,
  passphraseFromBytes,
} from './key-file';

export type { FoundKey } from './key-file';

const stage = 'vault.keyUsb';

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
    seen = await stat(path);
  } catch (error) {
    const fault = faultOfErrno(error, stage);
    const gone = fault.code === 'missingFile' || errnoOf(error) === 'ENOMEDIUM';
    return fail(gone ? missingKey(path) : fault);
  }
  if (seen.isDirectory()) return readFromFolder(path);
  if (seen.isFile() && basename(path) === keyFileName) return readFromFolder(dirname(path));
  if (seen.isFile() || seen.isBlockDevice()) return readFromDisk(path);
  return fail(damagedKey(path, 'neither a folder nor a disk'));
}

async function readFromFolder(folder: string): Promise<Result<FoundKey>> {
  for (const { name, maxBytes, take } of kinds) {
    const path = join(folder, name);
    const got = await readBounded({ path, maxBytes, damaged: 'damagedKeyFile', stage });
    if (got.ok) return take(got.value, path);
    if (got.fault.code === 'damagedKeyFile') return fail({ ...got.fault, hint: otherKey });
    if (got.fault.code !== 'missingFile') return got;
  }
  return fail(missingKey(folder));
}

async function readFromDisk(disk: string): Promise<Result<FoundKey>> {
  const offsets = await fatOffsets(disk);
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
