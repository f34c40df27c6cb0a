// The QMP organ's outside: a connected QEMU as typed commands and events (verbs.ts lists them). It knows no story:
// what a command means for a guest is the keeper's and the engines' business.
import type { z } from 'zod';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { ReplyOf, RequestOf } from '../../preload/contract/verbs';
import { openSession } from './session';
import { connectSocket } from './transport';
import { type QmpEvent, type QmpVerb, qmpEvents, qmpVerbs } from './verbs';

type Verbs = typeof qmpVerbs;

export interface Qmp {
  /**
   * One command, `{}` for no arguments. Default timeout 10 s; the command itself goes on in QEMU after it.
   * Faults: io (QEMU refused it), guestDied (the connection is gone), full, timeout, protocol (an answer of a wrong shape), toolTooOld,
   * kernelLacks, cancelled (after `close`).
   */
  execute<K extends QmpVerb>(
    command: K,
    args: RequestOf<Verbs, K>,
    options?: { readonly timeoutMs?: number },
  ): Promise<Result<ReplyOf<Verbs, K>>>;
  /** Returns the way to stop listening. What happened before is asked with `query-status`, events are not repeated. */
  onEvent<E extends QmpEvent>(event: E, listener: (data: z.infer<(typeof qmpEvents)[E]>) => void): () => void;
  /** Fulfils with the cause when the connection is gone: QEMU ended, spoke no QMP, or `close` was called. */
  readonly closed: Promise<string>;
  /** Ends the connection; QEMU goes on and takes another client. */
  close(): void;
}

/**
 * Connects, waits for the greeting and negotiates. Tries again while nobody listens, until `timeoutMs` (default 10 s).
 * Faults: pathTooLong, missingFile (nobody listens), cancelled, denied, timeout, protocol, io.
 */
export async function connectQmp(about: {
  readonly path: string;
  /** Where in the story: the stage of every fault of this connection. */
  readonly stage: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}): Promise<Result<Qmp>> {
  const { path, stage, signal, timeoutMs = 10_000 } = about;
  const connected = await connectSocket({ path, stage, timeoutMs, signal });
  if (!connected.ok) return connected;
  const socket = connected.value;
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  const onEvent = (event: string, data: unknown): void => {
    const schema = Object.hasOwn(qmpEvents, event) ? qmpEvents[event as QmpEvent] : undefined;
    const read = schema?.safeParse(data ?? {});
    if (read?.success) for (const listener of [...(listeners.get(event) ?? [])]) listener(read.data);
  };
  const giveUp = (): void => void socket.destroy(new Error('connecting was cancelled'));
  signal?.addEventListener('abort', giveUp, { once: true });
  const opened = await openSession({ socket, stage, timeoutMs, onEvent });
  const negotiated = opened.ok
    ? await opened.value.send({ command: 'qmp_capabilities', args: {}, timeoutMs })
    : opened;
  signal?.removeEventListener('abort', giveUp);
  if (!opened.ok || !negotiated.ok) {
    socket.destroy();
    if (signal?.aborted) return fail({ code: 'cancelled', stage, message: 'QMP: connecting was cancelled' });
    return opened.ok ? (negotiated as Result<never>) : opened;
  }
  const session = opened.value;

  return ok({
    execute: async (command, args, options) => {
      const answer = await session.send({ command, args, timeoutMs: options?.timeoutMs ?? 10_000 });
      if (!answer.ok) return answer;
      const read = qmpVerbs[command].reply.safeParse(answer.value);
      if (read.success) return ok(read.data as ReplyOf<Verbs, typeof command>);
      const message = `${command}: an answer of a wrong shape: ${read.error.message.slice(0, 400)}`;
      return fail({ code: 'protocol', stage, message });
    },
    onEvent: (event, listener) => {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all);
      const heard = (data: unknown): void => (listener as (data: unknown) => void)(data);
      all.add(heard);
      return () => void all.delete(heard);
    },
    closed: session.closed,
    close: session.close,
  });
}
