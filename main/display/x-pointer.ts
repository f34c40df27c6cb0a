// Where the pointer is, asked of the X server itself over its socket: one request, one 32-byte answer. Electron's own
// screen.getCursorScreenPoint() stands still while the pointer is over another program's window (seen with 33.2.1), and
// a program started for each look would cost ten processes a second.
// Spec: X Window System Protocol, X version 11: connection setup (chapter 8), QueryPointer (appendix B, opcode 38).
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { cookieName, findCookie } from './x-authority';
import type { XAddress } from './x-windows';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface XPointer {
  /** In pixels of the whole X screen; null when the server does not answer any more. */
  look(): Promise<Point | null>;
  close(): void;
}

const answersWithinMs = 5_000;

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

export function queryPointer(root: number): Buffer {
  const request = Buffer.alloc(8);
  request.writeUInt8(38, 0);
  request.writeUInt16LE(2, 2);
  request.writeUInt32LE(root, 4);
  return request;
}

/** Faults: displayLacks (not a local display, or it refuses us), io. */
export async function openPointer(address: XAddress): Promise<Result<XPointer>> {
  const lacks = (message: string): Fault => ({ code: 'displayLacks', stage: 'display.pointer', message });
  const number = /^(?:unix)?:(\d{1,5})(?:\.\d+)?$/.exec(address.display)?.[1];
  if (number === undefined) return fail(lacks(`${address.display} is not a display of this machine`));
  const socket = connect(`/tmp/.X11-unix/X${number}`);
  const replies = readReplies(socket);
  const request = setupRequest(readCookie(address, number));
  socket.write(request, () => request.fill(0));
  const late = setTimeout(() => socket.destroy(), answersWithinMs);
  const root = await replies.root;
  clearTimeout(late);
  if (root === null) {
    socket.destroy();
    return fail(lacks(`the X server ${address.display} refuses to say where the pointer is`));
  }
  return ok({
    look: () => {
      const next = replies.next();
      if (socket.writable) socket.write(queryPointer(root));
      return next;
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

/** Splits the stream: first the setup's answer, then packets of 32 bytes, of which only replies (1) count. */
function readReplies(socket: Socket): {
  readonly root: Promise<number | null>;
  readonly next: () => Promise<Point | null>;
} {
  let buffered: Buffer = Buffer.alloc(0);
  let setUp = false;
  let gone = false;
  let sayRoot: (root: number | null) => void = () => {};
  const root = new Promise<number | null>((resolve) => {
    sayRoot = resolve;
  });
  const waiting: ((point: Point | null) => void)[] = [];
  socket.on('data', (bytes: Buffer) => {
    buffered = Buffer.concat([buffered, bytes]);
    if (!setUp) {
      const length = setupLength(buffered);
      if (length === null || buffered.length < length) return;
      setUp = true;
      sayRoot(rootWindow(buffered.subarray(0, length)));
      buffered = buffered.subarray(length);
    }
    for (; buffered.length >= 32; buffered = buffered.subarray(32)) {
      if (buffered[0] === 1) waiting.shift()?.({ x: buffered.readInt16LE(16), y: buffered.readInt16LE(18) });
    }
  });
  const end = (): void => {
    gone = true;
    sayRoot(null);
    for (const answer of waiting.splice(0)) answer(null);
  };
  socket.on('error', end);
  socket.on('close', end);
  return {
    root,
    next: () => new Promise((resolve) => (gone ? resolve(null) : void waiting.push(resolve))),
  };
}
