// The adapter to stock cryptsetup (cryptsetup(8)): one function a verb, each a process that ends. Secrets go in by pipes
// only; not even their length is in argv. What a header asks for was bounded before (header.ts, unlock.ts).
import type { Readable, Writable } from 'node:stream';
import type { Fault } from '../../../preload/contract/fault';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { run, start } from '../../process/run';
import type { KdfCost } from '../keyslots/cost';

/** cryptsetup(8), RETURN CODES. */
const said = { wrongParameters: 1, noPermission: 2, outOfMemory: 3, wrongDevice: 4, inUse: 5 };

// Argon2id with 256 MiB takes seconds on the slowest PC, and minutes under emulation.
const timeoutMs = 300_000;
/** /usr/sbin is not in every user's path. */
const environment = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' };

export interface OnDevice {
  /** A block device, or a regular file where nothing is mapped. */
  readonly device: string;
  readonly stage: string;
}

function costArguments(cost: KdfCost): string[] {
  return [
    ...['--pbkdf', 'argon2id', '--pbkdf-force-iterations', `${cost.iterations}`],
    ...['--pbkdf-memory', `${cost.memoryKiB}`, '--pbkdf-parallel', `${cost.parallelism}`],
  ];
}

/** Erases what is there. Keyslot 0 is the secret's. Faults: toolMissing, noMemory, missingDisk, full, io. */
export async function format(
  about: OnDevice & {
    readonly secret: Uint8Array;
    readonly cost: KdfCost;
    readonly uuid: string;
    readonly label: string;
  },
): Promise<Result<void>> {
  // 32 KiB: room to describe 16 keyslots and to name them.
  const size = ['--luks2-metadata-size', '32k'];
  const options = ['--batch-mode', '--type', 'luks2', '--label', about.label, '--uuid', about.uuid, ...size];
  // AES-XTS with a 512-bit key is cryptsetup's default; said here, so that another default changes nothing.
  const cipher = ['--cipher', 'aes-xts-plain64', '--key-size', '512', '--hash', 'sha256', '--key-slot', '0'];
  return asked({
    ...about,
    args: [
      'luksFormat',
      ...options,
      ...cipher,
      ...costArguments(about.cost),
      '--key-file',
      '-',
      '--',
      about.device,
    ],
    input: about.secret,
  });
}

/** Whether the secret opens this keyslot; nothing is mapped. Faults: wrongSecret, and those of `format`. */
export async function testKeyslot(
  about: OnDevice & { readonly keyslot: number; readonly secret: Uint8Array },
): Promise<Result<void>> {
  return asked({
    ...about,
    args: ['open', '--type', 'luks2', '--test-passphrase', ...by(about.keyslot), '--', about.device],
    input: about.secret,
  });
}

/** Maps it to /dev/mapper/`name`. Faults: wrongSecret, busy (mapped already), kernelLacks (no dm-crypt), and as above. */
export async function map(
  about: OnDevice & { readonly keyslot: number; readonly secret: Uint8Array; readonly name: string },
): Promise<Result<void>> {
  return asked({
    ...about,
    args: [
      'open',
      '--type',
      'luks2',
      '--disable-external-tokens',
      ...by(about.keyslot),
      '--',
      about.device,
      about.name,
    ],
    input: about.secret,
  });
}

/** Wipes the key from the kernel. Fault busy: its file system is in use. */
export async function unmap(about: { readonly name: string; readonly stage: string }): Promise<Result<void>> {
  return asked({ ...about, device: about.name, args: ['close', '--', about.name] });
}

