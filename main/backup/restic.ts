// Stock restic as a process: the only place that starts it. The password goes in by a pipe, an address with a password
// in it lies in a file of the vault, nothing secret is ever in arguments or environment. It dies with us: what was
// uploaded until then is used by the next run.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type Ran, run } from '../process/run';
import type { Location } from './location';
import { credentialsFile, knownHostsFile, locationFile, sshKeyFile } from './repository';
import { faultOfWords } from './restic-words';

/** How a repository is reached. */
export interface Access {
  /** 0700; the files that writeAccess made. */
  readonly folder: string;
  readonly location: Location;
  /** restic's password; the caller wipes it when all is done. */
  readonly password: Uint8Array;
  /** restic's name of the key that the password opens: without it every key before it is tried, half a second each. */
  readonly keyId?: string | undefined;
}

export interface Order {
  readonly stage: string;
  /** The command and its arguments. */
  readonly args: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  /** Each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
  readonly onStart?: (pid: number) => void;
  /** Behind everything else on this PC, for CPU and disk. */
  readonly low?: boolean;
  /** Exit statuses beside 0 that are answers. */
  readonly expected?: readonly number[];
}

/** A person waits for these; a network that does not answer in that time is gone. */
const askWithinMs = 300_000;
/** Lines of progress over a day. */
const maxOutputBytes = 64 << 20;

/**
 * Runs restic to its end. Faults: missingRepository, wrongBackupKey, damagedBackup, lockedRepository,
 * readOnlyRepository, wrongHostKey, clockWrong, full, denied, cancelled, timeout, toolMissing, io.
 */
export async function restic(access: Access, order: Order): Promise<Result<Ran>> {
  const gone = whyGone(access.location, order);
  if (gone !== null) return fail(gone);
  const password = Buffer.concat([access.password, Buffer.from('\n')]);
  const feed = order.onLine === undefined ? null : lineReader(order.onLine);
  const ran = await run({
    program: order.low ? 'nice' : 'restic',
    args: [
      ...(order.low ? ['-n', '19', 'ionice', '-c', '3', 'restic'] : []),
      ...['--repository-file', join(access.folder, locationFile)],
      ...cacheArguments(access),
      ...(access.keyId === undefined ? [] : ['--key-hint', access.keyId]),
      ...sshArguments(access),
      ...order.args,
    ],
    stage: order.stage,
    input: password,
    timeoutMs: order.timeoutMs ?? askWithinMs,
    env: environmentOf(access),
    maxOutputBytes,
    diesWithUs: true,
    // Every status is looked at here, with the words that came with it.
    expected: allStatuses,
    ...(order.signal === undefined ? {} : { signal: order.signal }),
    ...(order.cwd === undefined ? {} : { cwd: order.cwd }),
    ...(feed === null ? {} : { onOutput: feed }),
    ...(order.onStart === undefined ? {} : { onStart: order.onStart }),
  });
  password.fill(0);
  if (!ran.ok) return ran;
  const { status } = ran.value;
  if (status === 0 || order.expected?.includes(status)) return ran;
  const said = `${ran.value.stderr}\n${ran.value.stdout.subarray(0, 4_000).toString('utf8')}`;
  const fault = faultOfWords({ stage: order.stage, status, said });
  if (access.location.kind !== 'sftp' || !['missingRepository', 'io'].includes(fault.code))
    return fail(fault);
  // restic may end before what ssh said has reached it: then ssh is asked itself.
  const words = `${said}\n${await wordsOfSsh(access, order)}`;
  return fail(faultOfWords({ stage: order.stage, status, said: words }));
}

