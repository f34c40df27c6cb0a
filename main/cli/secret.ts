// Where a secret comes from: --passphrase-fd, --key, or a question on a terminal; exactly one of them.
//   --passphrase-fd and --key together   -> usage: never guess which one was meant
//   one of them                          -> that one, no question
//   neither, stdin is a terminal         -> the question, echo off
//   neither, no terminal                 -> usage: a script must say where the secret is
// The secret goes from here through one call into one pipe. The callee wipes it.
import { closeSync, readSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { readKey } from '../vault/key-usb/read-key';
import type { Secret } from '../vault/vault';
import { askSecret, maxSecretBytes } from './prompt';
import type { Asked } from './verb';

/** True when the person said where the secret is: then a vault may be opened without a question. */
export function namesSecret(asked: Asked): boolean {
  return asked.values['passphrase-fd'] !== undefined || asked.values.key !== undefined;
}

/** Faults: usage, missingKey, damagedKeyFile, cancelled, io. */
export async function readSecret(asked: Asked): Promise<Result<Secret>> {
  const descriptor = asked.values['passphrase-fd'];
  const key = asked.values.key;
  if (descriptor !== undefined && key !== undefined) {
    return fail(fault('usage', 'give --passphrase-fd or --key, not both'));
  }
  if (key !== undefined) return fromKeyUsb(key, asked.warn);
  const bytes = descriptor === undefined ? await fromTerminal('Passphrase: ') : fromDescriptor(descriptor);
  return bytes.ok ? ok({ kind: 'passphrase', bytes: bytes.value }) : bytes;
}

/** A passphrase for a new vault: asked for twice on a terminal. Faults: usage, cancelled, io. */
export async function readNewPassphrase(asked: Asked): Promise<Result<Secret>> {
  const descriptor = asked.values['passphrase-fd'];
  if (descriptor !== undefined) {
    const bytes = fromDescriptor(descriptor);
    return bytes.ok ? ok({ kind: 'passphrase', bytes: bytes.value }) : bytes;
  }
  const first = await fromTerminal('Passphrase for the new vault: ');
  if (!first.ok) return first;
  const second = await fromTerminal('The same passphrase again: ');
  if (!second.ok) {
    first.value.fill(0);
    return second;
  }
  const same = Buffer.from(first.value.buffer).equals(second.value);
  second.value.fill(0);
  if (same) return ok({ kind: 'passphrase', bytes: first.value });
  first.value.fill(0);
  return fail(fault('usage', 'the two passphrases are not the same'));
}

/** The paper's passphrase text file opens the vault too, with a warning: whoever finds the disk can read it. */
async function fromKeyUsb(source: string, warn: Asked['warn']): Promise<Result<Secret>> {
  const found = await readKey(source);
  if (!found.ok) return found;
  if (found.value.plainPassphraseFile) {
    warn('this key USB holds the passphrase in plain letters; a key file is safer (vault add-key-usb)');
  }
  return ok(found.value.secret);
}

async function fromTerminal(question: string): Promise<Result<Uint8Array>> {
  const terminal = process.stdin;
  if (!(terminal instanceof ReadStream) || !terminal.isTTY) {
    return fail({
      ...fault('usage', 'there is no terminal to ask for the passphrase on'),
      hint: 'give --passphrase-fd N, or --key PATH',
    });
  }
  return await askSecret({ terminal, question, say: (text) => process.stderr.write(text) });
}

/** Reads to the end, at most `maxSecretBytes` and one line feed; the descriptor is closed, so that no child has it. */
function fromDescriptor(text: string): Result<Uint8Array> {
  const descriptor = /^\d{1,4}$/.test(text) ? Number(text) : null;
  if (descriptor === null || descriptor === 1 || descriptor === 2) {
    return fail(
      fault('usage', '--passphrase-fd takes the number of a descriptor that can be read: 0, 3, 4, ...'),
    );
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
    if (descriptor > 2) closeQuietly(descriptor);
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

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Never was open: readSync has said so already.
  }
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'cli.secret', message };
}
