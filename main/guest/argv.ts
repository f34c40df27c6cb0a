// A guest's definition as QEMU's arguments. Pure. Every device is named here and nowhere else, each on a fixed PCI
// slot: a saved state loads only into the same machine, so the same definition must give the same devices for ever.
// It must never let QEMU guess: no defaults, no format probing, no backing file taken from a layer's header.
//
// Decided by measuring (QEMU 10.0, software emulation):
//   disk cache   writeback. O_DIRECT is accepted by gocryptfs, but the bytes then only skip one of two caches; what
//                counts is that flushes reach the disk, and they do. `stop` flushes, the engine fsyncs.
//   sandbox      all four groups denied; SPICE, user networking, migration to a file work under it.
//   enforce      Nehalem-v1 is complete under TCG. A CPU that lacks a feature must refuse, not start without it: QEMU
//                does not check the model when it loads a state.
import { join } from 'node:path';
import { type GuestDefinition, hasDevice } from './definition';
import { fileNodeOf, nodeOf } from './disk-nodes';

export type Accelerator = 'kvm' | 'tcg';

export interface GuestSockets {
  readonly qmp: string;
  readonly serial: string;
  readonly spice: string;
  /** The guest agent's port. */
  readonly agent: string;
}

export interface GuestStart {
  readonly definition: GuestDefinition;
  /** Absolute; where `kernel` and `initrd` lie. */
  readonly guestFolder: string;
  /** The disk's files, absolute, base first. All but the last are frozen. Empty exactly for a guest without a disk. */
  readonly layers: readonly string[];
  /** Absolute, each at most 107 bytes. */
  readonly sockets: GuestSockets;
  readonly accelerator: Accelerator;
  /** What the engine adds: it must define the memory backend `ram0`. */
  readonly engineArgv: readonly string[];
  /** True: QEMU waits for `migrate-incoming`. */
  readonly incoming: boolean;
  /** The same machine, but its network leads nowhere: it is only tried whether it wakes. */
  readonly isolated?: boolean;
}

