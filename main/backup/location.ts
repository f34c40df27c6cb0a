// Where a repository is, as a person writes it: a folder or second disk, sftp, rest-server, S3. Pure. What is no such
// place is refused with the reason; a user name and password are taken out of an address, so that the place can be
// shown, stored and put on a command line, and the secret part cannot.
//
//   /media/disk/soulpad                    a folder
//   sftp://user@host[:port]/path           sftp, path from the server's root
//   rest:https://host[:port]/path          rest-server; rest:http://... for one on the own network
//   s3:https://host[:port]/bucket[/path]   S3 and what speaks like it
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';

const stage = 'backup.location';

const hostSchema = z.string().regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/i);
const pathSchema = z
  .string()
  .max(1000)
  .regex(/^\/[^\p{Cc}'"\\]*$/u);

const folderSchema = z.strictObject({ kind: z.literal('folder'), path: pathSchema });
const sftpSchema = z.strictObject({
  kind: z.literal('sftp'),
  user: z.string().regex(/^[a-z_][a-z0-9_.-]{0,63}$/i),
  host: hostSchema,
  port: z.number().int().min(1).max(65_535),
  path: pathSchema,
});
const restSchema = z.strictObject({
  kind: z.literal('rest'),
  protocol: z.enum(['http', 'https']),
  host: hostSchema,
  port: z.number().int().min(1).max(65_535).nullable(),
  path: pathSchema,
});
const s3Schema = z.strictObject({ ...restSchema.shape, kind: z.literal('s3') });

/** A place without its secrets. */
export const locationSchema = z.discriminatedUnion('kind', [folderSchema, sftpSchema, restSchema, s3Schema]);
export type Location = z.infer<typeof locationSchema>;
export type RepositoryKind = Location['kind'];

/** User and password of rest-server, access key id and secret of S3. */
export const credentialsSchema = z.strictObject({
  user: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x7e]+$/),
  password: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\x21-\x7e]+$/),
});
export type Credentials = z.infer<typeof credentialsSchema>;

export interface ReadLocation {
  readonly location: Location;
  readonly credentials: Credentials | null;
}

/** Fault usage, which never repeats what was written: it may hold a password. */
export function readLocation(text: string): Result<ReadLocation> {
  if (text.startsWith('/')) return checked({ kind: 'folder', path: tidy(text) }, null);
  const [, scheme, rest] = /^(sftp:(?=\/\/)|rest:(?=https?:)|s3:(?=https?:))(.*)$/s.exec(text) ?? [];
  if (scheme === undefined || rest === undefined)
    return fail(wrong('it is neither a folder that begins with / nor sftp://, rest:https:// or s3:https://'));
  const url = parse(rest, scheme);
  if (url === null || url.search !== '' || url.hash !== '') return fail(wrong('its address cannot be read'));
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const path = tidy(decodeURIComponent(url.pathname));
  const port = url.port === '' ? null : Number(url.port);
  if (scheme === 'sftp:') {
    if (password !== '') return fail(wrong('sftp takes a key, never a password in its address'));
    return checked({ kind: 'sftp', user, host: url.hostname, port: port ?? 22, path }, null);
  }
  const credentials = user === '' && password === '' ? null : { user, password };
  const protocol = url.protocol.slice(0, -1);
  return checked({ kind: scheme.slice(0, -1), protocol, host: url.hostname, port, path }, credentials);
}

function parse(rest: string, scheme: string): URL | null {
  try {
    return new URL(scheme === 'sftp:' ? `http:${rest}` : rest);
  } catch {
    return null;
  }
}

function tidy(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}

function checked(location: unknown, credentials: unknown): Result<ReadLocation> {
  const place = locationSchema.safeParse(location);
  if (!place.success) {
    const part = place.error.issues[0]?.path.join('.') ?? '';
    return fail(wrong(`its ${part === '' ? 'address' : part} is not one that can be used`));
  }
  const known = credentialsSchema.nullable().safeParse(credentials);
  if (!known.success) return fail(wrong('user and password go together, in plain letters and signs'));
  return ok({ location: place.data, credentials: known.data });
}

function wrong(why: string): Fault {
  return {
    code: 'usage',
    stage,
    message: `this is no place for backups: ${why}`,
    hint: 'such as /media/disk/soulpad, sftp://user@host/path, rest:https://host/path, s3:https://host/bucket',
  };
}

/** For people and scripts: never with a secret. */
export function sayLocation(location: Location): string {
  switch (location.kind) {
    case 'folder':
      return location.path;
    case 'sftp':
      return `sftp://${location.user}@${location.host}${location.port === 22 ? '' : `:${location.port}`}${location.path}`;
    case 'rest':
    case 's3':
      return `${location.kind}:${location.protocol}://${hostOf(location)}${location.path}`;
  }
}

function hostOf({ host, port }: Extract<Location, { kind: 'rest' | 's3' }>): string {
  return port === null ? host : `${host}:${port}`;
}

/** As restic takes it (restic docs/030_preparing_a_new_repo.rst); with the credentials of rest-server in it. */
export function resticLocation({ location, credentials }: ReadLocation): string {
  switch (location.kind) {
    case 'folder':
      return location.path;
    case 'sftp':
      return `sftp://${location.user}@${location.host}:${location.port}/${location.path}`;
    case 'rest': {
      const who =
        credentials === null
          ? ''
          : `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`;
      return `rest:${location.protocol}://${who}${hostOf(location)}${location.path === '/' ? '' : location.path}/`;
    }
    case 's3':
      return `s3:${location.protocol}://${hostOf(location)}${location.path}`;
  }
}

/** Reached over a network, which may be metered. */
export function isRemote(location: Location): boolean {
  return location.kind !== 'folder';
}
