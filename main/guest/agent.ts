// The guest agent (qemu-guest-agent) as a client: what runs inside the guest answers here, so every byte is hostile
// input. Lines are bounded, each answer is parsed, each call has a timeout, and after one that came too late the
// conversation is over (a later answer could be taken for another call's). It must never hold up the guest.
// Spec: QEMU qga/qapi-schema.json; resynchronizing: guest-sync-delimited and the byte 0xFF.
import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { ReplyOf, RequestOf, VerbMap } from '../../preload/contract/verbs';
import { maxSocketPathBytes, parseJson } from '../socket/call';
import { readLines } from '../socket/lines';

const nothing = z.object({});
/** Nanoseconds since 1970 as a JSON number: to within 256 ns until 2262. */
const nanoseconds = z.number().nonnegative();

/** The commands we use, no others. */
const agentVerbs = {
  'guest-get-time': { request: z.strictObject({}), reply: nanoseconds },
  /** Sets the guest's clock, then its hardware clock: about 1 s. */
  'guest-set-time': { request: z.strictObject({ time: nanoseconds }), reply: nothing },
  'guest-exec': {
    request: z.strictObject({
      path: z.string().max(256),
      arg: z.array(z.string().max(4096)).max(16),
      'capture-output': z.boolean(),
    }),
    reply: z.object({ pid: z.number().int() }),
  },
  /** Output in base64. */
  'guest-exec-status': {
    request: z.strictObject({ pid: z.number().int() }),
    reply: z.object({
      exited: z.boolean(),
      exitcode: z.number().int().optional(),
      'out-data': z.string().optional(),
    }),
  },
} as const satisfies VerbMap;

type Verbs = typeof agentVerbs;

export interface Agent {
  /** Default timeout 5 s. Faults: io (the guest refused it), timeout, protocol. After a timeout only `close` is left. */
  execute<K extends keyof Verbs>(
    command: K,
    args: RequestOf<Verbs, K>,
    options?: { readonly timeoutMs?: number },
  ): Promise<Result<ReplyOf<Verbs, K>>>;
  close(): void;
}

const answerSchema = z.union([
  z.object({ return: z.unknown() }).refine((answer) => answer.return !== undefined),
  z.object({ error: z.object({ desc: z.string().max(8192) }) }),
]);

/** A guest that has just woken reads slowly: asked again so often. */
const syncEveryMs = 1_000;

/**
 * Connects and waits until the agent answers, at most `timeoutMs`. Faults: timeout (no agent there), missingFile,
 * pathTooLong, cancelled, io.
 */
export async function connectAgent(about: {
  readonly path: string;
  readonly stage: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}): Promise<Result<Agent>> {
  const { path, stage, signal } = about;
  if (Buffer.byteLength(path) > maxSocketPathBytes)
    return fail({
      code: 'pathTooLong',
      stage,
      message: `socket path over ${maxSocketPathBytes} bytes: ${path}`,
    });
  if (signal?.aborted)
    return fail({ code: 'cancelled', stage, message: 'asking the guest agent was cancelled' });
  const socket = connect(path);
  const lines = linesOf(socket);
  const giveUp = (): void => void socket.destroy();
  signal?.addEventListener('abort', giveUp, { once: true });
  const synced = await sync({ socket, lines, stage, timeoutMs: about.timeoutMs });
  signal?.removeEventListener('abort', giveUp);
  if (synced.ok) return ok(agentOn({ socket, lines, stage }));
  socket.destroy();
  if (!signal?.aborted) return synced;
  return fail({ code: 'cancelled', stage, message: 'asking the guest agent was cancelled' });
}

type Heard = { readonly line: string } | { readonly gone: string } | 'late';

interface Lines {
  /** The next line within the time; why there is none else. */
  next(timeoutMs: number): Promise<Heard>;
  /** Lines that nobody has waited for answer nobody. */
  forget(): void;
}

/** A guest that talks without being asked is not listened to for ever. */
const maxUnheard = 64;

