// What QEMU and KVM are on this PC: asked once a process, by really starting them. It must never trust that
// /dev/kvm is there: under nested virtualization it may open and still lack the CPU a guest was made for.
import { access, constants, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
