// Where the pointer is, asked of the X server itself: one request, one 32-byte answer. Electron's own
// screen.getCursorScreenPoint() stands still while the pointer is over another program's window (seen with 33.2.1).
// Spec: X Window System Protocol, X version 11: QueryPointer (appendix B, opcode 38).
import { ok, type Result } from '../../preload/contract/result';
import { openX } from './x-connection';
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

export function queryPointer(root: number): Buffer {
  const request = Buffer.alloc(8);
  request.writeUInt8(38, 0);
  request.writeUInt16LE(2, 2);
  request.writeUInt32LE(root, 4);
  return request;
}

/** Fault displayLacks: not a local display, or it refuses us. */
export async function openPointer(address: XAddress): Promise<Result<XPointer>> {
  const opened = await openX(address);
  if (!opened.ok) return opened;
  const x = opened.value;
  return ok({
    look: async () => {
      const reply = await x.ask(queryPointer(x.root));
      return reply === null ? null : { x: reply.readInt16LE(16), y: reply.readInt16LE(18) };
    },
    close: x.close,
  });
}