/** QEMU's arguments without the program. It always starts paused: `cont` makes the guest run, fresh or restored. */
export function guestArgv(about: GuestStart): readonly string[] {
  const { definition: guest } = about;
  return [
    '-no-user-config',
    '-nodefaults',
    ...['-name', `guest=${guest.id}`],
    ...['-uuid', guest.uuid],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-machine', `${guest.machine},memory-backend=ram0,dump-guest-core=off`],
    ...['-accel', about.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', `${guest.cpuModel},enforce`],
    ...['-smp', `cpus=${guest.cpus}`],
    ...['-m', `size=${guest.ramBytes / 2 ** 20}M`],
    ...about.engineArgv,
    ...bootArgv(about),
    ...diskArgv(about),
    ...networkArgv(about),
    ...discArgv(about),
    ...screenArgv(about),
    ...agentArgv(about),
    ...extraArgv(guest),
    ...serialArgv(about),
    ...['-chardev', `socket,id=qmp,path=${quoted(about.sockets.qmp)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...(about.incoming ? ['-incoming', 'defer'] : []),
    '-S',
  ];
}

/** Option lists end a value at a comma; a doubled one is part of it (qemu(1)). */
function quoted(value: string): string {
  return value.replaceAll(',', ',,');
}

/** The kernel is given on every start, also of a restored guest: its loader is part of the saved machine. */
function bootArgv({ definition, guestFolder }: GuestStart): readonly string[] {
  if (definition.boot.from === 'disk') return ['-boot', 'strict=on'];
  const { kernel, initrd, commandLine } = definition.boot;
  return [
    ...['-kernel', join(guestFolder, kernel)],
    ...(initrd === null ? [] : ['-initrd', join(guestFolder, initrd)]),
    ...(commandLine === '' ? [] : ['-append', commandLine]),
  ];
}

type Node = Readonly<Record<string, unknown>>;

/** Nested nodes, so that the chain is what our manifest says; a header's own backing name is never followed. */
function diskArgv({ definition, layers }: GuestStart): readonly string[] {
  const [disk] = definition.disks;
  if ((disk === undefined) !== (layers.length === 0))
    throw new Error('a disk needs layers, layers need a disk');
  if (disk === undefined) return [];
  const last = layers.length - 1;
  const newest = layers[last] ?? '';
  const chain = layers.reduce<Node | null>(
    (backing, file, at) => ({
      driver: 'qcow2',
      'node-name': nodeOf(file),
      'read-only': at !== last,
      discard: at === last ? 'unmap' : 'ignore',
      file: { driver: 'file', 'node-name': fileNodeOf(file), filename: file },
      backing,
    }),
    null,
  );
  // Errors of the disk pause the guest instead of reaching it: a full or pulled stick freezes it, nothing is lost.
  const onError = 'rerror=stop,werror=stop';
  const boot = definition.boot.from === 'disk' ? ',bootindex=0' : '';
  const device =
    definition.diskDevice === 'ide-hd'
      ? 'ide-hd,id=blk0,bus=ide.0'
      : 'virtio-blk-pci,id=blk0,bus=pcie.0,addr=0x3';
  return [
    ...['-blockdev', JSON.stringify(chain)],
    ...['-device', `${device},drive=${nodeOf(newest)},serial=${disk.serial},${onError}${boot}`],
  ];
}

/** After the disk in the boot order: an empty disk has no boot sector, so the disc is next until a system is there. */
function discArgv({ definition, guestFolder }: GuestStart): readonly string[] {
  if (definition.disc === undefined) return [];
  const file = { driver: 'file', filename: join(guestFolder, definition.disc.file), 'read-only': true };
  const node = { driver: 'raw', 'node-name': 'disc0', 'read-only': true, file };
  return [
    ...['-blockdev', JSON.stringify(node)],
    ...['-device', 'ide-cd,id=cd0,bus=ide.1,drive=disc0,bootindex=1'],
  ];
}

/** Nothing is forwarded inwards. Outwards QEMU has no finer choice than `restrict` (nothing at all, not even DNS). */
function networkArgv({ definition: guest, isolated }: GuestStart): readonly string[] {
  if (!guest.network) return [];
  const device = guest.networkDevice === 'e1000e' ? 'e1000e' : 'virtio-net-pci';
  return [
    ...['-netdev', isolated ? 'user,id=net0,restrict=on' : 'user,id=net0'],
    ...['-device', `${device},id=nic0,bus=pcie.0,addr=0x4,netdev=net0,mac=${guest.mac},romfile=`],
  ];
}

const videoDevices = { std: 'VGA', virtio: 'virtio-vga', qxl: 'qxl-vga' } as const;

/** SPICE on a socket in a 0700 folder, without clipboard and file transfer. */
function screenArgv({ definition: { video }, sockets }: GuestStart): readonly string[] {
  const clipboardOff = 'disable-copy-paste=on,disable-agent-file-xfer=on';
  return [
    ...['-display', 'none'],
    ...['-spice', `unix=on,addr=${quoted(sockets.spice)},disable-ticketing=on,${clipboardOff}`],
    ...['-device', `${videoDevices[video]},id=video0,bus=pcie.0,addr=0x2`],
    ...['-device', 'qemu-xhci,id=usb,bus=pcie.0,addr=0x5'],
    ...['-device', 'usb-tablet,id=tablet,bus=usb.0,port=1'],
  ];
}

/** The ports' ids: QEMU tells by them when somebody in the guest opens one (VSERPORT_CHANGE), and is silent without. */
export const agentPorts = { screen: 'screen-agent', guest: 'guest-agent' } as const;

/** Their chardevs' labels, for `query-chardev`. */
export const agentChannels = { screen: 'vdagent', guest: 'agent' } as const;

/** SPICE's agent where the screen can change its mode, the guest agent where the definition has it; one bus for both. */
function agentArgv({ definition, sockets }: GuestStart): readonly string[] {
  const screen = [
    ...['-chardev', `spicevmc,id=${agentChannels.screen},name=vdagent`],
    ...[
      '-device',
      `virtserialport,id=${agentPorts.screen},bus=agentbus.0,nr=1,chardev=${agentChannels.screen},name=com.redhat.spice.0`,
    ],
  ];
  const guest = [
    ...['-chardev', `socket,id=${agentChannels.guest},path=${quoted(sockets.agent)},server=on,wait=off`],
    ...[
      '-device',
      `virtserialport,id=${agentPorts.guest},bus=agentbus.0,nr=2,chardev=${agentChannels.guest},name=org.qemu.guest_agent.0`,
    ],
  ];
  const ports = [
    ...(definition.video === 'std' ? [] : screen),
    ...(hasDevice(definition, 'guest-agent') ? guest : []),
  ];
  return ports.length === 0 ? [] : ['-device', 'virtio-serial-pci,id=agentbus,bus=pcie.0,addr=0x6', ...ports];
}

/**
 * What only version 2 can have. No USB redirection: nobody could choose a device in the kiosk, and what is plugged
 * into one PC is not there in the next. vmgenid: a new id at every start, so a guest that is woken twice from one state
 * does not draw the same random numbers twice.
 */
function extraArgv(guest: GuestDefinition): readonly string[] {
  const devices = {
    'intel-hda': [
      ...['-audiodev', 'spice,id=audio0'],
      ...['-device', 'intel-hda,id=sound,bus=pcie.0,addr=0x7'],
      ...['-device', 'hda-duplex,id=codec,bus=sound.0,cad=0,audiodev=audio0'],
    ],
    'virtio-balloon': ['-device', 'virtio-balloon-pci,id=balloon,bus=pcie.0,addr=0x8,free-page-reporting=on'],
    'virtio-rng': [
      ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
      ...['-device', 'virtio-rng-pci,id=rng,bus=pcie.0,addr=0x9,rng=rng0'],
    ],
    vmgenid: ['-device', 'vmgenid,id=generation0,guid=auto'],
  } as const;
  const names = Object.keys(devices) as (keyof typeof devices)[];
  return names.filter((name) => hasDevice(guest, name)).flatMap((name) => devices[name]);
}

/** What the guest says while nobody listens is dropped: a log of it would be a second, unencrypted memory. */
function serialArgv({ definition, sockets }: GuestStart): readonly string[] {
  if (!definition.serial) return [];
  return [
    ...['-chardev', `socket,id=serial0,path=${quoted(sockets.serial)},server=on,wait=off`],
    ...['-device', 'isa-serial,id=com1,chardev=serial0,index=0'],
  ];
}
