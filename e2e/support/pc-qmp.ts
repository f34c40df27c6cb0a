// The QMP connection of an emulated PC. Deliberately apart from the product's client: what proves the product must not
// stand or fall with it. Commands are sent one after another; events are kept, so that none is missed between two looks.
// Throws where the product would return a fault. Tests only.
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { until } from './system';

const messageSchema = z.union([
  z.object({ return: z.unknown(), id: z.number() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
  z.object({ event: z.string(), data: z.unknown().optional() }),
  z.object({ QMP: z.unknown() }),
]);

export interface PcEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface PcQmp {
  /** The raw answer. Rejects with QEMU's words, and when the connection is gone. */
  execute(command: string, args?: object): Promise<unknown>;
  /** Everything that happened since it was started, in order. */
  readonly events: readonly PcEvent[];
  /** The first such event, also one from before the call. */
  event(name: string, wanted?: (data: unknown) => boolean, timeoutMs?: number): Promise<PcEvent>;
  close(): void;
}

/** Connects as soon as somebody listens at the socket. */
export async function connectPcQmp(path: string): Promise<PcQmp> {
  const socket = await connectWhenThere(path);
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (cause: Error) => void }>();
  const events: PcEvent[] = [];
  let nextId = 1;
  let gone = false;
  createInterface({ input: socket }).on('line', (line) => {
    const message = messageSchema.parse(JSON.parse(line));
    if ('event' in message) events.push({ event: message.event, data: message.data });
    if ('return' in message) settle(message.id)?.resolve(message.return);
    if ('error' in message) settle(message.id ?? 0)?.reject(new Error(message.error.desc));
  });
  const settle = (id: number) => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  socket.once('close', () => {
    gone = true;
    for (const { reject } of waiting.values()) reject(new Error('the emulated PC is gone'));
    waiting.clear();
  });
  const execute = (command: string, args: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone) return reject(new Error('the emulated PC is gone'));
      const id = nextId++;
      waiting.set(id, { resolve, reject: (cause) => reject(new Error(`${command}: ${cause.message}`)) });
      socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  await execute('qmp_capabilities');
  return {
    execute,
    events,
    event: (name, wanted = () => true, timeoutMs = 60_000) =>
      until(
        `the event ${name}`,
        () => events.find(({ event, data }) => event === name && wanted(data)),
        timeoutMs,
      ),
    close: () => socket.destroy(),
  };
}

async function connectWhenThere(path: string): Promise<Socket> {
  const tryOnce = (): Promise<Socket | null> =>
    new Promise((resolve) => {
      const socket = connect(path);
      socket.once('connect', () => resolve(socket));
      socket.once('error', () => resolve(null));
    });
  const socket = await until(`somebody listens at ${path}`, tryOnce, 20_000);
  return socket.on('error', () => {});
}
