// Reads one small file from a FAT file system with mtools, as an ordinary user: a foreign disk is never mounted, so the
// kernel never parses it. Whatever the disk claims, at most `maxBytes` are taken and mtools has a few seconds.
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { start } from '../../process/run';
import { secretBytes } from '../../process/secret-bytes';
import { damagedKey } from './key-file';
import { headBytes, looksLikeFat, partitionOffsets } from './partitions';

const mtoolsTimeoutMs = 10_000;
const maxTalkBytes = 4_096;

const environment = {
  MTOOLSRC: '/dev/null', // not the user's drive definitions
  // Sticks in the wild have geometry fields that mtools refuses (sectors not a multiple of a track). Only those checks
  // are left out: mtools(1), "Global variables".
  MTOOLS_SKIP_CHECK: '1',
  LC_ALL: 'C',
};

/** Offsets of the FAT file systems on a disk or image. Faults: denied, damagedKeyFile (no FAT there), io. */
export async function fatOffsets(disk: string): Promise<Result<number[]>> {
  let file: FileHandle;
  try {
    file = await open(disk, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const denied = code === 'EACCES' || code === 'EPERM';
    return fail({
      code: denied ? 'denied' : 'io',
      stage: 'vault.keyUsb',
      message: denied ? `${disk} may not be read by this user` : message,
      hint: denied ? 'mount the key USB in your file manager first, then try again' : undefined,
    });
  }
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, (await file.read(bytes, 0, length, position)).bytesRead);
    };
    const facts = await file.stat();
    const diskBytes = facts.isFile() ? facts.size : await blockDeviceBytes(disk);
    const offsets: number[] = [];
    for (const offset of partitionOffsets(await read(0, headBytes), diskBytes))
      if (looksLikeFat(await read(offset, 512))) offsets.push(offset);
    return offsets.length > 0 ? ok(offsets) : fail(damagedKey(disk, 'no FAT file system on it'));
  } catch (error) {
    return fail({ code: 'io', stage: 'vault.keyUsb', message: `${disk}: ${(error as Error).message}` });
  } finally {
    await file.close();
  }
}

/** The size of a block device is not in stat; reads past its end return nothing, so no bound is needed to be safe. */
async function blockDeviceBytes(disk: string): Promise<number> {
  try {
    const name = disk.slice(disk.lastIndexOf('/') + 1);
    return Number(await readFile(`/sys/class/block/${name}/size`, 'utf8')) * 512;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}

/**
 * The bytes of `name` in the root folder; null when it is not there. The caller wipes them. Faults: damagedKeyFile (longer
 * than `maxBytes`, or the file system is damaged), toolMissing, timeout.
 */
export async function readFatFile(about: {
  disk: string;
  offset: number;
  name: string;
  maxBytes: number;
}): Promise<Result<Buffer | null>> {
  const { disk, offset, name, maxBytes } = about;
  if (disk.includes('@@')) return fail(damagedKey(disk, 'mtools cannot read a path with @@ in it'));
  const child = start({
    program: 'mcopy',
    args: ['-n', '-i', `${disk}@@${offset}`, `::/${name}`, '-'],
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Own buffers instead of the runner's: these are wiped.
  const held = secretBytes(maxBytes + 1);
  let length = 0;
  let talk = '';
  let late = false;
  child.process.stdout?.on('data', (chunk: Buffer) => {
    length += chunk.copy(held, length);
    chunk.fill(0);
    if (length > maxBytes) child.process.kill('SIGKILL');
  });
  child.process.stderr?.on('data', (chunk: Buffer) => {
    if (talk.length < maxTalkBytes) talk += chunk.toString('utf8');
  });
  const timer = setTimeout(() => {
    late = true;
    child.process.kill('SIGKILL');
  }, mtoolsTimeoutMs);
  const closed = new Promise<void>((resolve) => {
    child.process.once('close', () => resolve());
    child.process.once('error', () => resolve());
  });
  const ended = await child.ended;
  await closed; // the pipes are drained
  clearTimeout(timer);
  const bytes = Buffer.from(held.subarray(0, Math.min(length, maxBytes)));
  held.fill(0);
  if (ended.status === 0 && length <= maxBytes) return ok(bytes);
  bytes.fill(0);
  if (ended.missing) {
    const hint = 'install the package mtools';
    return fail({ code: 'toolMissing', stage: 'vault.keyUsb', message: 'mcopy is not installed', hint });
  }
  if (late)
    return fail({ code: 'timeout', stage: 'vault.keyUsb', message: `${disk} could not be read in time` });
  if (length > maxBytes) return fail(damagedKey(`${name} on ${disk}`, `more than ${maxBytes} bytes`));
  if (/not found/i.test(talk)) return ok(null);
  return fail(damagedKey(`${name} on ${disk}`, `cannot be read: ${talk.trim().slice(0, 300)}`));
}
