// One connection to the X server, for the few requests that we make ourselves: a program started for each would cost ten
// processes a second. Answers are matched by their sequence number; what the server says else (events) is dropped.
// Spec: X Window System Protocol, X version 11: connection setup (chapter 8), packets (chapter 1, appendix B).
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { cookieName, findCookie } from './x-authority';
import type { XAddress } from './x-windows';

export interface XConnection {
  /** The first screen's root window. */
  readonly root: number;
  /** A request that is answered: its reply, null when the server refuses it or is gone. */
  ask(request: Buffer): Promise<Buffer | null>;
  /** A request without an answer. */
  tell(request: Buffer): void;
  close(): void;
}

/** Not the server's time alone: a slow PC may be busy for seconds before it hears the answer. */
const answersWithinMs = 60_000;
/** None of the replies that we ask for is longer. */
const longestReply = 64 << 10;

const padded = (length: number): number => (length + 3) & ~3;

/** Little-endian connection setup, with the cookie when there is one. */
export function setupRequest(cookie: Uint8Array | null): Buffer {
  const name = cookie === null ? '' : cookieName;
  const secret = cookie ?? new Uint8Array();
  const request = Buffer.alloc(12 + padded(name.length) + padded(secret.byteLength));
  request.write('l', 0, 'latin1');
  request.writeUInt16LE(11, 2);
  request.writeUInt16LE(name.length, 6);
  request.writeUInt16LE(secret.byteLength, 8);
  request.write(name, 12, 'latin1');
  request.set(secret, 12 + padded(name.length));
  return request;
}

/** The first screen's root window in the server's answer to the setup; null: refused, or not an answer. */
export function rootWindow(answer: Buffer): number | null {
  if (answer.length < 40 || answer[0] !== 1) return null;
  const screens = 40 + padded(answer.readUInt16LE(24)) + 8 * (answer[29] ?? 0);
  return screens + 4 <= answer.length ? answer.readUInt32LE(screens) : null;
}

/** Length of the setup's answer in bytes, null while its head has not come. */
export function setupLength(head: Buffer): number | null {
  return head.length < 8 ? null : 8 + 4 * head.readUInt16LE(6);
}

/** Length of the next packet: replies (1) may be longer than 32 bytes. Null while its head has not come. */
export function packetLength(head: Buffer): number | null {
  if (head.length < 32) return null;
  return head[0] === 1 ? 32 + 4 * head.readUInt32LE(4) : 32;
}

/** Faults: displayLacks (not a local display, or it refuses us). */
export async function openX(address: XAddress): Promise<Result<XConnection>> {
  const lacks = (message: string): Fault => ({ code: 'displayLacks', stage: 'display.connection', message });
  const number = /^(?:unix)?:(\d{1,5})(?:\.\d+)?$/.exec(address.display)?.[1];
  if (number === undefined) return fail(lacks(`${address.display} is not a display of this machine`));
  const socket = connect(`/tmp/.X11-unix/X${number}`);
  const answers = readAnswers(socket);
  const request = setupRequest(readCookie(address, number));
  socket.write(request, () => request.fill(0));
  const late = setTimeout(() => socket.destroy(), answersWithinMs);
  const root = await answers.root;
  clearTimeout(late);
  if (root === null) {
    socket.destroy();
    return fail(lacks(`the X server ${address.display} does not let us in`));
  }
  let sequence = 0;
  const tell = (bytes: Buffer): void => {
    sequence = (sequence + 1) & 0xffff;
    if (socket.writable) socket.write(bytes);
  };
  return ok({
    root,
    tell,
    ask: (bytes) => {
      tell(bytes);
      return answers.to(sequence);
    },
    close: () => socket.destroy(),
  });
}

function readCookie(address: XAddress, number: string): Uint8Array | null {
  try {
    return findCookie(readFileSync(address.authority ?? join(homedir(), '.Xauthority')), number);
  } catch {
    return null; // No file: the server may let this user in without.
  }
}

/** Splits the stream: first the setup's answer, then packets; a reply (1) or an error (0) answers its request. */
function readAnswers(socket: Socket): {
  readonly root: Promise<number | null>;
  readonly to: (sequence: number) => Promise<Buffer | null>;
} {
  let buffered: Buffer = Buffer.alloc(0);
  let setUp = false;
  let gone = false;
  let sayRoot: (root: number | null) => void = () => {};
  const root = new Promise<number | null>((resolve) => {
    sayRoot = resolve;
  });
  const waiting = new Map<number, (reply: Buffer | null) => void>();
  const take = (packet: Buffer): void => {
    const sequence = packet.readUInt16LE(2);
    if (packet[0] !== 0 && packet[0] !== 1) return;
    waiting.get(sequence)?.(packet[0] === 1 ? packet : null);
    waiting.delete(sequence);
  };
  socket.on('data', (bytes: Buffer) => {
    buffered = Buffer.concat([buffered, bytes]);
    if (!setUp) {
      const length = setupLength(buffered);
      if (length === null || buffered.length < length) return;
      setUp = true;
      sayRoot(rootWindow(buffered.subarray(0, length)));
      buffered = buffered.subarray(length);
    }
    for (let length = packetLength(buffered); length !== null; length = packetLength(buffered)) {
      if (length > longestReply) return void socket.destroy();
      if (buffered.length < length) return;
      take(Buffer.from(buffered.subarray(0, length)));
      buffered = buffered.subarray(length);
    }
  });
  const end = (): void => {
    gone = true;
    sayRoot(null);
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  };
  socket.on('error', end);
  socket.on('close', end);
  return {
    root,
    to: (sequence) => new Promise((resolve) => (gone ? resolve(null) : void waiting.set(sequence, resolve))),
  };
}
