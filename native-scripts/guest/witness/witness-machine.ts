// The witness in a real QEMU, for its own tests: builds it, starts it, listens to its serial console, sends QMP
// commands. Deliberately apart from the product's QMP client and keeper: a test of the witness must not stand or fall
// with them. Throws where the product would return a fault; every process it started ends with `end`.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { start } from '../../../main/process/run';

export const pageBytes = 4096;
/** init/pattern.h: how every page and block of the witness begins. */
export const markOfRam = 'SoulRAM1';
export const markOfDisk = 'SoulDSK1';

export const definition = z
  .strictObject({
    format: z.literal('soulpad-witness'),
    version: z.literal(1),
    machine: z.string(),
    cpuModel: z.string(),
    cpus: z.number().int(),
    ramBytes: z.number().int(),
    diskBytes: z.number().int(),
    video: z.literal('std'),
    network: z.literal(false),
    serial: z.literal(true),
    commandLine: z.string().max(1024),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'definition.json'), 'utf8')));

const builtSchema = z.strictObject({ kernel: z.string(), initrd: z.string() });

/** Runs `build` (a second when there is nothing to do). */
export function build(args: readonly string[] = []): z.infer<typeof builtSchema> {
  const answer = execFileSync(join(import.meta.dirname, 'build'), args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return builtSchema.parse(JSON.parse(answer));
}

export interface Tick {
  readonly nonce: string;
  readonly n: number;
  readonly ram: string;
  readonly pages: number;
  readonly disk: string;
  readonly blocks: number;
}

const tickLine = /^W1 nonce=([0-9a-f]{16}) n=(\d+) ram=(ok|bad)\/(\d+) disk=(ok|bad)\/(\d+)$/;

/** The tick a serial line tells of, null for every other line. */
export function tickOf(line: string): Tick | null {
  const [, nonce, n, ram, pages, disk, blocks] = tickLine.exec(line) ?? [];
  if (nonce === undefined || ram === undefined || disk === undefined) return null;
  return { nonce, n: Number(n), ram, pages: Number(pages), disk, blocks: Number(blocks) };
}

async function until<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  const deadline = Date.now() + 150_000; // an emulated CPU that waits for two busy cores
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function connected(path: string): Promise<Socket> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const socket = connect(path);
    const problem = await once(socket, 'connect').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (problem === null) return socket.on('error', () => {});
    if (Date.now() > deadline) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const answerSchema = z.looseObject({ return: z.unknown().optional(), error: z.unknown().optional() });

/** One command at a time; events are dropped. */
async function qmpOn(socket: Socket) {
  const answers: z.infer<typeof answerSchema>[] = [];
  createInterface({ input: socket }).on('line', (line) => {
    const message = answerSchema.parse(JSON.parse(line));
    if ('return' in message || 'error' in message) answers.push(message);
  });
  const qmp = async (execute: string, args: object = {}): Promise<unknown> => {
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const answer = await until(`an answer to ${execute}`, () => answers.shift());
    if (answer.error !== undefined) throw new Error(`${execute}: ${JSON.stringify(answer.error)}`);
    return answer.return;
  };
  await qmp('qmp_capabilities');
  return qmp;
}

const migrationSchema = z.looseObject({ status: z.string().optional() });

export interface Machine {
  /** Everything the serial console said, whole lines. */
  readonly lines: readonly string[];
  readonly qmp: (execute: string, args?: object) => Promise<unknown>;
  /** The first tick from now on that satisfies `wanted`. */
  readonly nextTick: (wanted?: (tick: Tick) => boolean) => Promise<Tick>;
  readonly nextLine: (wanted: string) => Promise<string>;
  /** RAM and device state of the paused guest into `file`, or from it into a machine started with `incoming`. */
  readonly migrate: (direction: 'migrate' | 'migrate-incoming', file: string) => Promise<void>;
  /** Exit status of QEMU once it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Ends QEMU whatever its state. */
  readonly end: () => Promise<void>;
}

/** Starts the witness in `folder` (short: it holds the sockets) on the raw `disk`. */
export async function startMachine(about: {
  readonly folder: string;
  readonly disk: string;
  /** Wait for `migrate-incoming` instead of booting. */
  readonly incoming?: boolean;
  /** Keep guest RAM in this file, visible to us. */
  readonly ramFile?: string;
  /** More words for its command line; of two the last counts. */
  readonly words?: string;
}): Promise<Machine> {
  const { kernel, initrd } = build();
  const commandLine = `${definition.commandLine} ${about.words ?? ''}`.trim();
  const at = (name: string) => join(about.folder, name);
  for (const left of ['serial.sock', 'qmp.sock']) rmSync(at(left), { force: true });
  const ram =
    about.ramFile === undefined
      ? 'memory-backend-ram,id=ram0'
      : `memory-backend-file,id=ram0,share=on,mem-path=${about.ramFile}`;
  const child = start({
    program: 'qemu-system-x86_64',
    stdio: ['ignore', 'inherit', 'inherit'],
    args: [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', definition.video],
      ...[
        '-machine',
        `${definition.machine},memory-backend=ram0`,
        '-object',
        `${ram},size=${definition.ramBytes}`,
      ],
      ...['-accel', 'tcg', '-cpu', definition.cpuModel, '-m', `${definition.ramBytes >> 20}M`],
      ...['-kernel', kernel, '-initrd', initrd, '-append', commandLine],
      ...['-blockdev', `driver=raw,node-name=disk,file.driver=file,file.filename=${about.disk}`],
      ...['-device', 'virtio-blk-pci,drive=disk'],
      ...[
        '-chardev',
        `socket,id=serial,path=${at('serial.sock')},server=on,wait=off`,
        '-serial',
        'chardev:serial',
      ],
      ...['-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
      ...(about.incoming ? ['-incoming', 'defer', '-S'] : []),
    ],
  });
  const sockets: Socket[] = [];
  const open = async (name: string) => {
    const socket = await connected(at(name));
    sockets.push(socket);
    return socket;
  };
  const end = async () => {
    child.process.kill('SIGKILL');
    await child.ended;
    for (const socket of sockets) socket.destroy();
  };
  try {
    const serial = await open('serial.sock');
    const lines: string[] = [];
    createInterface({ input: serial }).on('line', (line) => lines.push(line));
    const qmp = await qmpOn(await open('qmp.sock'));
    const next = <T>(what: string, read: (line: string) => T | null) => {
      let from = lines.length;
      return until(what, () => {
        while (from < lines.length) {
          const seen = read(lines[from++] ?? '');
          if (seen !== null) return seen;
        }
        return null;
      });
    };
    return {
      lines,
      qmp,
      nextTick: (wanted = () => true) =>
        next('a tick', (line) => {
          const tick = tickOf(line);
          return tick !== null && wanted(tick) ? tick : null;
        }),
      nextLine: (wanted) => next(wanted, (line) => (line === wanted ? line : null)),
      migrate: async (direction, file) => {
        await qmp('migrate-set-capabilities', { capabilities: [{ capability: 'mapped-ram', state: true }] });
        await qmp('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
        await qmp(direction, { uri: `file:${file}` });
        for (let status = ''; status !== 'completed'; ) {
          status = migrationSchema.parse(await qmp('query-migrate')).status ?? '';
          if (status === 'failed') throw new Error(`${direction} failed`);
        }
      },
      ended: child.ended.then(({ status }) => status),
      end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
