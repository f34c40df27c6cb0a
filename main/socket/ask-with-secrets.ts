// One question to a service, with secrets behind it: connects, asks, hears one answer, and the connection is over. The
// answer is parsed; the secrets are wiped here, whatever happens.
import { connect } from 'node:net';
import { z } from 'zod';
import { type Fault, faultSchema } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { ReplyOf, RequestOf, VerbMap } from '../../preload/contract/verbs';
import { maxSocketPathBytes } from './call';
import { encodeFrame, frameCollector } from './parts';

const answerSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), fault: faultSchema }),
]);

/** Faults: missingFile (nobody listens), denied (not for this user), timeout, protocol, io, cancelled, and the service's own. */
export function askWithSecrets<V extends VerbMap, K extends keyof V & string>(about: {
  readonly path: string;
  readonly stage: string;
  readonly verbs: V;
  readonly verb: K;
  readonly request: RequestOf<V, K>;
  readonly parts?: readonly Uint8Array[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Result<ReplyOf<V, K>>> {
  const { stage, verb, parts = [] } = about;
  const fault = (code: Fault['code'], message: string): Fault => ({ code, stage, message });
  const wipe = (): void => {
    for (const part of parts) part.fill(0);
  };
  if (Buffer.byteLength(about.path) > maxSocketPathBytes) {
    wipe();
    return Promise.resolve(
      fail(fault('pathTooLong', `socket path over ${maxSocketPathBytes} bytes: ${about.path}`)),
    );
  }
  return new Promise((resolve) => {
    const frame = encodeFrame({ verb, request: about.request }, parts);
    wipe();
    const collected = frameCollector();
    const socket = connect(about.path);
    const settle = (result: Result<ReplyOf<V, K>>): void => {
      clearTimeout(clock);
      about.signal?.removeEventListener('abort', aborted);
      frame.fill(0);
      collected.wipe();
      socket.destroy();
      resolve(result);
    };
    const aborted = (): void => settle(fail(fault('cancelled', `${verb} was cancelled`)));
    const clock = setTimeout(
      () => settle(fail(fault('timeout', `${verb}: no answer in time`))),
      about.timeoutMs,
    );
    about.signal?.addEventListener('abort', aborted, { once: true });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      const code = nobody ? 'missingFile' : error.code === 'EACCES' ? 'denied' : 'io';
      settle(fail(fault(code, error.message)));
    });
    socket.once('connect', () => socket.write(frame));
    socket.once('close', () => settle(fail(fault('io', `${verb}: the connection was lost`))));
    socket.on('data', (chunk: Buffer) => {
      const heard = collected.add(chunk);
      if (heard === 'more') return;
      const read = heard === 'bad' ? null : answerSchema.safeParse(heard.json);
      if (!read?.success) return settle(fail(fault('protocol', `${verb}: an answer of a wrong shape`)));
      if (!read.data.ok) return settle(fail(read.data.fault));
      const value = about.verbs[verb]?.reply.safeParse(read.data.value);
      if (!value?.success) return settle(fail(fault('protocol', `${verb}: an answer of a wrong shape`)));
      settle(ok(value.data as ReplyOf<V, K>));
    });
  });
}
