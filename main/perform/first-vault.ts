// Makes a first vault with a small test guest in it, so that a stranger has something to wake. It stays open.
import type { OnProgress } from '../../preload/contract/progress';
import { fail, type Result } from '../../preload/contract/result';
import { addGuest } from '../guest/store';
import { defineWitness } from '../guest/witness';
import { findWitnessFiles } from '../guest/witness-files';
import type { OpenVault, Vaults } from '../vault/vault';
import type { SecretBox } from './secret-box';

export async function makeFirstVault(about: {
  readonly home: string;
  readonly vaults: Vaults;
  readonly secrets: SecretBox;
  readonly onProgress: OnProgress;
  /** RFC 3339 UTC. */
  readonly now: string;
}): Promise<Result<OpenVault>> {
  const { home, vaults, onProgress } = about;
  const secret = about.secrets.take();
  if (secret === null) {
    return fail({ code: 'bug', stage: 'makeVault', message: 'no secret was handed over' });
  }
  // The callee wipes its copy; one more is needed to open what was made.
  const again = { kind: secret.kind, bytes: Uint8Array.from(secret.bytes) };
  try {
    const witness = findWitnessFiles();
    if (!witness.ok) return witness;
    const made = await vaults.create({ home, name: 'passphrase', secret, onProgress });
    if (!made.ok) return made;
    const vault = await vaults.open({ home, secret: again, program: 'kiosk', stays: false, onProgress });
    if (!vault.ok) return vault;
    const definition = defineWitness({ id: 'witness', name: 'Witness', createdAt: about.now });
    const added = await addGuest({ guestsFolder: vault.value.guestsFolder, definition, boot: witness.value });
    if (!added.ok) {
      await vault.value.close();
      return added;
    }
    return vault;
  } finally {
    secret.bytes.fill(0);
    again.bytes.fill(0);
  }
}
