// A PC that tests own whole: firmware, disks, USB sticks, keyboard, screen, memory. QEMU under software emulation, as
// this user, without a network. Nothing is told to it but what a person or a thief could do to a real one: keys, plugs
// pulled, power, and a look into its memory chips. Throws; every process ends with `end`. Tests only.
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../main/process/run';
import { keysOf } from './pc-keys';
import { connectPcQmp, type PcQmp } from './pc-qmp';
import { until } from './system';

/** How a disk is attached. `usb`: a stick on the PC's USB controller, which can be pulled; `uas`: the same, but it speaks USB Attached SCSI only; `disc`: a CD. */
export type Bus = 'virtio' | 'ahci' | 'nvme' | 'usb' | 'uas' | 'disc';

export interface PcDisk {
  /** Letters, digits and dashes; also the disk's serial number. */
  readonly id: string;
  readonly file: string;
  readonly bus: Bus;
  readonly format?: 'raw' | 'qcow2';
  readonly readOnly?: boolean;
  /** Its place in the firmware's boot order; none: never booted from. */
  readonly bootIndex?: number;
}

export interface PcAbout {
  /** Short: sockets and logs lie in it. */
  readonly folder: string;
  /** Ignored when a kernel is given: SeaBIOS then hands over at once. */
  readonly firmware?: 'bios' | 'uefi' | 'secureBoot';
  readonly kernel?: { readonly kernel: string; readonly initrd: string; readonly commandLine: string };
  /** Default 1024. */
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly disks?: readonly PcDisk[];
  /** QEMU's name of the processor, with its features. Default: all that the emulator has. */
  readonly cpu?: string;
  /** What its USB sockets hang on. Default xhci. */
  readonly usb?: 'xhci' | 'ehci';
  /** Default none: no display adapter at all. */
  readonly display?: 'none' | 'std' | 'virtio' | 'qxl';
  /** True: a powered-off PC keeps its memory for `dumpMemory`; see `poweredOff`. */
  readonly keepAfterPowerOff?: boolean;
  /** More arguments for QEMU. */
  readonly more?: readonly string[];
}

export interface EmulatedPc {
  readonly pid: number;
  readonly qmp: PcQmp;
  /** Everything its serial line said so far. */
  serial(): string;
  /** Types on its keyboard (US layout). */
  type(text: string): Promise<void>;
  /** Presses keys together, by their QKeyCode: `press('ctrl', 'alt', 'delete')`. */
  press(...keys: string[]): Promise<void>;
  /** A PNG of its screen. */
  screenshot(file: string): Promise<void>;
  plug(disk: PcDisk): Promise<void>;
  /** Pulls a USB disk out, without a word to the system in it. */
  pull(id: string): Promise<void>;
  /** All its memory into a file, as an ELF core. */
  dumpMemory(file: string): Promise<void>;
  /** Fulfils when the system in it has powered off. */
  poweredOff(timeoutMs: number): Promise<void>;
  /** Fulfils with QEMU's status once it has ended. */
  readonly ended: Promise<number | null>;
  end(): Promise<void>;
}

// init_on_free makes Linux clear pages by `rep stosb`, at which the emulator is slow: a matter of the test bench.
const everyFeature = 'max,-erms,-fsrm';

