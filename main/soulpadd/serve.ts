// The socket of soulpadd: who may connect is the kernel's to say (owner root, one group, mode 0660, in a folder that
// nobody else may write), how much they may say is bounded here. One question a connection, a few connections at once,
// a few seconds to ask. A question of a wrong shape gets a fault; what is no frame gets the door.
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { ReplyOf, RequestOf, VerbMap } from '../../preload/contract/verbs';
import { faultOfErrno } from '../files/errno';
import { maxSocketPathBytes } from '../socket/call';
import { encodeFrame, type Frame, frameCollector } from '../socket/parts';

const stage = 'soulpadd.serve';
const maxConnections = 16;
const askingMs = 5_000;

const questionSchema = z.strictObject({ verb: z.string().max(40), request: z.unknown() });

/** `gone` tells that whoever asked hung up. `parts` are wiped when the answer is there. */
export type Answering<V extends VerbMap> = {
  readonly [K in keyof V]: (
    request: RequestOf<V, K>,
    parts: readonly Uint8Array[],
    gone: AbortSignal,
  ) => Promise<Result<ReplyOf<V, K>>>;
};

export interface SoulpaddServer {
  close(): Promise<void>;
}

/** `groupId`: who may connect besides root; null: this user alone. Faults: denied (the folder is not ours alone), io. */
export async function serveSoulpadd<V extends VerbMap>(about: {
  readonly path: string;
  readonly groupId: number | null;
  readonly verbs: V;
  readonly answers: Answering<V>;
}): Promise<Result<SoulpaddServer>> {
  const { path } = about;
  if (Buffer.byteLength(path) > maxSocketPathBytes)
    return fail(faultOf('pathTooLong', `socket path over ${maxSocketPathBytes} bytes: ${path}`));
  const ready = prepare(path);
  if (!ready.ok) return ready;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    hear(
      socket,
      (frame, gone) => answer(about, frame, gone),
      () => sockets.delete(socket),
    );
  });
  server.maxConnections = maxConnections;
  const listening = await listen(server, path, about.groupId);
  if (!listening.ok) return listening;
  return ok({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        rmSync(path, { force: true });
      }),
  });
}

/** Only what this user alone can change may hold the socket, and only an old socket of ours may be in its place. */
function prepare(path: string): Result<void> {
  const uid = process.getuid?.() ?? 0;
  try {
    const folder = dirname(path);
    // Others may pass through it to the socket and the mounts; our umask would close it.
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
    const facts = lstatSync(folder);
    if (!facts.isDirectory() || facts.uid !== uid || (facts.mode & 0o022) !== 0)
      return fail(faultOf('denied', `${folder} can be changed by others`));
    const old = lstatSync(path, { throwIfNoEntry: false });
    if (old !== undefined && (!old.isSocket() || old.uid !== uid))
      return fail(faultOf('denied', `${path} is there and is no socket of ours`));
    rmSync(path, { force: true });
    return ok(undefined);
  } catch (error) {
    return fail(faultOfErrno(error, stage));
  }
}

function listen(server: Server, path: string, groupId: number | null): Promise<Result<void>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(fail(faultOfErrno(error, stage))));
    const before = process.umask(0o177); // 0600 from its first moment, until it has its group
    server.listen(path, () => {
      try {
        if (groupId !== null) {
          // As a service it has the group already, and may not give files away.
          if (groupId !== process.getgid?.()) chownSync(path, process.getuid?.() ?? 0, groupId);
          chmodSync(path, 0o660);
        }
        server.on('error', () => {}); // accept(2) failed (EMFILE): that one is not served, the others are
        resolve(ok(undefined));
      } catch (error) {
        server.close();
        resolve(fail(faultOfErrno(error, stage)));
      }
    });
    process.umask(before);
  });
}

function hear(
  socket: Socket,
  reply: (frame: Frame, gone: AbortSignal) => Promise<Result<unknown>>,
  onEnd: () => void,
): void {
  const collected = frameCollector();
  const gone = new AbortController();
  let asked = false;
  const clock = setTimeout(() => socket.destroy(), askingMs);
  socket.on('error', () => {});
  socket.once('close', () => {
    clearTimeout(clock);
    if (!asked) collected.wipe();
    gone.abort();
    onEnd();
  });
  socket.on('data', (chunk: Buffer) => {
    const frame = asked ? 'bad' : collected.add(chunk);
    if (frame === 'more') return;
    clearTimeout(clock);
    if (frame === 'bad') return void socket.destroy();
    asked = true;
    void reply(frame, gone.signal).then((result) => {
      collected.wipe();
      if (socket.writable) socket.end(encodeFrame(result, []));
    });
  });
}

async function answer<V extends VerbMap>(
  about: { readonly verbs: V; readonly answers: Answering<V> },
  frame: Frame,
  gone: AbortSignal,
): Promise<Result<unknown>> {
  const question = questionSchema.safeParse(frame.json);
  if (!question.success) return fail(faultOf('protocol', 'a question of a wrong shape'));
  const { verb } = question.data;
  const schema = Object.hasOwn(about.verbs, verb) ? about.verbs[verb] : undefined;
  if (schema === undefined) return fail(faultOf('protocol', 'no such verb'));
  const request = schema.request.safeParse(question.data.request);
  if (!request.success) return fail(faultOf('protocol', `${verb}: a request of a wrong shape`));
  try {
    const result = await about.answers[verb as keyof V](request.data as never, frame.parts, gone);
    return result.ok ? ok(result.value ?? null) : fail(trimmed(result.fault));
  } catch (error) {
    return fail(
      faultOf('bug', `${verb}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500)),
    );
  }
}

function trimmed(fault: Fault): Fault {
  return { ...fault, message: fault.message.slice(0, 1_500) };
}

function faultOf(code: Fault['code'], message: string): Fault {
  return { code, stage, message };
}
