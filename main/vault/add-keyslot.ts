// Adds a key USB keyslot to a vault that another secret opens. The key file is durable before keyslots.json names it,
// so a power cut leaves at worst a key file that opens nothing. Runs in the owner program, under the keyslots lock.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Result } from '../../preload/contract/result';
import { writeDurably, writeNewDurably } from '../files/durable';
import { faultOfErrno } from '../files/errno';
import { keyFileBytes, keyFileName } from './key-usb/key-file';
import { formatKeyslots, freeKeyslotId, maxKeyslots } from './keyslots/format';
import { readKeyslots } from './keyslots/read-keyslots';
import { sealVolumeKey } from './keyslots/seal';
import { keyslotsFileOf } from './places';
import { unsealBy } from './unseal';
import type { SecretKind } from './vault';

const stage = 'vault.addKeyslot';

/** `secret` is normalized, the caller wipes it. Faults: wrongSecret, alreadyThere (a key file is there), full, io. */
export async function addKeyUsb(about: {
  readonly home: string;
  readonly kind: SecretKind;
  readonly secret: Uint8Array;
  readonly keyFolder: string;
  readonly name: string;
}): Promise<Result<void>> {
  const read = await readKeyslots(about.home);
  if (!read.ok) return read;
  const keyslots = read.value;
  const id = freeKeyslotId(keyslots);
  if (id === null)
    return fail({ code: 'full', stage, message: `all ${maxKeyslots} keyslots of the vault are taken` });
  const opened = await unsealBy({ keyslots, secret: about.secret, kind: about.kind, stage });
  if (!opened.ok) return opened;
  const volumeKey = opened.value;
  const keyFile = join(about.keyFolder, keyFileName);
  const key = randomBytes(keyFileBytes);
  let written = false;
  let named = false;
  try {
    const file = await writeNewDurably({ path: keyFile, bytes: key, stage });
    if (!file.ok) return file;
    written = true;
    const slot = await sealVolumeKey({
      ...{ volumeKey, secret: key, uuid: keyslots.uuid },
      ...{ id, name: about.name, kind: 'keyUsb' },
    });
    const all = formatKeyslots({ ...keyslots, keyslots: [...keyslots.keyslots, slot] });
    const replaced = await writeDurably(keyslotsFileOf(about.home), all, stage);
    named = replaced.ok;
    return replaced;
  } catch (error) {
    return fail(faultOfErrno(error, stage)); // no memory for Argon2id
  } finally {
    key.fill(0);
    volumeKey.fill(0);
    if (written && !named) await rm(keyFile, { force: true }).catch(() => {});
  }
}
