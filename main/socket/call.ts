// The client side of a verb socket (keeper, owner): calls with a timeout, pushes, and everything pending failed with
// the cause when the peer goes away. The contract's parsers check what comes back.
import { connect } from 'node:net';
import { z } from 'zod';
import { type Fault, faultSchema } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { PushMap, ReplyOf, RequestOf, VerbMap } from '../../preload/contract/verbs';
import { readLines } from './lines';

const frameSchema = z.union([
  z.object({ id: z.number().int(), ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ id: z.number().int(), ok: z.literal(false), fault: faultSchema }),
  z.object({ push: z.string().max(40), value: z.unknown().optional() }),
]);

/** Longest path a Unix socket address holds, bytes, without the final NUL (unix(7)). */
export const maxSocketPathBytes = 107;

export interface Caller<V extends VerbMap, P extends PushMap> {
  call<K extends keyof V & string>(
    verb: K,
    request: RequestOf<V, K>,
    options?: { readonly timeoutMs?: number },
  ): Promise<Result<ReplyOf<V, K>>>;
  onPush<K extends keyof P & string>(push: K, listener: (value: z.infer<P[K]>) => void): void;
  /** Fulfils once with the cause when the connection is gone. */
  readonly closed: Promise<string>;
  close(): void;
}

/** Faults: missingFile (nobody listens), pathTooLong, io. `stage` names the caller's place in the story. */
export function callSocket<V extends VerbMap, P extends PushMap>(about: {
  readonly path: string;
  readonly stage: string;
  readonly verbs: V;
  readonly pushes: P;
}): Promise<Result<Caller<V, P>>> {
  const fault = (code: Fault['code'], message: string): Fault => ({ code, stage: about.stage, message });
  if (Buffer.byteLength(about.path) > maxSocketPathBytes) {
    return Promise.resolve(
      fail(fault('pathTooLong', `socket path over ${maxSocketPathBytes} bytes: ${about.path}`)),
    );
  }
  return new Promise((resolve) => {
    const socket = connect(about.path);
    const pending = new Map<number, { verb: keyof V & string; settle: (answer: Result<unknown>) => void }>();
    const listeners = new Map<string, ((value: unknown) => void)[]>();
    let nextId = 1;
    let cause: string | null = null;
    let sayClosed: (why: string) => void = () => {};
    const closed = new Promise<string>((settle) => {
      sayClosed = settle;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      resolve(fail(fault(nobody ? 'missingFile' : 'io', error.message)));
    });
    readLines(socket, {
      onLine: (line) => {
        const frame = frameSchema.safeParse(parseJson(line));
        if (!frame.success) return socket.destroy(new Error('frame of a wrong shape'));
        if ('push' in frame.data) return heard(frame.data.push, frame.data.value);
        const call = pending.get(frame.data.id);
        if (call === undefined) return; // timed out before: nobody waits
        pending.delete(frame.data.id);
        call.settle(frame.data.ok ? parsed(call.verb, frame.data.value) : fail(frame.data.fault));
      },
      onEnd: (why) => {
        cause = why;
        for (const call of pending.values()) call.settle(fail(fault('io', `connection lost: ${why}`)));
        pending.clear();
        sayClosed(why);
      },
    });
    const heard = (push: string, value: unknown): void => {
      const schema = about.pushes[push];
      const read = schema?.safeParse(value);
      if (read?.success) for (const listener of listeners.get(push) ?? []) listener(read.data);
    };
    const parsed = (verb: keyof V & string, value: unknown): Result<unknown> => {
      const read = about.verbs[verb]?.reply.safeParse(value);
      return read?.success
        ? ok(read.data)
        : fail(
            fault('protocol', `${verb}: answer of a wrong shape: ${read?.error.message ?? 'unknown verb'}`),
          );
    };
    socket.once('connect', () => {
      resolve(
        ok({
          call: (verb, request, options) =>
            new Promise((settleCall) => {
              if (cause !== null) return settleCall(fail(fault('io', `connection lost: ${cause}`)));
              const id = nextId++;
              const timer = setTimeout(() => {
                pending.delete(id);
                settleCall(fail(fault('timeout', `${verb}: no answer`)));
              }, options?.timeoutMs ?? 30_000);
              pending.set(id, {
                verb,
                settle: (answer) => {
                  clearTimeout(timer);
                  settleCall(answer as Result<never>);
                },
              });
              socket.write(`${JSON.stringify({ id, verb, request })}\n`);
            }),
          onPush: (push, listener) => {
            const all = listeners.get(push) ?? [];
            listeners.set(push, [...all, listener as (value: unknown) => void]);
          },
          closed,
          close: () => socket.end(),
        } as Caller<V, P>),
      );
    });
  });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
