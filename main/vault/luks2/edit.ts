// Edits the keyslots of a LUKS2 vault, with the same acts and faults as edit-keyslots.ts has for gocryptfs vaults. LUKS2
// has no edit in one step: a changed passphrase is added first and the old one removed on its word, so that a cut leaves
// both. Runs in the owner program, under the keyslots lock; the work itself is soulpadd's.
import { fail, type Result } from '../../../preload/contract/result';
import { copyOfSecret } from '../../process/secret-bytes';
import { joinBoth, splitBoth } from '../both-secret';
import type { NewKeyslot } from '../edit-keyslots';
import { withKeyFile } from '../key-usb/write-key';
import type { KeyslotKind, SecretKind } from '../vault';
import { addDiskKeyslot, diskOfVault, removeDiskKeyslot } from './remote';

export interface Editing {
  readonly uuid: string;
  readonly kind: SecretKind;
  /** Normalized; the caller wipes it. */
  readonly secret: Uint8Array;
}

export async function addKeyslot(about: Editing & NewKeyslot): Promise<Result<void>> {
  const { name, add, given, keyFolder } = about;
  const put = (bytes: Uint8Array): Promise<Result<void>> =>
    addDiskKeyslot({ uuid: about.uuid, secret: opening(about), slot: { kind: add, name, bytes } });
  if (keyFolder === null) return put(copyOfSecret(given));
  return withKeyFile(keyFolder, 'vault.addKeyslot', (key) =>
    put(add === 'both' ? joinBoth(given, key) : copyOfSecret(key)),
  );
}

export async function changePassphrase(
  about: Editing & { readonly id: number; readonly given: Uint8Array },
): Promise<Result<void>> {
  const stage = 'vault.changePassphrase';
  const { uuid, id, given } = about;
  const disk = await diskOfVault(uuid);
  if (!disk.ok) return disk;
  const slot = disk.value.vault.keyslots.find((each) => each.id === id);
  if (slot === undefined || (slot.kind !== 'passphrase' && slot.kind !== 'both'))
    return fail({ code: 'missingKeyslot', stage, message: `keyslot ${id} is none of a passphrase` });
  const { kind, name } = slot;
  const key = about.kind === 'both' ? splitBoth(about.secret)?.keyFile : undefined;
  if (kind === 'both' && key === undefined)
    return fail({ code: 'missingKey', stage, message: 'its key USB is needed too' });
  const secretOf = (): Uint8Array =>
    kind === 'both' && key !== undefined ? joinBoth(given, key) : copyOfSecret(given);
  const added = await addDiskKeyslot({
    uuid,
    secret: opening(about),
    slot: { kind, name, bytes: secretOf() },
  });
  if (!added.ok) return added;
  return removeDiskKeyslot({ uuid, secret: { kind, bytes: secretOf() }, id });
}

export function removeKeyslot(about: Editing & { readonly id: number }): Promise<Result<void>> {
  return removeDiskKeyslot({ uuid: about.uuid, secret: opening(about), id: about.id });
}

/** A copy: asking wipes what it sends. */
function opening(about: Editing): { kind: SecretKind; bytes: Uint8Array } {
  return { kind: about.kind, bytes: copyOfSecret(about.secret) };
}

/** What a new vault opens with. Copies: asking wipes what it sends. */
export function firstKeyslots(about: {
  readonly kind: SecretKind;
  readonly name: string;
  readonly secret: Uint8Array;
  readonly recovery: Uint8Array | null;
}): { kind: KeyslotKind; name: string; bytes: Uint8Array }[] {
  const { kind, name, secret, recovery } = about;
  const first = { kind, name, bytes: copyOfSecret(secret) };
  if (recovery === null) return [first];
  return [first, { kind: 'recovery', name: 'recovery key', bytes: copyOfSecret(recovery) }];
}