function linesOf(socket: Socket): Lines {
  let unheard: string[] = [];
  let gone: string | null = null;
  let wake: () => void = () => {};
  readLines(socket, {
    onLine: (line) => {
      if (unheard.length < maxUnheard) unheard.push(line);
      wake();
    },
    onEnd: (cause) => {
      gone = cause;
      wake();
    },
  });
  const here = (): Heard | null => {
    const line = unheard.shift();
    if (line !== undefined) return { line };
    return gone === null ? null : { gone };
  };
  return {
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const heard = here();
        if (heard !== null) return resolve(heard);
        const settle = (): void => {
          clearTimeout(timer);
          wake = () => {};
          resolve(here() ?? 'late');
        };
        const timer = setTimeout(settle, timeoutMs);
        wake = settle;
      }),
    forget: () => {
      unheard = [];
    },
  };
}

/** How long an agent that has begun to answer may take for the last of the numbers. */
const settleMs = 10_000;

/**
 * First a number is said again and again until an agent is there, then one last number: a guest that boots reads all of
 * them late and answers each, an error for each 0xFF too. Answers come in order, so that after the last number's nothing
 * of the conversation before is left.
 */
async function sync(about: {
  readonly socket: Socket;
  readonly lines: Lines;
  readonly stage: string;
  readonly timeoutMs: number;
}): Promise<Result<void>> {
  const sent = new Set<number>();
  const first = await hearNumber({ ...about, wanted: sent, again: true });
  if (!first.ok) return first;
  const last = new Set([say(about.socket)]);
  return hearNumber({ ...about, timeoutMs: settleMs, wanted: last, again: false });
}

/** 0xFF makes the agent forget half a command that a caller before us may have left. */
function say(socket: Socket): number {
  const id = randomInt(1, 2 ** 31);
  const command = { execute: 'guest-sync-delimited', arguments: { id } };
  socket.write(Buffer.concat([Buffer.from([0xff]), Buffer.from(`${JSON.stringify(command)}\n`)]));
  return id;
}

/** Until an answer carries one of the numbers; what comes before it answers somebody who is gone. */
async function hearNumber(about: {
  readonly socket: Socket;
  readonly lines: Lines;
  readonly stage: string;
  readonly timeoutMs: number;
  readonly wanted: Set<number>;
  readonly again: boolean;
}): Promise<Result<void>> {
  const { stage, wanted } = about;
  const deadline = performance.now() + about.timeoutMs;
  for (let again = about.again ? 0 : deadline; ; ) {
    const now = performance.now();
    if (now >= deadline) return fail({ code: 'timeout', stage, message: 'no guest agent answered' });
    if (now >= again) {
      wanted.add(say(about.socket));
      again = now + syncEveryMs;
    }
    const seen = await about.lines.next(Math.min(deadline, again) - now);
    if (seen === 'late') continue;
    if ('gone' in seen) return fail({ code: 'io', stage, message: `guest agent: ${seen.gone}` });
    // The reader decodes UTF-8, in which 0xFF is no character: it becomes U+FFFD.
    const answer = answerSchema.safeParse(parseJson(seen.line.split('\ufffd').at(-1) ?? ''));
    if (answer.success && 'return' in answer.data && wanted.has(Number(answer.data.return)))
      return ok(undefined);
  }
}

function agentOn(about: { readonly socket: Socket; readonly lines: Lines; readonly stage: string }): Agent {
  const { socket, lines, stage } = about;
  const fault = (code: Fault['code'], message: string): Result<never> => fail({ code, stage, message });
  let over: string | null = null;
  return {
    execute: async (command, args, options) => {
      if (over !== null) return fault('timeout', `${command}: ${over}`);
      lines.forget();
      socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      const seen = await lines.next(options?.timeoutMs ?? 5_000);
      if (seen === 'late') {
        over = 'the guest agent did not answer in time';
        return fault('timeout', `${command}: ${over}`);
      }
      if ('gone' in seen) return fault('io', `${command}: ${seen.gone}`);
      const answer = answerSchema.safeParse(parseJson(seen.line));
      if (!answer.success) return fault('protocol', `${command}: an answer that is none`);
      if ('error' in answer.data) return fault('io', `${command}: ${answer.data.error.desc}`.slice(0, 500));
      const read = agentVerbs[command].reply.safeParse(answer.data.return);
      if (!read.success) return fault('protocol', `${command}: an answer of a wrong shape`);
      return ok(read.data as ReplyOf<Verbs, typeof command>);
    },
    close: () => void socket.destroy(),
  };
}
