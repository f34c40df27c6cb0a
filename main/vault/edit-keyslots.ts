// Adds, changes and removes keyslots of a gocryptfs vault that a secret opens. Each edit replaces keyslots.json in one
// durable step: after a power cut the old ways in open, or the new ones. A key file is durable before keyslots.json names
// it, so that a cut leaves at worst a key file that opens nothing. Runs in the owner program, under the keyslots lock,
// also while the vault is open. What may not be done is decided by keyslots/guards.ts, never here.
import { fail, type Result } from '../../preload/contract/result';
import { writeDurably } from '../files/durable';
import { faultOfErrno } from '../files/errno';
import { joinBoth, splitBoth } from './both-secret';
import { withKeyFile } from './key-usb/write-key';
import { formatKeyslots, freeKeyslotId, type Keyslot, type Keyslots, maxKeyslots } from './keyslots/format';
import { needsOtherSecret, provingKeyslots } from './keyslots/guards';
import { readKeyslots } from './keyslots/read-keyslots';
import { sealVolumeKey } from './keyslots/seal';
import { keyslotsFileOf } from './places';
import { unsealBy } from './unseal';
import type { KeyslotKind, SecretKind } from './vault';

/** What opens the vault for the edit. Normalized; the caller wipes `secret`. */
export interface Editing {
  readonly home: string;
  readonly kind: SecretKind;
  readonly secret: Uint8Array;
}

/** Of any kind of vault. */
export interface NewKeyslot {
  readonly name: string;
  readonly add: KeyslotKind;
  /** The new passphrase (normalized and checked), the recovery key's digits, or nothing for a key USB alone; the caller wipes it. */
  readonly given: Uint8Array;
  /** Where a new key file goes, for keyUsb and both. */
  readonly keyFolder: string | null;
}

/** Faults: wrongSecret, mistypedKey, alreadyThere (a key file is there), full (all keyslots taken, or the disk), io. */
export async function addKeyslot(about: Editing & NewKeyslot): Promise<Result<void>> {
  const stage = 'vault.addKeyslot';
  const { name, add, given, keyFolder } = about;
  return edit(about, stage, async ({ keyslots, volumeKey }) => {
    const id = freeKeyslotId(keyslots);
    if (id === null)
      return fail({ code: 'full', stage, message: `all ${maxKeyslots} keyslots of the vault are taken` });
    const seal = async (secret: Uint8Array): Promise<Result<void>> => {
      const slot = await sealVolumeKey({
        ...{ volumeKey, secret, uuid: keyslots.uuid },
        ...{ id, name, kind: add },
      });
      return replace(about.home, keyslots, [...keyslots.keyslots, slot], stage);
    };
    if (keyFolder === null) return seal(given);
    return withKeyFile(keyFolder, stage, async (key) => {
      const secret = add === 'both' ? joinBoth(given, key) : key;
      const sealed = await seal(secret);
      secret.fill(0);
      return sealed;
    });
  });
}

/**
 * The keyslot keeps its number and its name. One for both keeps its key file, which must be part of the secret that opens.
 * Faults: wrongSecret, mistypedKey, missingKeyslot, missingKey (for both without its key file), io.
 */
export async function changePassphrase(
  about: Editing & { readonly id: number; readonly given: Uint8Array },
): Promise<Result<void>> {
  const stage = 'vault.changePassphrase';
  const { home, id, given } = about;
  return edit(about, stage, async ({ keyslots, volumeKey }) => {
    const slot = keyslots.keyslots.find((each) => each.id === id);
    if (slot === undefined || (slot.kind !== 'passphrase' && slot.kind !== 'both'))
      return fail({ code: 'missingKeyslot', stage, message: `keyslot ${id} is none of a passphrase` });
    const key = about.kind === 'both' ? splitBoth(about.secret)?.keyFile : undefined;
    if (slot.kind === 'both' && key === undefined)
      return fail({ code: 'missingKey', stage, message: 'its key USB is needed too' });
    const secret = slot.kind === 'both' && key !== undefined ? joinBoth(given, key) : Buffer.from(given);
    const { name, kind } = slot;
    const sealed = await sealVolumeKey({ volumeKey, secret, uuid: keyslots.uuid, id, name, kind });
    secret.fill(0);
    const slots = keyslots.keyslots.map((each) => (each.id === id ? sealed : each));
    return replace(home, keyslots, slots, stage);
  });
}

/** Faults: wrongSecret, mistypedKey, missingKeyslot, lastKeyslot, otherSecretNeeded, io. */
export async function removeKeyslot(about: Editing & { readonly id: number }): Promise<Result<void>> {
  const stage = 'vault.removeKeyslot';
  const { home, id, kind, secret } = about;
  const read = await readKeyslots(home);
  if (!read.ok) return read;
  const keyslots = read.value;
  const proving = provingKeyslots({ slots: keyslots.keyslots, id });
  if (!proving.ok) return proving;
  const rest = [...proving.value];
  const proven = await unsealBy({ keyslots: { ...keyslots, keyslots: rest }, secret, kind, stage });
  if (proven.ok) {
    proven.value.fill(0);
    return replace(home, keyslots, rest, stage);
  }
  if (proven.fault.code !== 'wrongSecret' && proven.fault.code !== 'missingKey') return proven;
  const only = keyslots.keyslots.filter((each) => each.id === id);
  const own = await unsealBy({ keyslots: { ...keyslots, keyslots: only }, secret, kind, stage });
  if (!own.ok) return proven;
  own.value.fill(0);
  return needsOtherSecret(id);
}

/** Opens, works, wipes the volume key. */
async function edit(
  about: Editing,
  stage: string,
  work: (opened: { keyslots: Keyslots; volumeKey: Buffer }) => Promise<Result<void>>,
): Promise<Result<void>> {
  const read = await readKeyslots(about.home);
  if (!read.ok) return read;
  const { secret, kind } = about;
  const opened = await unsealBy({ keyslots: read.value, secret, kind, stage });
  if (!opened.ok) return opened;
  try {
    return await work({ keyslots: read.value, volumeKey: opened.value });
  } catch (error) {
    return fail(faultOfErrno(error, stage)); // no memory for Argon2id
  } finally {
    opened.value.fill(0);
  }
}

function replace(
  home: string,
  keyslots: Keyslots,
  slots: readonly Keyslot[],
  stage: string,
): Promise<Result<void>> {
  return writeDurably(keyslotsFileOf(home), formatKeyslots({ ...keyslots, keyslots: [...slots] }), stage);
}
