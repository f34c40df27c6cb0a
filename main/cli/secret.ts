// Where a secret comes from: --passphrase-fd, --key, or a question on a terminal; exactly one of them.
//   --both                               -> the key file of --key, and the passphrase from one of the other two
//   --passphrase-fd and --key together   -> usage: never guess which one was meant
//   one of them                          -> that one, no question
//   neither, stdin is a terminal         -> the question, echo off
//   neither, no terminal                 -> usage: a script must say where the secret is
// The secret goes from here through one call into one pipe. The callee wipes it.
import { ReadStream } from 'node:tty';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { joinBoth } from '../vault/both-secret';
import { readKey } from '../vault/key-usb/read-key';
import type { Secret } from '../vault/vault';
import { readDescriptor } from './descriptor';
import { askSecret } from './prompt';
import type { Asked } from './verb';

/** True when the person said where the secret is: then a vault may be opened without a question. */
export function namesSecret(asked: Asked): boolean {
  return asked.values['passphrase-fd'] !== undefined || asked.values.key !== undefined;
}

/** Faults: usage, missingKey, damagedKeyFile, cancelled, io. */
export async function readSecret(asked: Asked): Promise<Result<Secret>> {
  const descriptor = asked.values['passphrase-fd'];
  const key = asked.values.key;
  if (asked.flags.has('both')) return readBoth(asked);
  if (descriptor !== undefined && key !== undefined) {
    return fail(fault('usage', 'give --passphrase-fd or --key, or --both with the two'));
  }
  if (key !== undefined) return fromKeyUsb(key, asked.warn);
  const bytes = descriptor === undefined ? await fromTerminal('Passphrase: ') : readDescriptor(descriptor);
  return bytes.ok ? ok({ kind: 'passphrase', bytes: bytes.value }) : bytes;
}

/** For a keyslot that needs passphrase and key USB together. */
async function readBoth(asked: Asked): Promise<Result<Secret>> {
  const { key, 'passphrase-fd': descriptor } = asked.values;
  if (key === undefined) return fail(fault('usage', '--both needs --key'));
  const found = await readKey(key);
  if (!found.ok) return found;
  const { secret } = found.value;
  if (secret.kind !== 'keyUsb') {
    secret.bytes.fill(0);
    return fail(fault('usage', '--both needs a key file, not a passphrase in plain letters'));
  }
  const bytes = descriptor === undefined ? await fromTerminal('Passphrase: ') : readDescriptor(descriptor);
  try {
    return bytes.ok ? ok({ kind: 'both', bytes: joinBoth(bytes.value, secret.bytes) }) : bytes;
  } finally {
    secret.bytes.fill(0);
    if (bytes.ok) bytes.value.fill(0);
  }
}

/** A passphrase for a new vault or keyslot: asked for twice on a terminal. Faults: usage, cancelled, io. */
export async function readNewPassphrase(
  asked: Asked,
  option: 'passphrase-fd' | 'new-passphrase-fd' = 'passphrase-fd',
): Promise<Result<Secret>> {
  const descriptor = asked.values[option];
  if (descriptor !== undefined) {
    const bytes = readDescriptor(descriptor);
    return bytes.ok ? ok({ kind: 'passphrase', bytes: bytes.value }) : bytes;
  }
  const first = await fromTerminal(
    option === 'passphrase-fd' ? 'Passphrase for the new vault: ' : 'The new passphrase: ',
  );
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

/** What is typed on the terminal, echo off; the caller wipes it. Faults: usage (no terminal), cancelled, io. */
export async function fromTerminal(question: string): Promise<Result<Uint8Array>> {
  const terminal = process.stdin;
  if (!(terminal instanceof ReadStream) || !terminal.isTTY) {
    return fail({
      ...fault('usage', 'there is no terminal to ask for the passphrase on'),
      hint: 'give --passphrase-fd N, or --key PATH',
    });
  }
  return await askSecret({ terminal, question, say: (text) => process.stderr.write(text) });
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'cli.secret', message };
}
