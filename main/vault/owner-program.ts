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
import { addKeyUsb } from './add-keyslot';
import { type ClosingMount, clearDeadMount } from './close-mount';
import { mountCipher } from './gocryptfs';
import { keyFileBytes } from './key-usb/key-file';
import { readKeyslots } from './keyslots/read-keyslots';
import { settleLeftover } from './leftover-mount';
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
import { makeRuntimeFolder, placesOf, runtimeRoot } from './places';
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
  const done =
    about.mode === 'open' || about.mode === 'adopt'
      ? await own(about)
      : about.mode === 'unseal'
        ? await unseal(about)
        : await change(about);
  report(done.ok ? { done: true } : { fault: done.fault });
  closeSync(reportDescriptor);
  await owner?.finished;
}

/** create and addKeyUsb: work with an end, nothing stays open. */
async function change(
  about: Extract<OwnerArguments, { mode: 'create' | 'addKeyUsb' }>,
): Promise<Result<void>> {
  const recovery = about.mode === 'create' && about.recovery === 'true' ? readRecovery() : null;
  const secret = readSecret(about.secretKind);
  try {
    if (!secret.ok) return secret;
    const { home, name, secretKind: kind } = about;
    if (about.mode === 'addKeyUsb')
      return await addKeyUsb({ home, name, kind, secret: secret.value, keyFolder: about.keyFolder });
    const refused = kind === 'passphrase' ? refuseNewPassphrase(secret.value) : ok(undefined);
    if (!refused.ok) return refused;
    return await makeVault({ home, name, kind, secret: secret.value, recovery, onProgress });
  } finally {
    recovery?.fill(0);
    if (secret.ok) secret.value.fill(0);
  }
}

async function own(about: Extract<OwnerArguments, { mode: 'open' | 'adopt' }>): Promise<Result<void>> {
  const ending = new AbortController();
  process.on('SIGTERM', () => ending.abort());
  process.on('SIGHUP', () => {}); // a terminal that closes is no reason to close the vault
  const keyslots = await readKeyslots(about.home);
  if (!keyslots.ok) return keyslots;
  const { uuid } = keyslots.value;
  const found = placesOf({ home: about.home, uuid, root: runtimeRoot() });
  if (!found.ok) return found;
  const places = found.value;
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

/** For the owner that started us: the volume key goes to it, and the secret ends with this process. */
async function unseal(about: Extract<OwnerArguments, { mode: 'unseal' }>): Promise<Result<void>> {
  const { home, secretKind: kind } = about;
  const keyslots = await readKeyslots(home);
  if (!keyslots.ok) return keyslots;
  const secret = readSecret(kind);
  if (!secret.ok) return secret;
  const onTried = (done: number, total: number): void => onProgress(keyStep(done, total));
  const asked = { keyslots: keyslots.value, secret: secret.value, kind, stage: 'vault.open', onTried };
  const opened = await unsealBy(asked);
  secret.value.fill(0);
  if (!opened.ok) return opened;
  writeSync(volumeKeyDescriptor, opened.value);
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
  const opened = await unsealApart({ home, kind, onProgress, signal });
  if (!opened.ok) return opened;
  const volumeKey = opened.value;
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
  const digits = Buffer.alloc(recoveryKeyDigits);
  for (let length = 0, got = -1; got !== 0 && length < digits.length; length += got)
    got = readSync(secretDescriptor, digits, length, digits.length - length, null);
  const read = readRecoveryKey(digits);
  if (read.is === 'key') {
    read.digits.fill(0);
    return digits;
  }
  digits.fill(0);
  throw new Error('what came before the secret is no recovery key');
}

/** Reads descriptor 3 to its end, into one buffer. The caller wipes the value. Faults: usage, damagedKeyFile. */
function readSecret(kind: SecretKind): Result<Buffer> {
  const held = Buffer.alloc(maxPassphraseBytes + 1);
  try {
    let length = 0;
    for (let got = -1; got !== 0 && length < held.length; length += got)
      got = readSync(secretDescriptor, held, length, held.length - length, null);
    const given = held.subarray(0, length);
    if (kind === 'passphrase') return normalizePassphrase(given);
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

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    report({ fault: { code: 'bug', stage: 'vault.owner', message: message.slice(0, 2000) } });
    process.exit(70);
  },
);
