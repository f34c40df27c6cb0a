// The peer: `virsh save --bypass-cache` and `virsh restore` of the same witness on the same throttled disk, by a libvirt
// of our own: a session daemon in a throwaway folder, whose sockets, settings and logs lie there too. It must never talk
// to a libvirt of this machine's, and never outlive the bench.
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { qemuProgram } from '../../main/guest/qemu';
import { findWitnessFiles } from '../../main/guest/witness-files';
import { findProgram } from '../../main/process/program-search';
import { type Child, run, start } from '../../main/process/run';
import { until } from '../support/system';
import { listenToWitness, type Tick } from '../support/witness';
import { must } from './bench-guest';
import type { SlowDisk } from './slow-disk';
import { benchWitness, type WitnessSize } from './state-witness';

const MiB = 1 << 20;
const patienceMs = 900_000;

export interface VirshTimes {
  /** `virsh save --bypass-cache` and syncing its disk, seconds. */
  readonly save: number;
  readonly savedBytes: number;
  /** From `virsh restore` until the guest's first tick, seconds. */
  readonly firstTick: number;
  readonly verified: boolean;
}

/** Throws where there is no libvirt, and says how to get it. Restores from a disk that was pulled out in between. */
export async function virshTimes(about: {
  readonly disk: SlowDisk;
  readonly size: WitnessSize;
  /** MB/s of 2^20 bytes. */
  readonly speed: number;
}): Promise<VirshTimes> {
  const { disk } = about;
  await disk.setSpeed(0);
  const libvirt = await startLibvirt();
  const folder = join(disk.folder, 'virsh');
  try {
    const domain = await writeDomain({ folder, runtime: libvirt.folder, size: about.size });
    await libvirt.virsh('create', domain.file);
    const before = await tickOf(domain.serial);
    await disk.setSpeed(about.speed * MiB);
    const image = join(folder, 'saved');
    const save = await timed(async () => {
      await libvirt.virsh('save', '--bypass-cache', 'witness', image);
      must(await run({ program: 'sync', args: ['-f', folder], stage: 'bench.virsh', timeoutMs: patienceMs }));
    });
    const { size: savedBytes } = await stat(image);
    await disk.replug();
    await rm(domain.serial, { force: true });
    let after: Tick | null = null;
    const firstTick = await timed(async () => {
      await libvirt.virsh('restore', image);
      after = await tickOf(domain.serial);
    });
    return { save, savedBytes, firstTick, verified: goesOn(before, after) };
  } finally {
    await libvirt.end();
    await disk.setSpeed(0);
    await rm(folder, { recursive: true, force: true });
  }
}

function goesOn(before: Tick, after: Tick | null): boolean {
  return after !== null && after.nonce === before.nonce && after.n > before.n && after.ram === 'ok';
}

async function tickOf(serial: string): Promise<Tick> {
  const witness = await listenToWitness(serial, patienceMs);
  try {
    return await witness.tick();
  } finally {
    witness.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

interface Libvirt {
  /** 0700, not on the disk that is measured. */
  readonly folder: string;
  virsh(...words: readonly string[]): Promise<void>;
  end(): Promise<void>;
}

const withoutLibvirt =
  'libvirt is missing: apt-get install --no-install-recommends libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients';

async function startLibvirt(): Promise<Libvirt> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  if (['libvirtd', 'virsh'].some((program) => findProgram(program, path) === null))
    throw new Error(withoutLibvirt);
  const folder = await mkdtemp('/tmp/soulpad-virsh-');
  const env = {
    ...{ HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CACHE_HOME: join(folder, 'cache') },
    ...{ XDG_CONFIG_HOME: join(folder, 'config'), PATH: path },
  };
  // No log daemon, no security labels: nothing but one daemon and its QEMU.
  const settings = ['stdio_handler = "file"', 'security_driver = "none"', 'namespaces = []'];
  await mkdir(join(folder, 'config/libvirt'), { recursive: true });
  await writeFile(join(folder, 'config/libvirt/qemu.conf'), `${settings.join('\n')}\n`);
  // The kernel ends it with us, however we end (setpriv(1)).
  const daemon = start({ program: 'setpriv', args: ['--pdeathsig', 'KILL', '--', 'libvirtd'], env });
  const virsh = async (...args: readonly string[]): Promise<void> => {
    const order = ['--quiet', '--connect', 'qemu:///session', ...args];
    const stage = 'bench.virsh';
    must(await run({ program: 'virsh', args: order, stage, env, timeoutMs: patienceMs }));
  };
  const end = async (): Promise<void> => {
    await virsh('destroy', 'witness').catch(() => {}); // it may not run
    await endDaemon(daemon);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if ((await Promise.race([daemon.ended, up(virsh)])) !== 'up') throw new Error('libvirtd ended at once');
    return { folder, virsh, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function up(virsh: Libvirt['virsh']): Promise<'up'> {
  const answers = () =>
    virsh('version').then(
      () => 'up' as const,
      () => null,
    );
  return until('libvirt answers', answers, 60_000);
}

async function endDaemon(daemon: Child): Promise<void> {
  daemon.process.kill('SIGTERM');
  await daemon.ended;
}

/** The witness as libvirt is told of it: the same machine, CPU, kernel, memory and kind of disk. */
async function writeDomain(about: {
  readonly folder: string;
  readonly runtime: string;
  readonly size: WitnessSize;
}): Promise<{ readonly file: string; readonly serial: string }> {
  const { folder, runtime } = about;
  const { definition } = benchWitness(about.size);
  const { kernel, initrd } = must(findWitnessFiles());
  const [disk] = definition.disks;
  if (definition.boot.from !== 'kernel' || initrd === null || disk === undefined)
    throw new Error('the witness has a kernel, an initrd and a disk');
  await mkdir(folder, { mode: 0o700 });
  for (const [name, from] of Object.entries({ kernel, initrd })) await copyFile(from, join(runtime, name));
  const image = join(folder, 'disk.qcow2');
  const made = ['create', '-q', '-f', 'qcow2', image, String(disk.bytes)];
  must(await run({ program: 'qemu-img', args: made, stage: 'bench.virsh' }));
  const serial = join(runtime, 'serial.sock');
  const file = join(runtime, 'witness.xml');
  const xml = `<domain type='qemu'>
  <name>witness</name><uuid>${definition.uuid}</uuid>
  <memory unit='b'>${definition.ramBytes}</memory><vcpu>${definition.cpus}</vcpu>
  <os><type arch='x86_64' machine='${definition.machine}'>hvm</type>
    <kernel>${join(runtime, 'kernel')}</kernel><initrd>${join(runtime, 'initrd')}</initrd>
    <cmdline>${definition.boot.commandLine}</cmdline></os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact'><model>${definition.cpuModel.replace(/-v\d+$/, '')}</model></cpu>
  <devices>
    <emulator>${findProgram(qemuProgram) ?? ''}</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda' bus='virtio'/></disk>
    <serial type='unix'><source mode='bind' path='${serial}'/></serial>
    <video><model type='vga'/></video>
  </devices>
</domain>
`;
  await writeFile(file, xml);
  return { file, serial };
}
