// A repository as the vault knows it: where it is, its key, what is backed up to it and what was seen of it. One folder
// each, inside the open vault, so that keys and credentials are as secret as the guests and travel with them. It must
// never write a key or a password anywhere else.
//
//   backup/repositories/<name>/repository.json   what a person chose
//                              key               restic's password: 256 random bits
//                              key-id            restic's name of that key, which is no secret
//                              location          the address for restic, with rest-server's password in it
//                              credentials       S3's keys, in the form that S3 clients read
//                              ssh-key, known_hosts
//                              state.json        what the last runs came to (state.ts)
//                              cache/            restic's, of a repository behind a network
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded, readRecord } from '../files/bounded';
import { writeDurably } from '../files/durable';
import { attempt, faultOfErrno } from '../files/errno';
import { locationSchema, type ReadLocation, resticLocation } from './location';

const stage = 'backup.repository';

export const repositoryNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a-z, 0-9 and -');

/** How many moments of each guest stay in the repository. The last two good ones stay whatever it says. */
export const keepSchema = z.strictObject({
  last: z.number().int().min(0).max(10_000),
  days: z.number().int().min(0).max(10_000),
  weeks: z.number().int().min(0).max(10_000),
  months: z.number().int().min(0).max(10_000),
});
export type KeepMoments = z.infer<typeof keepSchema>;

export const keepByDefault: KeepMoments = { last: 5, days: 7, weeks: 5, months: 12 };

const repositorySchema = z.strictObject({
  format: z.literal('soulpad-repository'),
  version: z.literal(1),
  name: repositoryNameSchema,
  location: locationSchema,
  /** The server lets nobody remove anything; pruning is its own. */
  appendOnly: z.boolean(),
  /** Which saved moments go: all that are whole, or only the one that wakes next. */
  moments: z.enum(['all', 'last']),
  /** After a suspend, before the PC is switched off. */
  afterSuspend: z.boolean(),
  keep: keepSchema,
  /** restic's own name of it, asked when it was made: another repository in its place is noticed. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  addedAt: z.iso.datetime(),
});
export type Repository = z.infer<typeof repositorySchema>;

/** A vault's folder for backups. Its parent is the vault's mount point. */
export function backupFolder(mountPoint: string): string {
  return join(mountPoint, 'backup');
}

export function repositoriesFolder(mountPoint: string): string {
  return join(backupFolder(mountPoint), 'repositories');
}

export function repositoryFolder(mountPoint: string, name: string): string {
  return join(repositoriesFolder(mountPoint), repositoryNameSchema.parse(name));
}

export const keyFile = 'key';
export const keyIdFile = 'key-id';
export const locationFile = 'location';
export const credentialsFile = 'credentials';
export const sshKeyFile = 'ssh-key';
export const knownHostsFile = 'known_hosts';

const maxKeyBytes = 512;

/** Bytes of restic's password; the caller wipes them. Faults: damagedManifest, missingFile, denied, io. */
export async function readKey(folder: string): Promise<Result<Buffer>> {
  return readBounded({
    path: join(folder, keyFile),
    maxBytes: maxKeyBytes,
    damaged: 'damagedManifest',
    stage,
  });
}

/** Undefined: it was not noted, and restic tries its keys one after another. */
export async function readKeyId(folder: string): Promise<string | undefined> {
  const path = join(folder, keyIdFile);
  const read = await readBounded({ path, maxBytes: 64, damaged: 'damagedManifest', stage });
  const id = read.ok ? read.value.toString('latin1').trim() : '';
  return /^[0-9a-f]{8,64}$/.test(id) ? id : undefined;
}

/** Letters that restic takes as a password. */
export function newKey(): Buffer {
  return Buffer.from(randomBytes(32).toString('base64url'), 'latin1');
}

/** By name. One that cannot be read is left out with its fault. Faults: denied, io. */
export async function listRepositories(
  mountPoint: string,
): Promise<Result<readonly { readonly name: string; readonly repository: Result<Repository> }[]>> {
  let names: string[];
  try {
    names = await readdir(repositoriesFolder(mountPoint));
  } catch (error) {
    const fault = faultOfErrno(error, stage);
    return fault.code === 'missingFile' ? ok([]) : fail(fault);
  }
  const known = names.filter((name) => repositoryNameSchema.safeParse(name).success).sort();
  return ok(
    await Promise.all(
      known.map(async (name) => ({ name, repository: await readRepository(mountPoint, name) })),
    ),
  );
}

/** Faults: missingRepository (none of that name is known), damagedManifest, denied, io. */
export async function readRepository(mountPoint: string, name: string): Promise<Result<Repository>> {
  const missing = fail({
    code: 'missingRepository',
    stage,
    message: `no repository is called ${name}`,
    hint: 'soulpad backup status lists those that are known',
  } as const);
  if (!repositoryNameSchema.safeParse(name).success) return missing;
  const path = join(repositoryFolder(mountPoint, name), 'repository.json');
  const read = await readRecord({ path, schema: repositorySchema, damaged: 'damagedManifest', stage });
  if (!read.ok) return read.fault.code === 'missingFile' ? missing : read;
  if (read.value.name === name) return read;
  return fail({ code: 'damagedManifest', stage, message: `${path} is ${read.value.name}'s` });
}

/** Faults: full, denied, io. */
export function writeRepository(folder: string, repository: Repository): Promise<Result<void>> {
  return writeDurably(join(folder, 'repository.json'), `${JSON.stringify(repository)}\n`, stage);
}

/** Makes the folder with what restic needs to reach the place; repository.json, which makes it known, comes last. */
export async function writeAccess(
  folder: string,
  about: ReadLocation & { readonly key: Uint8Array | null },
): Promise<Result<void>> {
  const { location, credentials, key } = about;
  const made = await attempt(stage, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  if (!made.ok) return made;
  const placed = await writeDurably(join(folder, locationFile), `${resticLocation(about)}\n`, stage);
  if (!placed.ok) return placed;
  if (location.kind === 's3' && credentials !== null) {
    const { user, password } = credentials;
    const text = `[default]\naws_access_key_id=${user}\naws_secret_access_key=${password}\n`;
    const kept = await writeDurably(join(folder, credentialsFile), text, stage);
    if (!kept.ok) return kept;
  }
  return key === null ? ok(undefined) : writeDurably(join(folder, keyFile), key, stage);
}

/** Forgets the way to it; what lies in it stays. Faults: denied, io. */
export function removeAccess(folder: string): Promise<Result<void>> {
  return attempt(stage, () => rm(folder, { recursive: true, force: true }));
}
