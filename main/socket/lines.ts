// One JSON object a line over a Unix socket, the framing of keeper, owner and QMP. Bounded: a longer line than
// `maxLineBytes` ends the connection, since a peer that sends it is broken or hostile.
import type { Socket } from 'node:net';

export const maxLineBytes = 1 << 20;

/** Calls `onLine` for each full line without its LF; `onEnd` once, with the cause. */
export function readLines(
  socket: Socket,
  handlers: { readonly onLine: (line: string) => void; readonly onEnd: (cause: string) => void },
): void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let ended = false;
  const end = (cause: string): void => {
    if (ended) return;
    ended = true;
    handlers.onEnd(cause);
    socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    // A listener may have destroyed the connection: what came after in the same chunk is not heard any more.
    for (let at = rest.indexOf(10); at >= 0 && !ended && !socket.destroyed; at = rest.indexOf(10)) {
      const line = Buffer.concat([...held, rest.subarray(0, at)]);
      held = [];
      heldBytes = 0;
      rest = rest.subarray(at + 1);
      if (line.length > maxLineBytes) return end('line too long');
      if (line.length > 0) handlers.onLine(line.toString('utf8'));
    }
    held.push(rest);
    heldBytes += rest.length;
    if (heldBytes > maxLineBytes) end('line too long');
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('closed'));
}
