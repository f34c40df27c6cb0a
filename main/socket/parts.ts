// The framing of a socket on which secrets travel: a JSON text and up to 8 byte strings behind it, so that a secret is
// never a part of a string (strings cannot be wiped). Pure, bounded; what is not a frame is told at its first wrong byte.
//   u32 bytes of the JSON, u8 parts, the JSON, then for each part: u16 bytes, the bytes   (big endian)
import { secretBytes } from '../process/secret-bytes';

export const maxJsonBytes = 256 << 10;
export const maxParts = 8;
export const maxPartBytes = 2048;
const headBytes = 5;
export const maxFrameBytes = headBytes + maxJsonBytes + maxParts * (2 + maxPartBytes);

export interface Frame {
  readonly json: unknown;
  /** Views into what was given; the caller wipes. */
  readonly parts: readonly Uint8Array[];
}

/** A new buffer; the caller wipes it and the parts. Throws when it is too long: that is a bug of ours. */
export function encodeFrame(json: unknown, parts: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify(json), 'utf8');
  if (text.length > maxJsonBytes || parts.length > maxParts) throw new Error('a frame that is too long');
  const length = parts.reduce((sum, part) => sum + 2 + part.length, headBytes + text.length);
  const frame = secretBytes(length);
  frame.writeUInt32BE(text.length, 0);
  frame.writeUInt8(parts.length, 4);
  text.copy(frame, headBytes);
  let at = headBytes + text.length;
  for (const part of parts) {
    if (part.length > maxPartBytes) throw new Error('a part that is too long');
    frame.writeUInt16BE(part.length, at);
    frame.set(part, at + 2);
    at += 2 + part.length;
  }
  return frame;
}

/** Of what has come so far: a frame, `more` when it is not whole yet, or `bad`: it never will be one. */
export function decodeFrame(held: Buffer): Frame | 'more' | 'bad' {
  if (held.length < headBytes) return 'more';
  const jsonBytes = held.readUInt32BE(0);
  const count = held.readUInt8(4);
  if (jsonBytes === 0 || jsonBytes > maxJsonBytes || count > maxParts) return 'bad';
  let at = headBytes + jsonBytes;
  const parts: Uint8Array[] = [];
  for (let part = 0; part < count; part++) {
    if (held.length < at + 2) return 'more';
    const bytes = held.readUInt16BE(at);
    if (bytes > maxPartBytes) return 'bad';
    if (held.length < at + 2 + bytes) return 'more';
    parts.push(held.subarray(at + 2, at + 2 + bytes));
    at += 2 + bytes;
  }
  if (held.length < at) return 'more';
  if (held.length > at) return 'bad'; // one frame a connection: nothing may follow
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      held.subarray(headBytes, headBytes + jsonBytes),
    );
    return { json: JSON.parse(text), parts };
  } catch {
    return 'bad';
  }
}

/** Collects what comes until a frame is whole; never holds more than one frame, and wipes what it lets go of. */
export function frameCollector(): { add: (chunk: Buffer) => Frame | 'more' | 'bad'; wipe: () => void } {
  let held = Buffer.alloc(0);
  return {
    add: (chunk) => {
      const whole = held.length + chunk.length > maxFrameBytes ? null : Buffer.concat([held, chunk]);
      chunk.fill(0);
      held.fill(0);
      if (whole === null) return 'bad';
      held = whole;
      return decodeFrame(held);
    },
    wipe: () => {
      held.fill(0);
    },
  };
}
