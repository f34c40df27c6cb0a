// Makes the key file of a new key USB: 64 random bytes, durable before any keyslot knows them, and gone again when no
// keyslot came of it. Never over a key file that is there: it may be another vault's only way in.
import { randomFillSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../../preload/contract/result';
import { writeNewDurably } from '../../files/durable';
import { secretBytes } from '../../process/secret-bytes';
import { keyFileBytes, keyFileName } from './key-file';

/** The key is wiped after `work`. Faults: alreadyThere, full, denied, io, and those of `work`. */
export async function withKeyFile(
  folder: string,
  stage: string,
  work: (key: Uint8Array) => Promise<Result<void>>,
): Promise<Result<void>> {
  const path = join(folder, keyFileName);
  const key = randomFillSync(secretBytes(keyFileBytes));
  let kept = false;
  try {
    const written = await writeNewDurably({ path, bytes: key, stage });
    if (!written.ok) {
      kept = true; // not ours
      return written;
    }
    const done = await work(key);
    kept = done.ok;
    return done.ok ? ok(undefined) : done;
  } finally {
    key.fill(0);
    if (!kept) await rm(path, { force: true }).catch(() => {});
  }
}
