// What QEMU and KVM are on this PC: asked once a process, by really starting them. It must never trust that
// /dev/kvm is there: under nested virtualization it may open and still lack the CPU a guest was made for.
import { access, constants, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ok, type Result } from '../../preload/contract/result';
import { run } from '../process/run';

export const qemuProgram = 'qemu-system-x86_64';

/** mapped-ram and its direct-io are 9.0's (QEMU ChangeLog/9.0 and 9.1). */
const oldestMajor = 9;

export interface QemuFacts {
  /** Such as 10.0.2; null when QEMU says none. */
  readonly version: string | null;
  readonly ok: boolean;
}

let qemuFacts: Promise<Result<QemuFacts>> | null = null;

/** Faults: toolMissing, io, timeout. A version that is too old is an answer: `ok: false`. */
export function queryQemu(): Promise<Result<QemuFacts>> {
  qemuFacts ??= askVersion();
  return qemuFacts;
}

async function askVersion(): Promise<Result<QemuFacts>> {
  const said = await run({
    program: qemuProgram,
    args: ['--version'],
    stage: 'guest.qemu',
    timeoutMs: 10_000,
  });
  return said.ok ? ok(parseVersion(said.value.stdout.toString('latin1'))) : said;
}

/** The first line of `--version`: "QEMU emulator version 10.0.2 (Debian ...)". */
export function parseVersion(text: string): QemuFacts {
  const found = /version (\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?/.exec(text.slice(0, 200));
  if (found === null) return { version: null, ok: false };
  const [, major, minor, micro] = found;
  return { version: [major, minor, micro ?? '0'].join('.'), ok: Number(major) >= oldestMajor };
}

export type Kvm = 'usable' | 'denied' | 'absent';

const kvmAnswers = new Map<string, Promise<Kvm>>();

/** Whether this PC runs that machine's CPU in hardware. `absent` also: there, but it cannot. At most 3 s, then cached. */
export function probeKvm(about: { readonly machine: string; readonly cpuModel: string }): Promise<Kvm> {
  const key = `${about.machine} ${about.cpuModel}`;
  const known = kvmAnswers.get(key) ?? tryKvm(about);
  kvmAnswers.set(key, known);
  return known;
}

async function tryKvm(about: { machine: string; cpuModel: string }): Promise<Kvm> {
  try {
    await access('/dev/kvm');
  } catch {
    return 'absent';
  }
  try {
    await (await open('/dev/kvm', constants.O_RDWR)).close();
  } catch {
    return 'denied';
  }
  // A probe that cannot even be tried (a full /tmp) proves nothing: software emulation works everywhere.
  const runs = await runsProbe({ ...about, accelerator: 'kvm' }).catch(() => false);
  return runs ? 'usable' : 'absent';
}

/**
 * Boots a firmware of three instructions at the reset vector (FFFF:FFF0h): `mov al, 10h; out F4h, al; hlt`. The
 * debug-exit device ends QEMU with (10h << 1) | 1. `enforce` makes QEMU refuse a CPU this PC does not have.
 */
export async function runsProbe(about: {
  readonly machine: string;
  readonly cpuModel: string;
  readonly accelerator: 'kvm' | 'tcg';
}): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'soulpad-probe-'));
  try {
    const firmware = Buffer.alloc(1 << 16, 0xf4);
    firmware.set([0xb0, 0x10, 0xe6, 0xf4, 0xf4], 0xfff0);
    const file = join(folder, 'firmware');
    await writeFile(file, firmware, { mode: 0o600 });
    const probed = await run({
      program: qemuProgram,
      args: [
        ...['-no-user-config', '-nodefaults', '-display', 'none', '-m', '16M'],
        ...['-machine', about.machine, '-accel', about.accelerator, '-cpu', `${about.cpuModel},enforce`],
        ...['-bios', file, '-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
      ],
      stage: 'guest.kvm',
      timeoutMs: 3_000,
      expected: [0x21],
    });
    return probed.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface MachineProbe {
  readonly hasMachine: boolean | null;
  /** What the CPU model has and this CPU (tcg: QEMU) has not. Null: QEMU would not say. */
  readonly missingFeatures: readonly string[] | null;
}

/** qapi/machine.json, query-machines; qapi/machine-target.json, query-cpu-definitions (names come without aliases). */
const machinesSchema = z
  .array(z.object({ name: z.string().max(100), alias: z.string().max(100).optional() }))
  .max(1_000);
const cpusSchema = z
  .array(
    z.object({
      name: z.string().max(100),
      'unavailable-features': z.array(z.string().max(100)).max(1_000).optional(),
    }),
  )
  .max(2_000);

/** Asks a QEMU without a machine, as qemu-cpu-models(7) advises. Never faults: what it does not learn is null. */
export async function probeMachine(about: {
  readonly machine: string;
  readonly cpuModel: string;
  readonly accelerator: 'kvm' | 'tcg';
}): Promise<MachineProbe> {
  const commands = ['qmp_capabilities', 'query-machines', 'query-cpu-definitions', 'quit'];
  const asked = await run({
    program: qemuProgram,
    args: [
      ...['-no-user-config', '-nodefaults', '-display', 'none', '-S'],
      ...['-machine', 'none', '-accel', about.accelerator, '-qmp', 'stdio'],
    ],
    input: Buffer.from(commands.map((execute) => `${JSON.stringify({ execute, id: execute })}\n`).join('')),
    stage: 'guest.fit',
    timeoutMs: 10_000,
    maxOutputBytes: 4 << 20,
  });
  if (!asked.ok) return { hasMachine: null, missingFeatures: null };
  const said = asked.value.stdout.toString('utf8').split('\n');
  const machines = machinesSchema.safeParse(answerTo(said, 'query-machines'));
  const cpus = cpusSchema.safeParse(answerTo(said, 'query-cpu-definitions'));
  const { machine, cpuModel } = about;
  const model = cpus.success ? cpus.data.find((cpu) => cpu.name === cpuModel) : undefined;
  return {
    hasMachine: machines.success
      ? machines.data.some((one) => one.name === machine || one.alias === machine)
      : null,
    // A model that this QEMU does not know lacks all of itself.
    missingFeatures: cpus.success
      ? model === undefined
        ? [cpuModel]
        : (model['unavailable-features'] ?? [])
      : null,
  };
}

function answerTo(lines: readonly string[], id: string): unknown {
  for (const line of lines) {
    const read = z.object({ id: z.literal(id), return: z.unknown() }).safeParse(parseLine(line));
    if (read.success) return read.data.return;
  }
  return null;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
