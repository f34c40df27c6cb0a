// Reads a secret from a file descriptor that our caller opened. Node keeps descriptors of its own (event loop, wake-up
// pipes) on the lowest free numbers: one that was not given to us may be one of those, and must be neither read nor
// closed. They are told apart by what the kernel says of them (proc_pid_fd(5)).
import { closeSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { maxSecretBytes } from './prompt';

/**
 * The bytes to its end without one final line feed, at most `maxSecretBytes`; the caller wipes them. The descriptor is
 * closed afterwards, so that no child has it. Faults: usage (also: not open), io.
 */
export function readDescriptor(text: string): Result<Uint8Array> {
  const descriptor = /^\d{1,4}$/.test(text) ? Number(text) : null;
  if (descriptor === null || descriptor === 1 || descriptor === 2) {
    return fail(
      fault('usage', '--passphrase-fd takes the number of a descriptor that can be read: 0, 3, 4, ...'),
    );
  }
  if (!wasGiven(descriptor)) {
    return fail({
      ...fault('usage', `descriptor ${descriptor} is not open for reading`),
      hint: 'npm hands on 0, 1 and 2 only: through it give --passphrase-fd 0',
    });
  }
  const held = Buffer.alloc(maxSecretBytes + 2);
  try {
    let length = 0;
    while (length < held.length) {
      const read = readWaiting(descriptor, held.subarray(length));
      if (read === 0) break;
      length += read;
    }
    if (length > 0 && held[length - 1] === 0x0a) length -= 1;
    if (length > maxSecretBytes)
      return fail(fault('usage', `a passphrase has at most ${maxSecretBytes} bytes`));
    if (length === 0) return fail(fault('usage', 'the passphrase is empty'));
    return ok(new Uint8Array(held.subarray(0, length)));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'EBADF') return fail(fault('usage', `descriptor ${descriptor} is not open for reading`));
    return fail(fault('io', `descriptor ${descriptor} could not be read (${code})`));
  } finally {
    held.fill(0);
    if (descriptor > 2) closeSync(descriptor);
  }
}

/** False for a closed one, for Node's own, and for a pipe whose writing end we hold too: that one would never end. */
function wasGiven(descriptor: number): boolean {
  const target = targetOf(String(descriptor));
  if (target === null || target.startsWith('anon_inode:')) return false;
  if (!target.startsWith('pipe:')) return true;
  // A shell may leave us a second reading end (bash's process substitution does), which harms nobody.
  return !readdirSync('/proc/self/fd').some((name) => targetOf(name) === target && writes(name));
}

/** Opened for writing: the last octal digits of `flags` (proc_pid_fdinfo(5)) are O_WRONLY (1) or O_RDWR (2). */
function writes(name: string): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 3) !== 0;
  } catch {
    return false; // closed meanwhile: /proc/self/fd listed its own descriptor
  }
}

function targetOf(name: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return null;
  }
}

/** As readSync; on a non-blocking descriptor it waits for the writer, since a script may be slower than we are. */
function readWaiting(descriptor: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, into);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'cli.secret', message };
}
