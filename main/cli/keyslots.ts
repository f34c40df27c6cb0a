// `soulpad vault add-..., change-passphrase, remove-keyslot` and `soulpad keyusb write`: the ways into a vault. Each asks
// for a secret that opens it first, also while the vault is open; what may not be done is refused by the vault organ.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { vaults } from '../vault/open-vaults';
import type { NewKeyslot, Secret, VaultFacts } from '../vault/vault';
import { usage } from './arguments';
import { secretOptions } from './options';
import { readNewPassphrase, readSecret } from './secret';
import { sayVault } from './sentences';
import { type Asked, verb } from './verb';

/** The vault is looked at before any question: nobody types a passphrase for one that is not there. */
async function withSecret(
  asked: Asked,
  work: (secret: Secret) => Promise<Result<VaultFacts>>,
): Promise<Result<VaultFacts>> {
  const there = await vaults().status(asked.home);
  if (!there.ok) return there;
  const secret = await readSecret(asked);
  return secret.ok ? work(secret.value) : secret;
}

async function withNewPassphrase(
  asked: Asked,
  work: (secret: Secret, bytes: Uint8Array) => Promise<Result<VaultFacts>>,
): Promise<Result<VaultFacts>> {
  return withSecret(asked, async (secret) => {
    const given = await readNewPassphrase(asked, 'new-passphrase-fd');
    if (given.ok) return work(secret, given.value.bytes);
    secret.bytes.fill(0);
    return given;
  });
}

function keyFolderOf(asked: Asked): Result<string> {
  const keyFolder = resolve(asked.operand);
  if (existsSync(keyFolder) && statSync(keyFolder).isDirectory()) return ok(keyFolder);
  return fail({
    code: 'missingFile',
    stage: 'vault.addKeyslot',
    message: `${keyFolder} is not a folder`,
    hint: 'mount the key USB and name its folder',
  });
}

function add(asked: Asked, secret: Secret, keyslot: NewKeyslot): Promise<Result<VaultFacts>> {
  const usual = { passphrase: 'passphrase', recovery: 'recovery key', keyUsb: 'key USB', both: 'both' };
  const name = asked.values.name ?? usual[keyslot.kind];
  return vaults().addKeyslot({ home: asked.home, secret, name, add: keyslot, onProgress: asked.onProgress });
}

/** Alone or together with a new passphrase. */
async function writeKeyUsb(asked: Asked, both: boolean): Promise<Result<VaultFacts>> {
  const folder = keyFolderOf(asked);
  if (!folder.ok) return folder;
  const keyFolder = folder.value;
  if (both)
    return withNewPassphrase(asked, (secret, bytes) =>
      add(asked, secret, { kind: 'both', bytes, keyFolder }),
    );
  return withSecret(asked, (secret) => add(asked, secret, { kind: 'keyUsb', keyFolder }));
}

const addKeyUsbVerb = verb({
  topic: 'vault.add-key-usb',
  words: ['vault', 'add-key-usb'],
  operand: 'FOLDER',
  options: ['name', ...secretOptions],
  help: 'Write a new key file to FOLDER (a mounted USB disk), which then opens the vault too.',
  run: (asked) => writeKeyUsb(asked, false),
  say: sayVault,
});

const keyUsbWriteVerb = verb({
  topic: 'keyusb.write',
  words: ['keyusb', 'write'],
  operand: 'FOLDER',
  options: ['name', 'passphrase-fd', 'both', 'new-passphrase-fd'],
  help: 'Write a new key file to FOLDER (a mounted USB disk); with --both it opens only together with a new passphrase.',
  run: (asked) => {
    const flags = new Set([...asked.flags].filter((flag) => flag !== 'both'));
    return writeKeyUsb({ ...asked, flags }, asked.flags.has('both'));
  },
  say: sayVault,
});

const addPassphraseVerb = verb({
  topic: 'vault.add-passphrase',
  words: ['vault', 'add-passphrase'],
  operand: null,
  options: ['name', 'new-passphrase-fd', ...secretOptions],
  help: 'Add another passphrase, which then opens the vault too.',
  run: (asked) =>
    withNewPassphrase(asked, (secret, bytes) => add(asked, secret, { kind: 'passphrase', bytes })),
  say: sayVault,
});

function idOf(asked: Asked): Result<number> {
  return /^\d{1,2}$/.test(asked.operand)
    ? ok(Number(asked.operand))
    : fail(usage('a keyslot is named by its number, see `soulpad vault status --json`'));
}

const changePassphraseVerb = verb({
  topic: 'vault.change-passphrase',
  words: ['vault', 'change-passphrase'],
  operand: 'ID',
  options: ['new-passphrase-fd', ...secretOptions],
  help: 'Change the passphrase of keyslot ID.',
  run: async (asked) => {
    const id = idOf(asked);
    if (!id.ok) return id;
    const { home, onProgress } = asked;
    return withNewPassphrase(asked, (secret, bytes) =>
      vaults().changePassphrase({ home, secret, id: id.value, bytes, onProgress }),
    );
  },
  say: sayVault,
});

const removeKeyslotVerb = verb({
  topic: 'vault.remove-keyslot',
  words: ['vault', 'remove-keyslot'],
  operand: 'ID',
  options: secretOptions,
  help: 'Remove keyslot ID, with a secret that opens another one. The last way in is never removed.',
  run: async (asked) => {
    const id = idOf(asked);
    if (!id.ok) return id;
    const { home } = asked;
    return withSecret(asked, (secret) => vaults().removeKeyslot({ home, secret, id: id.value }));
  },
  say: sayVault,
});

export const keyslotVerbs = [
  addKeyUsbVerb,
  addPassphraseVerb,
  changePassphraseVerb,
  removeKeyslotVerb,
  keyUsbWriteVerb,
];