/** What ssh says when it is asked for sftp and nothing more; nothing where it gets in. */
async function wordsOfSsh({ folder, location }: Access, { stage, signal }: Order): Promise<string> {
  if (location.kind !== 'sftp') return '';
  const asked = await run({
    program: 'ssh',
    args: [
      ...['-F', 'none', '-p', String(location.port), '-i', join(folder, sshKeyFile)],
      ...sshOptions(folder).flatMap((option) => ['-o', option]),
      ...[`${location.user}@${location.host}`, '-s', 'sftp'],
    ],
    ...{ stage, timeoutMs: 30_000, expected: allStatuses },
    ...(signal === undefined ? {} : { signal }),
  });
  return asked.ok && asked.value.status !== 0 ? asked.value.stderr : '';
}

/** A wait status has eight bits; ssh ends with 255 when it does not get in (ssh(1), EXIT STATUS). */
const allStatuses = Array.from({ length: 256 }, (_, status) => status);

/** A folder on a disk that is not plugged in is told before restic says it in its way. */
function whyGone(location: Location, { stage, args }: Order): Fault | null {
  if (location.kind !== 'folder' || args.includes('init')) return null;
  const { path } = location;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return {
      code: 'missingRepository',
      stage,
      message: `${path} is not there`,
      hint: 'plug in the disk that it is on',
    };
  // restic would try for a minute to write its lock.
  if (args.includes('--no-lock') || isWritable(path)) return null;
  return { code: 'readOnlyRepository', stage, message: `nothing can be written to ${path}` };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function environmentOf({ folder, location }: Access): Record<string, string> {
  const credentials = join(folder, credentialsFile);
  return {
    TZ: 'UTC',
    RESTIC_PROGRESS_FPS: '2',
    ...(location.kind === 's3' && existsSync(credentials)
      ? { AWS_SHARED_CREDENTIALS_FILE: credentials }
      : {}),
  };
}

/** In the vault, never in the PC's home folder. A folder needs none: it is as near as the cache would be. */
function cacheArguments({ folder, location }: Access): readonly string[] {
  return location.kind === 'folder' ? ['--no-cache'] : ['--cache-dir', join(folder, 'cache')];
}

/** Our key and our pinned host key, whatever this PC's ssh is set up for. No word of it holds a quote or a backslash. */
function sshArguments({ folder, location }: Access): readonly string[] {
  if (location.kind !== 'sftp') return [];
  const words = [
    ...['ssh', '-F', 'none', '-p', String(location.port), '-i', quoted(join(folder, sshKeyFile))],
    ...sshOptions(folder).flatMap((option) => ['-o', quoted(option)]),
    ...[`${location.user}@${location.host}`, '-s', 'sftp'],
  ];
  return ['-o', `sftp.command=${words.join(' ')}`];
}

/** ssh_config(5). */
function sshOptions(folder: string): readonly string[] {
  return [
    `UserKnownHostsFile=${join(folder, knownHostsFile)}`,
    ...['GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes', 'UpdateHostKeys=no'],
    ...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'PasswordAuthentication=no'],
    ...['ConnectTimeout=20', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'],
    ...['ForwardAgent=no', 'ForwardX11=no', 'ControlMaster=no'],
  ];
}

function quoted(word: string): string {
  return `'${word}'`;
}

/** Whole lines of what comes in pieces; a line longer than 64 KiB is dropped. */
function lineReader(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, 65_536);
    for (const line of lines) onLine(line);
  };
}

export interface ResticVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Asked of the program itself. Faults: toolMissing, toolTooOld (before 0.14: no compression), io. */
export async function resticVersion(): Promise<Result<ResticVersion>> {
  const stage = 'backup.restic';
  const asked = await run({ program: 'restic', args: ['version'], stage, timeoutMs: 20_000 });
  if (!asked.ok) return asked;
  const [, major, minor] = /restic (\d{1,3})\.(\d{1,3})/.exec(asked.value.stdout.toString('latin1')) ?? [];
  const version = { major: Number(major), minor: Number(minor), text: `${major}.${minor}` };
  if (major !== undefined && (version.major > 0 || version.minor >= 14)) return ok(version);
  return fail({
    code: 'toolTooOld',
    stage,
    message: 'restic is older than 0.14, or does not say its version',
  });
}
