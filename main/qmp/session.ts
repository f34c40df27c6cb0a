// One QMP conversation over a connected socket: greeting first, then replies matched to commands by id, and events.
// Everything from QEMU is parsed; what is not QMP ends the conversation. It must never leave a caller waiting: each
// call has a timeout, and all of them end with the cause when the connection does.
// Spec: qemu/qemu docs/interop/qmp-spec.rst.
import type { Socket } from 'node:net';
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { parseJson } from '../socket/call';
import { readLines } from '../socket/lines';
import { faultFromQmp, qmpErrorSchema } from './errors';

const greetingSchema = z.object({
  QMP: z.object({ version: z.looseObject({}), capabilities: z.array(z.string().max(64)).max(16) }),
});

const messageSchema = z.union([
  z.object({ return: z.unknown(), id: z.number().int() }).refine((message) => message.return !== undefined),
  z.object({ error: qmpErrorSchema, id: z.number().int().optional() }),
  z.object({ event: z.string().max(64), data: z.unknown().optional() }),
]);

export interface Session {
  /** Sends one command; the raw `return` is the caller's to parse. */
  send(about: {
    readonly command: string;
    readonly args: unknown;
    readonly timeoutMs: number;
  }): Promise<Result<unknown>>;
  /** Fulfils with the cause when the conversation is over. */
  readonly closed: Promise<string>;
  close(): void;
}

interface Pending {
  readonly command: string;
  readonly settle: (answer: Result<unknown>) => void;
}

/** Fulfils after the greeting. Faults: protocol (no QMP there), timeout, io (connection lost before it). */
export function openSession(about: {
  readonly socket: Socket;
  readonly stage: string;
  readonly timeoutMs: number;
  readonly onEvent: (event: string, data: unknown) => void;
}): Promise<Result<Session>> {
  const { socket, stage } = about;
  const fault = (code: Fault['code'], message: string): Fault => ({ code, stage, message });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let ending: Fault | null = null;
  let sayClosed: (cause: string) => void = () => {};
  const closed = new Promise<string>((settle) => {
    sayClosed = settle;
  });

  const end = (cause: Fault): void => {
    if (ending !== null) return;
    ending = cause;
    for (const call of pending.values()) call.settle(fail(cause));
    pending.clear();
    sayClosed(cause.message);
    socket.destroy();
  };

  const hear = (line: string): void => {
    const parsed = messageSchema.safeParse(parseJson(line));
    if (!parsed.success) {
      end(fault('protocol', `QMP: not a message: ${JSON.stringify(line.slice(0, 120))}`));
      return;
    }
    const message = parsed.data;
    if ('event' in message) {
      about.onEvent(message.event, message.data);
      return;
    }
    // "Clients should drop all the responses that have an unknown `id` field" (Commands Responses): answers to calls
    // that timed out before, and errors without id, which answer text that was no JSON and we never send any.
    const call = message.id === undefined ? undefined : pending.get(message.id);
    if (message.id === undefined || call === undefined) return;
    pending.delete(message.id);
    call.settle(
      'error' in message
        ? fail(faultFromQmp({ stage, command: call.command, error: message.error }))
        : ok(message.return),
    );
  };

  const session: Session = {
    send: ({ command, args, timeoutMs }) =>
      new Promise((resolve) => {
        if (ending !== null) return resolve(fail(ending));
        const id = nextId++;
        const timer = setTimeout(() => {
          pending.delete(id);
          resolve(fail(fault('timeout', `${command}: no answer in ${timeoutMs} ms`)));
        }, timeoutMs);
        const settle = (answer: Result<unknown>): void => {
          clearTimeout(timer);
          resolve(answer);
        };
        pending.set(id, { command, settle });
        socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      }),
    closed,
    close: () => end(fault('cancelled', 'closed by us')),
  };

  return new Promise((resolve) => {
    const timer = setTimeout(() => end(fault('timeout', 'QMP: no greeting')), about.timeoutMs);
    void closed.then(() => {
      clearTimeout(timer);
      if (ending !== null) resolve(fail(ending));
    });
    let greeted = false;
    readLines(socket, {
      onLine: (line) => {
        if (ending !== null) return;
        if (greeted) return hear(line);
        if (!greetingSchema.safeParse(parseJson(line)).success)
          return end(fault('protocol', `QMP: not a greeting: ${JSON.stringify(line.slice(0, 120))}`));
        greeted = true;
        clearTimeout(timer);
        resolve(ok(session));
      },
      // QEMU never hangs up on a client it has greeted: when it is gone, so is the guest.
      onEnd: (cause) =>
        end(fault(cause === 'line too long' ? 'protocol' : greeted ? 'guestDied' : 'io', `QMP: ${cause}`)),
    });
  });
}
