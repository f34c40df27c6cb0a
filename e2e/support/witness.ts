// Reads what the witness guest says on its serial line: the proof that it went on, and was not started again.
// The line's form is fixed by the machine-readable surface (docs/surface.md, "witness").
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from './system';

export interface Tick {
  readonly nonce: string;
  readonly n: number;
  readonly ram: string;
  readonly ramPages: number;
  readonly disk: string;
  readonly diskBlocks: number;
}

const tickPattern = /^W1 nonce=([0-9a-f]{16}) n=(\d+) ram=(ok|bad)\/(\d+) disk=(ok|bad)\/(\d+)$/;

export interface Witness {
  /** The next whole tick that satisfies `wanted`, from lines that come after the call. */
  tick(wanted?: (tick: Tick) => boolean): Promise<Tick>;
  /** The newest tick heard, null before the first. */
  last(): Tick | null;
  /** How many numbers the counter left out since listening began: 0, or it was stopped and started, or mixed up. */
  missed(): number;
  /** Key codes reported since listening began, lower-case hex. */
  readonly keys: readonly string[];
  close(): void;
}

/** Listens at a guest's serial socket; only one program can at a time. Waits for the socket to appear. */
export async function listenToWitness(path: string, timeoutMs = 60_000): Promise<Witness> {
  const socket = await connectWithin(path, timeoutMs);
  const keys: string[] = [];
  let last: Tick | null = null;
  let missed = 0;
  const waiting = new Set<(tick: Tick) => void>();
  const broken = new Set<(cause: Error) => void>();
  createInterface({ input: socket }).on('line', (raw) => {
    const line = raw.trim();
    const key = /^K ([0-9a-f]+)$/.exec(line)?.[1];
    if (key !== undefined) keys.push(key);
    const tick = readTick(line);
    if (tick === null) return;
    if (last !== null) missed += Math.max(0, tick.n - last.n - 1);
    last = tick;
    for (const told of [...waiting]) told(tick);
  });
  socket.on('close', () => {
    for (const tell of broken) tell(new Error('the witness fell silent: its serial line closed'));
  });
  return {
    keys,
    last: () => last,
    missed: () => missed,
    tick: (wanted = () => true) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(told);
          broken.delete(tell);
        };
        const told = (tick: Tick): void => {
          if (!wanted(tick)) return;
          end();
          resolve(tick);
        };
        const tell = (cause: Error): void => {
          end();
          reject(cause);
        };
        const timer = setTimeout(() => tell(new Error(`no such tick within ${timeoutMs} ms`)), timeoutMs);
        waiting.add(told);
        broken.add(tell);
      }),
    close: () => socket.destroy(),
  };
}

export function readTick(line: string): Tick | null {
  const [, nonce, n, ram, ramPages, disk, diskBlocks] = tickPattern.exec(line) ?? [];
  if (nonce === undefined || ram === undefined || disk === undefined) return null;
  return { nonce, n: Number(n), ram, ramPages: Number(ramPages), disk, diskBlocks: Number(diskBlocks) };
}

async function connectWithin(path: string, timeoutMs: number): Promise<Socket> {
  const tryOnce = (): Promise<Socket | null> =>
    new Promise((resolve) => {
      const trying = connect(path, () => resolve(trying));
      trying.once('error', () => resolve(null));
    });
  const socket = await until(`somebody listens at ${path}`, tryOnce, timeoutMs);
  return socket.on('error', () => {});
}
