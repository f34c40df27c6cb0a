// The emulated PC with Debian's kernel (dm-crypt, XFS, USB storage) and this machine's own files, read-only: a place
// where tests may be root. They send shell scripts and get status and output back. Built by
// native-scripts/host/emulated-pc/build, at set-up or on first use. Throws. Tests only.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type EmulatedPc, type PcAbout, startEmulatedPc } from './emulated-pc';
import { until } from './system';

const build = join(import.meta.dirname, '../../native-scripts/host/emulated-pc/build');
const builtSchema = z.object({ kernel: z.string(), initrd: z.string() });
// Self-tests of ciphers cost seconds under emulation.
const commandLine = 'console=ttyS0 quiet panic=-1 cryptomgr.notests rdinit=/init';
const bootMs = 300_000;

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EmulatedLinux extends EmulatedPc {
  /** Runs a bash script as root, without input; one at a time. Its first 4 MiB of output. Default limit 120 s. */
  run(script: string, timeoutMs?: number): Promise<Ran>;
  /** The same, and it must succeed; its output, trimmed. */
  must(script: string, timeoutMs?: number): Promise<string>;
}

/**
 * Fulfils when it takes scripts: 10 to 20 s on a quiet machine. `folder`/shared is /mnt/shared in it, writable; this repository and
 * everything else of this machine that this user may read is at its own path; /tmp, /run, /root are its own.
 */
export async function startEmulatedLinux(
  about: Omit<PcAbout, 'kernel' | 'firmware'> & { /** More words for its kernel. */ readonly words?: string },
): Promise<EmulatedLinux> {
  const { kernel, initrd } = builtSchema.parse(
    JSON.parse(execFileSync(build, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })),
  );
  const shared = join(about.folder, 'shared');
  const agent = join(about.folder, 'agent.sock');
  mkdirSync(shared, { recursive: true, mode: 0o700 });
  const pc = await startEmulatedPc({
    ...about,
    kernel: { kernel, initrd, commandLine: `${commandLine} ${about.words ?? ''}`.trim() },
    more: [
      ...[
        '-virtfs',
        'local,path=/,mount_tag=machine,security_model=none,multidevs=remap,readonly=on,id=machine',
      ],
      ...['-virtfs', `local,path=${shared},mount_tag=shared,security_model=none,id=shared`],
      ...agentDevice(agent),
      ...(about.more ?? []),
    ],
  });
  return withAgent(pc, agent, bootMs);
}

/** QEMU's arguments for the line to `agent` in the PC; `socket` is our end of it. */
export function agentDevice(socket: string): string[] {
  return [
    ...['-device', 'virtio-serial', '-chardev', `socket,id=agent,path=${socket},server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=soulpad.agent'],
  ];
}

/** Fulfils when the agent takes scripts; ends the PC when it does not come. */
export async function withAgent(pc: EmulatedPc, socket: string, patienceMs: number): Promise<EmulatedLinux> {
  try {
    const ask = await connectAgent(socket, pc, patienceMs);
    return {
      ...pc,
      run: ask,
      must: async (script, timeoutMs) => {
        const ran = await ask(script, timeoutMs);
        if (ran.status === 0) return ran.stdout.trim();
        throw new Error(`status ${ran.status} of: ${script}\n${ran.stdout}\n${ran.stderr}`);
      },
    };
  } catch (cause) {
    await pc.end();
    throw cause;
  }
}

async function connectAgent(path: string, pc: EmulatedPc, patienceMs: number) {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const connecting = connect(path, () => resolve(connecting));
    connecting.once('error', reject);
  });
  socket.on('error', () => {});
  void pc.ended.then(() => socket.destroy());
  const answers = new Map<string, Ran>();
  createInterface({ input: socket }).on('line', (line) => {
    const [id = '', status, out = '.', err = '.'] = line.split(' ');
    const text = (field: string): string => Buffer.from(field.slice(1), 'base64').toString('utf8');
    answers.set(id, { status: Number(status), stdout: text(out), stderr: text(err) });
  });
  const answer = (what: string, id: string, timeoutMs: number): Promise<Ran> =>
    until(
      what,
      () => {
        if (socket.destroyed) throw new Error(`the emulated PC ended during: ${what}\n${tail(pc)}`);
        return answers.get(id);
      },
      timeoutMs,
    ).catch((cause: unknown) => {
      throw new Error(`${String(cause)}\n${tail(pc)}`);
    });
  await answer('the emulated PC has started', 'ready', patienceMs);
  let nextId = 1;
  return async (script: string, timeoutMs = 120_000): Promise<Ran> => {
    const id = `${nextId++}`;
    socket.write(`${id} ${Buffer.from(script).toString('base64')}\n`);
    return answer(script, id, timeoutMs);
  };
}

/** Its last words on the serial line: a panic is told there. */
function tail(pc: EmulatedPc): string {
  return pc.serial().slice(-2000);
}
