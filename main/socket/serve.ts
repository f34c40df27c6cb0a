// The server side of a verb socket: listens in a 0700 folder with mode 0600, parses every request, answers in any
// order, pushes to all. A request of a wrong shape gets an error reply; a line that is no frame ends that connection.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { PushMap, ReplyOf, RequestOf, VerbMap } from '../../preload/contract/verbs';
import { makeOwnFolder } from '../files/own-folder';
import { maxSocketPathBytes, parseJson } from './call';
import { readLines } from './lines';

const requestSchema = z.object({
  id: z.number().int(),
  verb: z.string().max(40),
  request: z.unknown().optional(),
});

const maxUnreadBytes = 4 << 20;
/** How long `close` waits for clients that do not read. */
const flushPatienceMs = 1_000;

/** A connected client, as long as it is there. */
export interface Peer {
  onClosed(listener: () => void): void;
}

export type Answers<V extends VerbMap> = {
  readonly [K in keyof V]: (request: RequestOf<V, K>, peer: Peer) => Promise<Result<ReplyOf<V, K>>>;
};

export interface Serving<P extends PushMap> {
  push<K extends keyof P & string>(push: K, value: z.infer<P[K]>): void;
  /** Pushes sent before are flushed, then all connections end and the socket file goes. */
  close(): Promise<void>;
}

/** Faults: pathTooLong, denied, busy (somebody else listens there), io. A stale socket file is replaced by the caller's word. */
export async function serveSocket<V extends VerbMap, P extends PushMap>(about: {
  readonly path: string;
  readonly stage: string;
  readonly verbs: V;
  readonly pushes: P;
  readonly answers: Answers<V>;
}): Promise<Result<Serving<P>>> {
  const fault = (code: Fault['code'], message: string): Fault => ({ code, stage: about.stage, message });
  if (Buffer.byteLength(about.path) > maxSocketPathBytes) {
    return fail(fault('pathTooLong', `socket path over ${maxSocketPathBytes} bytes: ${about.path}`));
  }
  const folder = makeOwnFolder(dirname(about.path), about.stage);
  if (!folder.ok) return folder;
  const peers = new Set<Socket>();
  const server: Server = createServer((socket) => {
    peers.add(socket);
    const closers: (() => void)[] = [];
    const peer: Peer = { onClosed: (listener) => closers.push(listener) };
    readLines(socket, {
      onLine: (line) => void answerLine({ line, socket, peer }),
      onEnd: () => {
        peers.delete(socket);
        for (const closer of closers) closer();
      },
    });
  });

  const answerLine = async (got: { line: string; socket: Socket; peer: Peer }): Promise<void> => {
    const frame = requestSchema.safeParse(parseJson(got.line));
    if (!frame.success) return void got.socket.destroy();
    const { id, verb, request } = frame.data;
    const answer = await answerVerb({ verb, request, peer: got.peer });
    send(got.socket, { id, ...answer });
  };
  /** A client that stopped reading (frozen, or hostile) must not grow our memory. */
  const send = (socket: Socket, frame: object): void => {
    if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`);
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
  };
  const answerVerb = async (asked: {
    verb: string;
    request: unknown;
    peer: Peer;
  }): Promise<Result<unknown>> => {
    if (!Object.hasOwn(about.verbs, asked.verb))
      return fail(fault('protocol', `no such verb: ${asked.verb.slice(0, 40)}`));
    const schema = about.verbs[asked.verb];
    const read = schema?.request.safeParse(asked.request);
    if (!read?.success) return fail(fault('protocol', `${asked.verb}: request of a wrong shape`));
    try {
      return await about.answers[asked.verb as keyof V](read.data as never, asked.peer);
    } catch (error) {
      return fail(fault('bug', `${asked.verb}: ${error instanceof Error ? error.message : String(error)}`));
    }
  };

  const listening = await listen(server, about.path);
  if (!listening.ok) return fail(fault(listening.code, listening.message));
  return ok({
    push: (push, value) => {
      for (const socket of peers) send(socket, { push, value });
    },
    close: () =>
      new Promise((resolve) => {
        const patience = setTimeout(() => {
          for (const socket of peers) socket.destroy();
        }, flushPatienceMs);
        server.close(() => {
          clearTimeout(patience);
          resolve();
        });
        for (const socket of peers) socket.end(() => socket.destroy());
        rmSync(about.path, { force: true });
      }),
  });
}

type Listening = { ok: true } | { ok: false; code: 'busy' | 'io'; message: string };

function listen(server: Server, path: string): Promise<Listening> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ ok: false, code: error.code === 'EADDRINUSE' ? 'busy' : 'io', message: error.message });
    });
    // umask decides the socket's mode between bind and chmod; the 0700 folder covers that moment too.
    const before = process.umask(0o177);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      server.on('error', () => {}); // accept(2) failed (EMFILE): that client is not served, the others are
      resolve({ ok: true });
    });
    process.umask(before);
  });
}
