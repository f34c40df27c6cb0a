// Reaching QEMU's QMP socket. QEMU makes it some time after it was started, so connecting tries again until the time
// is up; the caller's signal ends the wait early when QEMU has died. It must never hold more than one connection: a
// QMP socket serves one client at a time.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { maxSocketPathBytes } from '../socket/call';

const betweenTriesMs = 20;

/** Faults: pathTooLong, missingFile (nobody listens there in time), cancelled, denied, io. */
export async function connectSocket(about: {
  readonly path: string;
  readonly stage: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Result<Socket>> {
  const fault = (code: Fault['code'], message: string): Fault => ({ code, stage: about.stage, message });
  if (Buffer.byteLength(about.path) > maxSocketPathBytes)
    return fail(fault('pathTooLong', `socket path over ${maxSocketPathBytes} bytes: ${about.path}`));
  const deadline = Date.now() + about.timeoutMs;
  for (;;) {
    if (about.signal?.aborted) return fail(fault('cancelled', 'QMP: connecting was cancelled'));
    const tried = await tryOnce(about.path);
    if ('socket' in tried) return ok(tried.socket);
    const absent = tried.code === 'ENOENT' || tried.code === 'ECONNREFUSED';
    if (!absent) return fail(fault(tried.code === 'EACCES' ? 'denied' : 'io', tried.message));
    if (Date.now() >= deadline) return fail(fault('missingFile', tried.message));
    await delay(betweenTriesMs);
  }
}

function tryOnce(path: string): Promise<{ socket: Socket } | { code: string; message: string }> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const failed = (error: NodeJS.ErrnoException): void => {
      resolve({ code: error.code ?? 'EIO', message: error.message });
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve({ socket });
    });
  });
}
