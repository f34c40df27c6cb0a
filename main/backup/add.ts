// Adding a repository: made new, or one that is there taken up again. Two passwords open it: a random one that lies in
// the vault, and the recovery key on the person's paper (docs/decisions), so that paper and repository alone make a lost
// stick whole again, with us or with stock restic. It is known to the vault only when all of that was tried.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fsyncFolder, writeDurably } from '../files/durable';
import { attempt } from '../files/errno';
import type { ReadLocation } from './location';
import {
  keyIdFile,
  newKey,
  type Repository,
  readRepository,
  removeAccess,
  repositoriesFolder,
  repositoryFolder,
  writeAccess,
  writeRepository,
} from './repository';
import { type Access, restic, resticVersion } from './restic';
import { readConfigId, readOwnKeyId } from './restic-messages';
import { pinHostKey, provideSshKey, scanHostKeys } from './ssh';

const stage = 'backup.add';

export interface NewRepository extends ReadLocation {
  readonly mountPoint: string;
  readonly settings: Pick<Repository, 'name' | 'appendOnly' | 'moments' | 'afterSuspend' | 'keep'>;
  /** 48 ASCII digits; wiped here. */
  readonly recovery: Uint8Array;
  /** A private key to use with sftp; null: a new one is made. */
  readonly sshKey: string | null;
  /** The server's fingerprint (SHA256:...) that the person has compared; null: not yet. */
  readonly trust: string | null;
  readonly now: string;
  readonly signal: AbortSignal;
}

export interface Added {
  readonly repository: Repository;
  /** False: a repository was there, and our paper opened it. */
  readonly made: boolean;
}

/**
 * Faults: alreadyThere (the name is taken), wrongHostKey (not compared yet: the hint has the fingerprint, or another one
 * answers), denied (the hint has our public key, for the server), wrongBackupKey (a repository is there that this
 * recovery key does not open), missingRepository, readOnlyRepository, full, cancelled, io.
 */
export async function addRepository(about: NewRepository): Promise<Result<Added>> {
  const { mountPoint, settings, recovery } = about;
  const folder = repositoryFolder(mountPoint, settings.name);
  // Kept from try to try, so that a server's owner is given one public key and not one a try.
  const trying = join(repositoriesFolder(mountPoint), `.new-${settings.name}`);
  const key = newKey();
  try {
    const known = await readRepository(mountPoint, settings.name);
    if (known.ok)
      return fail({
        code: 'alreadyThere',
        stage,
        message: `a repository is called ${settings.name} already`,
      });
    const usable = await resticVersion();
    if (!usable.ok) return usable;
    const written = await writeAccess(trying, { ...about, key });
    if (!written.ok) return written;
    const reachable = await prepareSsh(about, trying);
    if (!reachable.ok) return reachable;
    const access: Access = { folder: trying, location: about.location, password: key };
    const opened = await openOrMake(about, access);
    if (!opened.ok) return fail(await explained(opened.fault, about, trying));
    const repository: Repository = {
      ...{ format: 'soulpad-repository', version: 1, ...settings },
      ...{ location: about.location, id: opened.value.id, addedAt: about.now },
    };
    const named = await writeRepository(trying, repository);
    if (!named.ok) return named;
    const renamed = await attempt(stage, () => rename(trying, folder));
    const synced = renamed.ok ? await fsyncFolder(repositoriesFolder(mountPoint), stage) : renamed;
    return synced.ok ? ok({ repository, made: opened.value.made }) : synced;
  } finally {
    key.fill(0);
    recovery.fill(0);
  }
}

/** Forgets a repository; what lies in it stays there. Faults: missingRepository, denied, io. */
export async function forgetRepository(mountPoint: string, name: string): Promise<Result<void>> {
  const known = await readRepository(mountPoint, name);
  return known.ok ? removeAccess(repositoryFolder(mountPoint, name)) : known;
}

/** Pins the host key that the person has compared. Faults: wrongHostKey, missingRepository, unusableFile, io. */
export async function prepareSsh(
  about: Pick<NewRepository, 'location' | 'sshKey' | 'trust'>,
  folder: string,
): Promise<Result<void>> {
  const { location, trust } = about;
  if (location.kind !== 'sftp') return ok(undefined);
  const ready = await provideSshKey(folder, about.sshKey);
  if (!ready.ok) return ready;
  const shown = await scanHostKeys(location);
  if (!shown.ok) return shown;
  const trusted = shown.value.find((key) => key.fingerprint === trust);
  if (trusted !== undefined) return pinHostKey(folder, location, trusted);
  const seen = shown.value.map((key) => key.fingerprint).join(', ');
  return fail({
    code: 'wrongHostKey',
    stage,
    message:
      trust === null
        ? `${location.host} shows the host key ${seen}; it was not compared yet`
        : `${location.host} does not show the host key ${trust}, but ${seen}`,
    hint: `compare it with what the server's owner says, then: --trust ${shown.value[0]?.fingerprint ?? ''}`,
  });
}

/** The server knows our key by a line that somebody has to add there. */
async function explained(fault: Fault, about: NewRepository, folder: string): Promise<Fault> {
  if (fault.code !== 'denied' || about.location.kind !== 'sftp') return fault;
  const line = await provideSshKey(folder, null);
  if (!line.ok) return fault;
  return {
    ...fault,
    hint: `add this line to authorized_keys of ${about.location.user}: ${line.value}`.slice(0, 500),
  };
}

/** Makes the repository with the recovery key as its first password, or opens what is there with it; then adds ours. */
async function openOrMake(
  about: NewRepository,
  access: Access,
): Promise<Result<{ readonly id: string; readonly made: boolean }>> {
  const { recovery, signal } = about;
  const paper: Access = { ...access, password: recovery };
  const found = await idOf(paper, signal);
  const isNew = !found.ok && found.fault.code === 'missingRepository';
  if (!found.ok && !isNew) return found;
  if (isNew) {
    const made = await restic(paper, { stage, signal, args: ['init', '--repository-version', '2'] });
    if (!made.ok) return made;
  }
  const added = await addKey(access, paper, signal);
  if (!added.ok) return added;
  const noted = await noteKeyId(access, signal);
  if (!noted.ok) return noted;
  const id = await idOf(access, signal);
  return id.ok ? ok({ id: id.value, made: isNew }) : id;
}

async function addKey(access: Access, paper: Access, signal: AbortSignal): Promise<Result<void>> {
  const path = join(access.folder, 'key');
  const added = await restic(paper, {
    ...{ stage, signal, args: ['key', 'add', '--new-password-file', path] },
  });
  return added.ok ? ok(undefined) : added;
}

/** Which of the repository's keys is ours. Where restic does not tell, each run only takes longer. */
async function noteKeyId(access: Access, signal: AbortSignal): Promise<Result<void>> {
  const told = await restic(access, { stage, signal, args: ['key', 'list', '--json', '--no-lock'] });
  if (!told.ok) return told;
  const id = readOwnKeyId(told.value.stdout);
  return id === null ? ok(undefined) : writeDurably(join(access.folder, keyIdFile), `${id}\n`, stage);
}

/** Faults: damagedBackup, wrongBackupKey, missingRepository, and the others of `restic`. */
export async function idOf(access: Access, signal: AbortSignal): Promise<Result<string>> {
  const asked = await restic(access, { stage, signal, args: ['cat', 'config', '--no-lock'] });
  if (!asked.ok) return asked;
  const id = readConfigId(asked.value.stdout);
  if (id !== null) return ok(id);
  return fail({ code: 'damagedBackup', stage, message: 'the repository does not say what it is' });
}