/** `secret` opens the vault, `added` will too. Faults: wrongSecret, and those of `format`. */
export async function addKey(
  about: OnDevice & {
    /** The keyslot that `secret` opens. */
    readonly opens: number;
    readonly secret: Uint8Array;
    readonly keyslot: number;
    readonly added: Uint8Array;
    readonly cost: KdfCost;
  },
): Promise<Result<void>> {
  // libcryptsetup takes the new key from a path; a process substitution is one that leads to a pipe of ours.
  const script = 'exec cryptsetup "$@" /dev/fd/4 4< <(exec cat <&3)';
  const child = start({
    program: 'bash',
    args: [
      ...['-c', script, 'bash', 'luksAddKey', '--batch-mode', ...costArguments(about.cost)],
      ...['--key-slot', `${about.keyslot}`, '--key-file', '-', '--', about.device],
    ],
    env: environment,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
  const clock = setTimeout(() => child.process.kill('SIGKILL'), timeoutMs);
  const words = gather(child.process.stderr);
  await Promise.all([
    give(child.process.stdin, about.secret),
    give(child.process.stdio[3] as Writable | null, about.added),
  ]);
  const ended = await child.ended;
  clearTimeout(clock);
  if (ended.missing) return fail(faultOf(about, 'toolMissing', 'bash is not installed'));
  return outcome(about, ended.status, await words);
}

/** `secret` must open another keyslot: cryptsetup itself insists. Faults: wrongSecret, and those of `format`. */
export async function killKeyslot(
  about: OnDevice & { readonly keyslot: number; readonly secret: Uint8Array },
): Promise<Result<void>> {
  return asked({
    ...about,
    args: ['luksKillSlot', '--batch-mode', '--key-file', '-', '--', about.device, `${about.keyslot}`],
    input: about.secret,
  });
}

/** What the disk is called in its header, in clear: at most 47 bytes. Faults: missingDisk, io. */
export async function setLabel(about: OnDevice & { readonly label: string }): Promise<Result<void>> {
  return asked({ ...about, args: ['config', '--label', about.label, '--', about.device] });
}

/** Sets a token; one with this number is replaced. It holds no secret. */
export async function setToken(
  about: OnDevice & { readonly token: string; readonly id: number; readonly replaces: boolean },
): Promise<Result<void>> {
  const how = ['--token-id', `${about.id}`, ...(about.replaces ? ['--token-replace'] : [])];
  return asked({
    ...about,
    args: ['token', 'import', ...how, '--json-file', '-', '--', about.device],
    input: Buffer.from(about.token),
  });
}

function by(keyslot: number): string[] {
  return ['--key-slot', `${keyslot}`, '--key-file', '-'];
}

async function asked(
  about: OnDevice & { readonly args: readonly string[]; readonly input?: Uint8Array },
): Promise<Result<void>> {
  const ran = await run({
    ...{ program: 'cryptsetup', args: about.args, stage: about.stage, env: environment, timeoutMs },
    ...(about.input === undefined ? {} : { input: about.input }),
    expected: [0, ...Object.values(said)],
  });
  return ran.ok ? outcome(about, ran.value.status, ran.value.stderr) : ran;
}

function outcome(about: OnDevice, status: number | null, words: string): Result<void> {
  if (status === 0) return ok(undefined);
  const message =
    words.trim().split('\n').slice(-3).join(' ').slice(0, 600) || `cryptsetup ended with ${status}`;
  if (status === said.noPermission && /No key available|passphrase/i.test(words))
    return fail(faultOf(about, 'wrongSecret', 'this secret does not open the keyslot'));
  if (status === said.noPermission) return fail(faultOf(about, 'denied', message));
  if (status === said.outOfMemory) return fail(faultOf(about, 'noMemory', message));
  if (/device-mapper|dm-crypt|dm_crypt|kernel module/i.test(words))
    return fail({ ...faultOf(about, 'kernelLacks', message), hint: 'use a gocryptfs vault on this PC' });
  if (status === said.inUse) return fail(faultOf(about, 'busy', message));
  if (status === said.wrongDevice) return fail(faultOf(about, 'missingDisk', message));
  return fail(faultOf(about, /No space left/i.test(words) ? 'full' : 'io', message));
}

function faultOf(about: OnDevice, code: Fault['code'], message: string): Fault {
  return { code, stage: about.stage, message };
}

function give(pipe: Writable | null, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (pipe === null) return resolve();
    pipe.once('error', () => resolve()); // it ended without reading: its status tells why
    pipe.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), () => resolve());
  });
}

async function gather(stream: Readable | null): Promise<string> {
  let text = '';
  if (stream === null) return text;
  for await (const chunk of stream as AsyncIterable<Buffer>)
    text = (text + chunk.toString('utf8')).slice(-4_000);
  return text;
}