export async function startEmulatedPc(about: PcAbout): Promise<EmulatedPc> {
  const at = (name: string): string => join(about.folder, name);
  for (const left of ['qmp.sock', 'serial.log', 'qemu.log']) rmSync(at(left), { force: true });
  const disks = about.disks ?? [];
  const { kernel } = about;
  const child = start({
    program: 'qemu-system-x86_64',
    stdio: ['ignore', 'inherit', 'inherit'],
    args: [
      ...[
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-accel',
        'tcg',
        '-cpu',
        about.cpu ?? everyFeature,
      ],
      ...['-m', `${about.memoryMiB ?? 1024}M`, '-smp', `${about.cpus ?? 2}`, '-no-reboot'],
      ...firmwareOf(about),
      ...(about.keepAfterPowerOff ? ['-no-shutdown'] : []),
      ...['-device', about.usb === 'ehci' ? 'usb-ehci,id=usb' : 'qemu-xhci,id=usb'],
      ...['-device', 'usb-kbd,bus=usb.0', '-device', 'usb-tablet,bus=usb.0'],
      ...displayOf(about.display ?? 'none'),
      ...['-chardev', `file,id=serial,path=${at('serial.log')}`, '-serial', 'chardev:serial'],
      ...['-chardev', `socket,id=qmp,path=${at('qmp.sock')},server=on,wait=off`, '-mon', 'qmp,mode=control'],
      ...(kernel === undefined
        ? []
        : ['-kernel', kernel.kernel, '-initrd', kernel.initrd, '-append', kernel.commandLine]),
      ...disks.flatMap((disk) => [
        ...['-blockdev', JSON.stringify(blockdevOf(disk))],
        ...(disk.bus === 'uas' ? ['-device', `usb-uas,id=${disk.id}-uas,bus=usb.0`] : []),
        ...['-device', JSON.stringify({ ...deviceOf(disk), ...portOf(disk, disks) })],
      ]),
      ...(about.more ?? []),
    ],
  });
  const qmp = await connectPcQmp(at('qmp.sock')).catch((cause: unknown) => {
    child.process.kill('SIGKILL');
    throw cause;
  });
  const press = async (...keys: string[]): Promise<void> => {
    const event = (key: string, down: boolean): object => ({
      type: 'key',
      data: { down, key: { type: 'qcode', data: key } },
    });
    // Both at once: a release that comes late is taken for a key held down.
    const events = [
      ...keys.map((key) => event(key, true)),
      ...[...keys].reverse().map((key) => event(key, false)),
    ];
    await qmp.execute('input-send-event', { events });
  };
  return {
    pid: child.pid ?? 0,
    qmp,
    serial: () => readFileSync(at('serial.log'), 'latin1'),
    press,
    type: async (text) => {
      for (const keys of keysOf(text)) {
        await press(...keys);
        // QEMU keeps 16 presses and releases for a PC that is slow to fetch them, and drops the rest.
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    },
    screenshot: async (file) => {
      await qmp.execute('screendump', { filename: file, format: 'png' });
    },
    plug: async (disk) => {
      await qmp.execute('blockdev-add', blockdevOf(disk));
      await qmp.execute('device_add', deviceOf(disk));
    },
    pull: async (id) => {
      await qmp.execute('device_del', { id });
      await qmp.event('DEVICE_DELETED', (data) => JSON.stringify(data).includes(`"${id}"`));
      // The device lets go of its back end a moment after the event.
      await until(`${id} is let go`, () =>
        qmp.execute('blockdev-del', { 'node-name': `${id}-disk` }).then(
          () => true,
          () => false,
        ),
      );
    },
    dumpMemory: async (file) => {
      rmSync(file, { force: true }); // QEMU makes it read-only, and so could not write it a second time
      await qmp.execute('dump-guest-memory', { paging: false, protocol: `file:${file}` });
    },
    poweredOff: async (timeoutMs) => {
      await qmp.event('SHUTDOWN', undefined, timeoutMs);
    },
    ended: child.ended.then(({ status }) => status),
    end: async () => {
      child.process.kill('SIGKILL');
      await child.ended;
      qmp.close();
    },
  };
}

function firmwareOf(about: PcAbout): string[] {
  const kind = about.firmware ?? 'bios';
  if (kind === 'bios' || about.kernel !== undefined) return ['-machine', 'q35,usb=off'];
  const [code, variables] =
    kind === 'uefi'
      ? ['OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd']
      : ['OVMF_CODE_4M.secboot.fd', 'OVMF_VARS_4M.ms.fd'];
  const own = join(about.folder, 'ovmf-variables.fd');
  copyFileSync(join('/usr/share/OVMF', variables), own);
  const secure = kind === 'secureBoot';
  return [
    ...['-machine', `q35,usb=off${secure ? ',smm=on' : ''}`],
    ...(secure ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/${code}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${own}`],
  ];
}

function displayOf(kind: NonNullable<PcAbout['display']>): string[] {
  return ['-vga', kind];
}

function blockdevOf(disk: PcDisk): object {
  return {
    ...{ driver: disk.format ?? 'raw', 'node-name': `${disk.id}-disk`, 'read-only': disk.readOnly ?? false },
    file: { driver: 'file', filename: disk.file },
  };
}

/** Each SATA disk has a cable of its own. */
function portOf(disk: PcDisk, disks: readonly PcDisk[]): object {
  const sata = disks.filter(({ bus }) => bus === 'ahci' || bus === 'disc');
  return sata.includes(disk) ? { bus: `ide.${sata.indexOf(disk)}` } : {};
}

function deviceOf(disk: PcDisk): object {
  const common = {
    ...{ id: disk.id, drive: `${disk.id}-disk`, serial: disk.id },
    ...(disk.bootIndex === undefined ? {} : { bootindex: disk.bootIndex }),
  };
  if (disk.bus === 'virtio') return { driver: 'virtio-blk-pci', ...common };
  if (disk.bus === 'nvme') return { driver: 'nvme', ...common };
  if (disk.bus === 'ahci') return { driver: 'ide-hd', ...common }; // q35's own AHCI controller
  if (disk.bus === 'disc') return { driver: 'ide-cd', ...common };
  if (disk.bus === 'uas') return { driver: 'scsi-hd', bus: `${disk.id}-uas.0`, ...common };
  return { driver: 'usb-storage', bus: 'usb.0', removable: true, ...common };
}
