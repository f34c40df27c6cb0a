// The adapter to stock gocryptfs (gocryptfs(1)): init, mount, unmount. It gets the volume key as hex on a pipe, never in
// argv or environment. gocryptfs runs in the foreground as a child of the vault's owner, and writes to a log file: a
// pipe would kill it (SIGPIPE) when the owner dies, and a running guest with it.
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readBounded } from '../files/bounded';
import { type Child, run, start } from '../process/run';
import { secretBytes } from '../process/secret-bytes';
import { parseJson } from '../socket/call';
import { isOurMount, mountAt, mountName } from './mounts';
import type { VaultPlaces } from './vault';

const wrongPasswordStatus = 12; // gocryptfs(1), EXIT CODES
const mountDeadlineMs = 30_000;
const pollMs = 20;
const maxConfigBytes = 64 * 1024;

/** The part of gocryptfs.conf that costs memory; the rest is gocryptfs's own to check. */
const configSchema = z.object({
  ScryptObject: z.object({
    N: z
      .number()
      .int()
      .min(1 << 10)
      .max(1 << 16),
    R: z.number().int().min(1).max(8),
    P: z.number().int().min(1).max(1),
  }),
});

/** Makes the encrypted folder. Faults: toolMissing, full, io. */
export async function initCipher(about: { folder: string; volumeKey: Uint8Array }): Promise<Result<void>> {
  mkdirSync(about.folder, { mode: 0o700 });
  const password = passwordOf(about.volumeKey);
  try {
    const made = await run({
      program: 'gocryptfs',
      // The least scrypt cost it takes: the key is full entropy, Argon2id guards the way to it.
      args: ['-init', '-q', '-nosyslog', '-scryptn', '10', '--', about.folder],
      stage: 'vault.create',
      input: password,
    });
    return made.ok ? ok(undefined) : made;
  } finally {
    password.fill(0);
  }
}

/** Mounts, and returns once the kernel shows it. Faults: toolMissing, kernelLacks, damagedKeyslots, timeout, io. */
export async function mountCipher(about: {
  readonly places: VaultPlaces;
  readonly uuid: string;
  readonly volumeKey: Uint8Array;
}): Promise<Result<Child>> {
  const { places, uuid } = about;
  const config = await checkConfig(places.cipherFolder);
  if (!config.ok) return config;
  mkdirSync(places.mountPoint, { recursive: true, mode: 0o700 });
  const logPath = join(places.runtimeFolder, 'gocryptfs.log');
  const log = openSync(logPath, 'w', 0o600);
  const flags = ['-fg', '-q', '-nosyslog', '-nodev', '-nosuid', '-noexec', '-fsname', mountName(uuid)];
  const child = start({
    program: 'gocryptfs',
    args: [...flags, '--', places.cipherFolder, places.mountPoint],
    stdio: ['pipe', log, log],
    cwd: '/',
  });
  closeSync(log);
  await givePassword(child, about.volumeKey);
  const deadline = Date.now() + mountDeadlineMs;
  for (;;) {
    if (isOurMount(mountAt(places.mountPoint), uuid)) return ok(child);
    const ended = await endedWithin(child, pollMs);
    if (ended !== null) return fail(mountFault(ended, readFileSync(logPath, 'utf8').slice(-600)));
    if (Date.now() > deadline) {
      child.process.kill('SIGKILL');
      await child.ended;
      // It may have mounted at the last moment: what is left of that is dead.
      if (mountAt(places.mountPoint) !== null)
        await unmount({ mountPoint: places.mountPoint, detachInUse: true });
      return fail(fault('timeout', 'gocryptfs did not mount in time'));
    }
  }
}

/** How it ended; null when it still runs after `ms`. */
async function endedWithin(child: Child, ms: number): Promise<Awaited<Child['ended']> | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  const first = await Promise.race([child.ended, late]);
  clearTimeout(timer);
  return first;
}

/**
 * Unmounts. Fault busy: files in it are in use, and it is still mounted. `detachInUse` takes the mount away from under
 * whoever uses it; only after the caller has said so.
 */
export async function unmount(about: { mountPoint: string; detachInUse: boolean }): Promise<Result<void>> {
  const ran = await run({
    program: 'fusermount3',
    args: ['-u', ...(about.detachInUse ? ['-z'] : []), '--', about.mountPoint],
    stage: 'vault.close',
    env: { LC_ALL: 'C' },
    expected: [0, 1],
    timeoutMs: 20_000,
  });
  if (!ran.ok) return ran;
  if (ran.value.status === 0 || mountAt(about.mountPoint) === null) return ok(undefined);
  const said = ran.value.stderr.trim().slice(0, 300);
  return fail({ code: /busy/i.test(said) ? 'busy' : 'io', stage: 'vault.close', message: said });
}

/** Before gocryptfs sees it: its scrypt cost could ask for all memory of the PC. Faults: damagedKeyslots, denied, io. */
async function checkConfig(cipherFolder: string): Promise<Result<void>> {
  const about = { damaged: 'damagedKeyslots', stage: 'vault.mount', maxBytes: maxConfigBytes } as const;
  const got = await readBounded({ ...about, path: join(cipherFolder, 'gocryptfs.conf') });
  if (!got.ok)
    return got.fault.code === 'missingFile' ? fail({ ...got.fault, code: 'damagedKeyslots' }) : got;
  const read = configSchema.safeParse(parseJson(got.value.toString('utf8')));
  if (read.success) return ok(undefined);
  return fail(fault('damagedKeyslots', 'gocryptfs.conf is not of its format, or its scrypt cost is absurd'));
}

/** Hex digits and a line feed, made without a string: strings cannot be wiped. */
function passwordOf(volumeKey: Uint8Array): Buffer {
  const digits = Buffer.from('0123456789abcdef');
  const password = secretBytes(volumeKey.length * 2 + 1).fill(10);
  for (const [at, byte] of volumeKey.entries()) {
    password[at * 2] = digits[byte >> 4] ?? 0;
    password[at * 2 + 1] = digits[byte & 15] ?? 0;
  }
  return password;
}

function givePassword(child: Child, volumeKey: Uint8Array): Promise<void> {
  const password = passwordOf(volumeKey);
  return new Promise((resolve) => {
    const given = (): void => {
      password.fill(0);
      resolve();
    };
    const { stdin } = child.process;
    if (stdin === null) return given();
    stdin.once('error', given); // gocryptfs is gone already: how it ended tells why
    stdin.end(password, given);
  });
}

function mountFault(ended: Awaited<Child['ended']>, log: string): Fault {
  const said = log.trim().split('\n').slice(-3).join(' ');
  if (ended.missing) {
    return { ...fault('toolMissing', 'gocryptfs is not installed'), hint: 'install the package gocryptfs' };
  }
  if (ended.status === wrongPasswordStatus) {
    return fault('damagedKeyslots', 'the key in keyslots.json does not belong to the encrypted folder');
  }
  if (/\/dev\/fuse|fuse device/i.test(said)) {
    return {
      ...fault('kernelLacks', `FUSE does not work here: ${said}`),
      hint: 'load the fuse module, and install fuse3',
    };
  }
  if (/gocryptfs\.conf|CIPHERDIR/i.test(said)) {
    return fault('damagedKeyslots', `the encrypted folder is damaged: ${said}`);
  }
  return fault('io', `gocryptfs ended with ${ended.status ?? ended.signal}: ${said}`);
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'vault.mount', message };
}
