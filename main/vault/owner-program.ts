// The owner program (out/programs/owner.cjs): the only program that ever holds a volume key or runs Argon2id. Started by
// start-owner.ts with core dumps off and, for a vault that is opened, under the vault's lock. It reports on descriptor 4
// until the work is done. The secret is on descriptor 3: the modes that end read it once, into one buffer that they wipe;
// an owner, which stays, never reads it, but has its helper do that (unseal-apart.ts).
import { closeSync, mkdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress, Progress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { faultOfErrno } from '../files/errno';
import { openLog } from '../files/log';
import { secretBytes } from '../process/secret-bytes';
import { joinBoth, splitBoth } from './both-secret';
import { type ClosingMount, clearDeadMount } from './close-mount';
import * as gocryptfsEdits from './edit-keyslots';
import { findVault } from './find-vault';
import { mountCipher } from './gocryptfs';
import { keyFileBytes } from './key-usb/key-file';
import { readKeyslots } from './keyslots/read-keyslots';
import { settleLeftover } from './leftover-mount';
import * as luks2Edits from './luks2/edit';
import { readLuks2Home, writeLuks2Home } from './luks2/home';
import { checkDisk, formatDisk, openDisk } from './luks2/remote';
import { makeVault } from './make-vault';
import { type Mounted, type Owner, ownVault } from './owner';
import {
  type OwnerArguments,
  parseOwnerArguments,
  type Report,
  reportDescriptor,
  secretDescriptor,
  volumeKeyDescriptor,
} from './owner-arguments';
import { maxPassphraseBytes, normalizePassphrase, refuseNewPassphrase } from './passphrase';
import { makeRuntimeFolder } from './places';
import { readRecoveryKey, recoveryKeyDigits } from './recovery/recovery-key';
import { unsealBy } from './unseal';
import { unsealApart } from './unseal-apart';
import type { SecretKind } from './vault';

let owner: Owner | null = null;

function report(line: Report): void {
  try {
    writeSync(reportDescriptor, `${JSON.stringify(line)}\n`);
  } catch {
    // The opener is gone. Its absence is noticed by nobody attaching.
  }
}

const onProgress: OnProgress = (progress) => report({ progress });

async function main(): Promise<void> {
  process.umask(0o077); // gocryptfs inherits it
  const about = parseOwnerArguments(process.argv.slice(2));
  const done = await work(about);
  report(done.ok ? { done: true } : { fault: done.fault });
  closeSync(reportDescriptor);
  await owner?.finished;
}

function work(about: OwnerArguments): Promise<Result<void>> {
  switch (about.mode) {
    case 'open':
    case 'adopt':
      return own(about);
    case 'unseal':
    case 'check':
      return unseal(about);
    case 'create':
      return create(about);
    default:
      return edit(about);
  }
}

type Making = Extract<OwnerArguments, { mode: 'create' }>;
type Editing = Extract<OwnerArguments, { mode: 'addKeyslot' | 'changePassphrase' | 'removeKeyslot' }>;

/** Makes a vault: work with an end, nothing stays open. */
async function create(about: Making): Promise<Result<void>> {
  const recovery = about.recovery === 'true' ? readRecovery() : null;
  const secret = readSecret(about.secretKind);
  try {
    if (!secret.ok) return secret;
    const { home, name, secretKind: kind } = about;
    const refused = kind === 'passphrase' ? refuseNewPassphrase(secret.value) : ok(undefined);
    if (!refused.ok) return refused;
    if (about.disk !== undefined)
      return await makeOnDisk({ home, name, kind, secret: secret.value, recovery, disk: about.disk });
    return await makeVault({ home, name, kind, secret: secret.value, recovery, onProgress });
  } finally {
    recovery?.fill(0);
    if (secret.ok) secret.value.fill(0);
  }
}

/** The same on a disk of soulpadd's, which the home then names. */
async function makeOnDisk(about: {
  readonly home: string;
  readonly name: string;
  readonly kind: SecretKind;
  readonly secret: Uint8Array;
  readonly recovery: Uint8Array | null;
  readonly disk: string;
}): Promise<Result<void>> {
  const { home, disk } = about;
  const there = await findVault(home);
  if (there.ok || there.fault.code !== 'missingVault')
    return fail({
      code: 'alreadyThere',
      stage: 'vault.create',
      message: `there is a vault in ${home} already`,
    });
  onProgress({ ...keyStep(0, 2), stage: 'create', reversible: false });
  const uuid = await formatDisk({ disk, keyslots: luks2Edits.firstKeyslots(about) });
  return uuid.ok ? writeLuks2Home(home, uuid.value) : uuid;
}

/** Edits keyslots: the same. */
async function edit(about: Editing): Promise<Result<void>> {
  const raw = readNewSecret();
  const given = isOfPassphrase(about) ? newPassphrase(raw) : ok(raw);
  const secret = readSecret(about.secretKind);
  try {
    if (!given.ok) return given;
    if (!secret.ok) return secret;
    const { home, secretKind: kind } = about;
    const vault = await findVault(home);
    if (!vault.ok) return vault;
    const editing = { home, uuid: vault.value.uuid, kind, secret: secret.value };
    const acts = vault.value.places.kind === 'luks2' ? luks2Edits : gocryptfsEdits;
    onProgress(keyStep(0, 1));
    if (about.mode === 'removeKeyslot') return await acts.removeKeyslot({ ...editing, id: about.id });
    if (about.mode === 'changePassphrase')
      return await acts.changePassphrase({ ...editing, id: about.id, given: given.value });
    const { name, add, keyFolder = null } = about;
    if ((add === 'keyUsb' || add === 'both') !== (keyFolder !== null))
      return fail({ code: 'usage', stage: 'vault.addKeyslot', message: 'a key file needs its folder' });
    return await acts.addKeyslot({ ...editing, name, add, given: given.value, keyFolder });
  } finally {
    raw.fill(0);
    if (given.ok) given.value.fill(0);
    if (secret.ok) secret.value.fill(0);
  }
}

function isOfPassphrase(about: Editing): boolean {
  if (about.mode === 'addKeyslot') return about.add === 'passphrase' || about.add === 'both';
  return about.mode === 'changePassphrase';
}

function newPassphrase(raw: Uint8Array): Result<Buffer> {
  const normalized = normalizePassphrase(raw);
  if (!normalized.ok) return normalized;
  const refused = refuseNewPassphrase(normalized.value);
  if (refused.ok) return normalized;
  normalized.value.fill(0);
  return refused;
}

async function own(about: Extract<OwnerArguments, { mode: 'open' | 'adopt' }>): Promise<Result<void>> {
  const ending = new AbortController();
  process.on('SIGTERM', () => ending.abort());
  process.on('SIGHUP', () => {}); // a terminal that closes is no reason to close the vault
  const found = await findVault(about.home);
  if (!found.ok) return found;
  const { places, uuid } = found.value;
  const made = makeRuntimeFolder(places);
  if (!made.ok) return made;
  const { say } = openLog(join(places.runtimeFolder, 'owner.log'));
  const mounting = { places, uuid, say };
  const owned = await ownVault({
    ...mounting,
    opener: about.mode === 'open' ? { program: about.program, pid: about.pid } : null,
    stays: about.mode === 'open' && about.stays === 'true',
    mount: () =>
      about.mode === 'open'
        ? openMount({
            ...{ mounting, uuid, home: about.home, kind: about.secretKind },
            signal: ending.signal,
          })
        : takeOver(mounting),
    signal: ending.signal,
  });
  if (!owned.ok) return owned;
  owner = owned.value;
  return ok(undefined);
}

/**
 * For the owner that started us: the volume key goes to it (`check`: to nobody), and the secret ends with this process.
 * A LUKS2 vault is opened or checked by soulpadd instead: no key comes back.
 */
async function unseal(about: Extract<OwnerArguments, { mode: 'unseal' | 'check' }>): Promise<Result<void>> {
  const { home, secretKind: kind } = about;
  const disk = await readLuks2Home(home);
  if (!disk.ok) return disk;
  if (disk.value !== null) {
    const secret = readSecret(kind);
    if (!secret.ok) return secret;
    const act = about.mode === 'check' ? checkDisk : openDisk;
    return act({ uuid: disk.value, secret: { kind, bytes: secret.value } });
  }
  const keyslots = await readKeyslots(home);
  if (!keyslots.ok) return keyslots;
  const secret = readSecret(kind);
  if (!secret.ok) return secret;
  const onTried = (done: number, total: number): void => onProgress(keyStep(done, total));
  const asked = { keyslots: keyslots.value, secret: secret.value, kind, stage: 'vault.open', onTried };
  const opened = await unsealBy(asked);
  secret.value.fill(0);
  if (!opened.ok) return opened;
  if (about.mode === 'unseal') writeSync(volumeKeyDescriptor, opened.value);
  opened.value.fill(0);
  return ok(undefined);
}

function keyStep(done: number, total: number): Progress {
  return { stage: 'key', done, total, unit: 'steps', secondsLeft: null, reversible: true };
}

/** The volume key is wiped once it is mounted. */
async function openMount(about: {
  readonly mounting: ClosingMount;
  readonly home: string;
  readonly uuid: string;
  readonly kind: SecretKind;
  readonly signal: AbortSignal;
}): Promise<Result<Mounted>> {
  const { mounting, home, uuid, kind, signal } = about;
  const settled = await settleLeftover(mounting);
  if (!settled.ok) return settled;
  if (settled.value === 'kept') return stillInUse();
  onProgress(keyStep(0, 1));
  const opened = await unsealApart({
    home,
    kind,
    onProgress,
    signal,
    key: mounting.places.kind === 'gocryptfs',
  });
  if (!opened.ok) return opened;
  const volumeKey = opened.value;
  if (volumeKey === null) return ok({ server: null }); // mounted by soulpadd; the owner watches it
  try {
    onProgress({ ...keyStep(0, 1), stage: 'mount' });
    const mounted = await mountCipher({ places: mounting.places, uuid, volumeKey });
    if (!mounted.ok) return mounted;
    mkdirSync(join(mounting.places.mountPoint, 'guests'), { recursive: true, mode: 0o700 });
    return ok({ server: mounted.value });
  } catch (error) {
    await clearDeadMount(mounting); // a full or read-only stick
    return fail(faultOfErrno(error, 'vault.open'));
  } finally {
    volumeKey.fill(0);
  }
}

/** Adopts what a killed owner left, but only for a guest that lives in it; without one the vault is closed. */
async function takeOver(mounting: ClosingMount): Promise<Result<Mounted>> {
  const settled = await settleLeftover(mounting);
  if (!settled.ok) return settled;
  if (settled.value === 'kept') return ok({ server: null });
  return fail({ code: 'missingVault', stage: 'vault.adopt', message: 'the vault is not open' });
}

function stillInUse(): Result<never> {
  return fail({
    code: 'busy',
    stage: 'vault.open',
    message: 'a guest or another program still uses this vault',
    hint: 'it is open already: go back to it',
  });
}

/** The 48 digits before the secret. Only our own programs write them: anything else is a bug, and thrown. */
function readRecovery(): Buffer {
  const digits = readExactly(recoveryKeyDigits);
  const read = readRecoveryKey(digits);
  if (read.is === 'key') {
    read.digits.fill(0);
    return digits;
  }
  digits.fill(0);
  throw new Error('what came before the secret is no recovery key');
}

/** What an edit's new secret is, before the one that opens (writeFramed); empty: none. */
function readNewSecret(): Buffer {
  return readExactly(readExactly(2).readUInt16BE());
}

function readExactly(length: number): Buffer {
  const bytes = secretBytes(length);
  for (let at = 0; at < length; ) {
    const got = readSync(secretDescriptor, bytes, at, length - at, null);
    if (got === 0) throw new Error('the secret ended too early');
    at += got;
  }
  return bytes;
}

/** Reads descriptor 3 to its end, into one buffer. The caller wipes the value. Faults: usage, damagedKeyFile. */
function readSecret(kind: SecretKind): Result<Buffer> {
  const held = secretBytes(maxPassphraseBytes + 1 + (kind === 'both' ? 1 + keyFileBytes : 0));
  try {
    let length = 0;
    for (let got = -1; got !== 0 && length < held.length; length += got)
      got = readSync(secretDescriptor, held, length, held.length - length, null);
    const given = held.subarray(0, length);
    if (kind === 'passphrase') return normalizePassphrase(given);
    if (kind === 'both') return normalizeBoth(given);
    if (length === keyFileBytes) return ok(Buffer.from(given));
    return fail({
      code: 'damagedKeyFile',
      stage: 'vault.open',
      message: `a key file has ${keyFileBytes} bytes`,
    });
  } finally {
    held.fill(0);
    closeSync(secretDescriptor);
  }
}

function normalizeBoth(given: Uint8Array): Result<Buffer> {
  const parts = splitBoth(given);
  if (parts === null) return fail({ code: 'usage', stage: 'vault.open', message: 'not both secrets' });
  const passphrase = normalizePassphrase(parts.passphrase);
  if (!passphrase.ok) return passphrase;
  const both = joinBoth(passphrase.value, parts.keyFile);
  passphrase.value.fill(0);
  return ok(both);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    report({ fault: { code: 'bug', stage: 'vault.owner', message: message.slice(0, 2000) } });
    process.exit(70);
  },
);
