import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type GuestStart, guestArgv } from './argv';
import type { GuestDefinition } from './definition';
import { endMachines, exampleGuest, must, startMachine } from './machine.fixture';
import { guestDevices } from './savable';

afterEach(endMachines);

const plain: GuestStart = {
  definition: exampleGuest,
  guestFolder: '/vault/guests/witness',
  layers: ['/vault/guests/witness/gen-0000/disk.qcow2', '/vault/guests/witness/gen-0003/disk.qcow2'],
  sockets: {
    qmp: '/run/x/qmp.sock',
    serial: '/run/x/serial.sock',
    spice: '/run/x/spice.sock',
    agent: '/run/x/agent.sock',
  },
  accelerator: 'tcg',
  engineArgv: ['-object', 'memory-backend-ram,id=ram0,size=100663296'],
  incoming: false,
};

function start(changed: Partial<GuestStart> = {}, guest: Partial<GuestDefinition> = {}): readonly string[] {
  return guestArgv({ ...plain, definition: { ...exampleGuest, ...guest }, ...changed });
}

/** The values given to an option, in order. */
function values(argv: readonly string[], option: string): string[] {
  return argv.flatMap((word, at) => (word === option ? [argv[at + 1] ?? ''] : []));
}

function devices(argv: readonly string[]): string[] {
  return values(argv, '-device').map((device) => device.split(',')[0] ?? '');
}

describe("a guest's arguments", () => {
  it('are these, word for word, for the witness', () => {
    expect(start()).toMatchInlineSnapshot(`
      [
        "-no-user-config",
        "-nodefaults",
        "-name",
        "guest=witness",
        "-uuid",
        "0e3c1f8a-57a1-4c0b-9d6e-3f1b7a2c4d5e",
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-machine",
        "pc-q35-10.0,memory-backend=ram0,dump-guest-core=off",
        "-accel",
        "tcg,thread=multi",
        "-cpu",
        "Nehalem-v1,enforce",
        "-smp",
        "cpus=1",
        "-m",
        "size=96M",
        "-object",
        "memory-backend-ram,id=ram0,size=100663296",
        "-kernel",
        "/vault/guests/witness/kernel",
        "-initrd",
        "/vault/guests/witness/initrd",
        "-append",
        "console=ttyS0 quiet loglevel=3 mitigations=off witness.blocks=64 witness.tick=100",
        "-blockdev",
        "{"driver":"qcow2","node-name":"disk-gen-0003","read-only":false,"discard":"unmap","file":{"driver":"file","node-name":"f-disk-gen-0003","filename":"/vault/guests/witness/gen-0003/disk.qcow2"},"backing":{"driver":"qcow2","node-name":"disk-gen-0000","read-only":true,"discard":"ignore","file":{"driver":"file","node-name":"f-disk-gen-0000","filename":"/vault/guests/witness/gen-0000/disk.qcow2"},"backing":null}}",
        "-device",
        "virtio-blk-pci,id=blk0,bus=pcie.0,addr=0x3,drive=disk-gen-0003,serial=SOULPAD00001,rerror=stop,werror=stop",
        "-display",
        "none",
        "-spice",
        "unix=on,addr=/run/x/spice.sock,disable-ticketing=on,disable-copy-paste=on,disable-agent-file-xfer=on",
        "-device",
        "VGA,id=video0,bus=pcie.0,addr=0x2",
        "-device",
        "qemu-xhci,id=usb,bus=pcie.0,addr=0x5",
        "-device",
        "usb-tablet,id=tablet,bus=usb.0,port=1",
        "-chardev",
        "socket,id=serial0,path=/run/x/serial.sock,server=on,wait=off",
        "-device",
        "isa-serial,id=com1,chardev=serial0,index=0",
        "-chardev",
        "socket,id=qmp,path=/run/x/qmp.sock,server=on,wait=off",
        "-mon",
        "chardev=qmp,mode=control",
        "-S",
      ]
    `);
  });

  it.each([
    ['a name', { id: 'other' }, '-name', 'guest=other'],
    [
      'a uuid',
      { uuid: '11111111-2222-4333-8444-555555555555' },
      '-uuid',
      '11111111-2222-4333-8444-555555555555',
    ],
    ['memory', { ramBytes: 2 ** 30 }, '-m', 'size=1024M'],
    ['processors', { cpus: 2 }, '-smp', 'cpus=2'],
    ['a CPU that must be complete', { cpuModel: 'Westmere-v2' }, '-cpu', 'Westmere-v2,enforce'],
    [
      'a machine',
      { machine: 'pc-q35-10.1' },
      '-machine',
      'pc-q35-10.1,memory-backend=ram0,dump-guest-core=off',
    ],
  ])('follow %s', (_, guest, option, value) => {
    expect(values(start({}, guest), option)).toEqual([value]);
  });

  it.each([
    ['std', 'VGA', false],
    ['virtio', 'virtio-vga', true],
    ['qxl', 'qxl-vga', true],
  ] as const)('give %s video its device, and the agent where it can do something', (video, device, agent) => {
    const has = devices(start({}, { video }));
    expect(has).toContain(device);
    expect(has.includes('virtserialport')).toBe(agent);
  });

  it('of a second-version guest have what its definition adds, each in its own place', () => {
    const devices = [...guestDevices];
    const argv = start({}, { version: 2, video: 'virtio', devices, disc: { file: 'disc.iso', bytes: 1 } });
    expect(values(argv, '-device').filter((device) => !/blk|VGA|xhci|tablet|serial,/.test(device))).toEqual([
      'ide-cd,id=cd0,bus=ide.1,drive=disc0,bootindex=1',
      'virtio-vga,id=video0,bus=pcie.0,addr=0x2',
      'virtio-serial-pci,id=agentbus,bus=pcie.0,addr=0x6',
      'virtserialport,id=screen-agent,bus=agentbus.0,nr=1,chardev=vdagent,name=com.redhat.spice.0',
      'virtserialport,id=guest-agent,bus=agentbus.0,nr=2,chardev=agent,name=org.qemu.guest_agent.0',
      'intel-hda,id=sound,bus=pcie.0,addr=0x7',
      'hda-duplex,id=codec,bus=sound.0,cad=0,audiodev=audio0',
      'virtio-balloon-pci,id=balloon,bus=pcie.0,addr=0x8,free-page-reporting=on',
      'virtio-rng-pci,id=rng,bus=pcie.0,addr=0x9,rng=rng0',
      'vmgenid,id=generation0,guid=auto',
    ]);
    const disc = JSON.parse(values(argv, '-blockdev')[1] ?? '');
    expect(disc).toMatchObject({ 'read-only': true, file: { filename: '/vault/guests/witness/disc.iso' } });
  });

  it('show a system from outside a disk and a network card that every system knows', () => {
    const guest = { version: 2, network: true, diskDevice: 'ide-hd', networkDevice: 'e1000e' } as const;
    const found = devices(start({}, guest));
    expect(found).toContain('ide-hd');
    expect(found).toContain('e1000e');
    expect(found.join(' ')).not.toMatch(/virtio-(blk|net)/);
  });

  it('have no network unless the guest has one, and then its own address', () => {
    expect(start().join(' ')).not.toContain('net');
    const argv = start({}, { network: true });
    expect(values(argv, '-netdev')).toEqual(['user,id=net0']);
    expect(values(argv, '-device').find((device) => device.startsWith('virtio-net'))).toContain(
      'mac=52:54:00:12:34:56',
    );
  });

  it('have no serial line unless the guest has one', () => {
    expect(start({}, { serial: false }).join(' ')).not.toContain('serial0');
  });

  it('wait for a state only when one is to be loaded, and never run by themselves', () => {
    expect(start()).not.toContain('-incoming');
    expect(values(start({ incoming: true }), '-incoming')).toEqual(['defer']);
    for (const incoming of [true, false]) expect(start({ incoming })).toContain('-S');
  });

  it('boot from the disk when there is no kernel, and then need none', () => {
    const argv = start({}, { boot: { from: 'disk' } });
    expect(argv.join(' ')).not.toMatch(/-kernel|-initrd|-append/);
    expect(values(argv, '-device').find((device) => device.startsWith('virtio-blk'))).toContain(
      'bootindex=0',
    );
  });

  it('choose hardware virtualization when told so', () => {
    expect(values(start({ accelerator: 'kvm' }), '-accel')).toEqual(['kvm']);
  });

  it('open every layer but the last read-only, by its path in the manifest', () => {
    const layers = ['/g/gen-0000/disk.qcow2', '/g/gen-0004/disk-over-0000.qcow2', '/g/gen-0005/disk.qcow2'];
    const disk = JSON.parse(values(start({ layers }), '-blockdev')[0] ?? '');
    const chain = [disk, disk.backing, disk.backing.backing];
    expect(chain.map((node) => [node.file.filename, node['read-only'], node['node-name']])).toEqual([
      [layers[2], false, 'disk-gen-0005'],
      [layers[1], true, 'over-0000-gen-0004'],
      [layers[0], true, 'disk-gen-0000'],
    ]);
    expect(disk.backing.backing.backing).toBeNull();
  });

  it('have no disk where the guest has none', () => {
    expect(start({ layers: [] }, { disks: [] }).join(' ')).not.toMatch(/blockdev|virtio-blk/);
    expect(() => start({ layers: [] })).toThrow();
    expect(() => start({}, { disks: [] })).toThrow();
  });

  it('keep a comma in a path from ending it', () => {
    const sockets = { qmp: '/a,b/q', serial: '/a,b/s', spice: '/a,b/v', agent: '/a,b/a' };
    const argv = start({ sockets });
    expect(values(argv, '-chardev')).toEqual([
      'socket,id=serial0,path=/a,,b/s,server=on,wait=off',
      'socket,id=qmp,path=/a,,b/q,server=on,wait=off',
    ]);
    expect(values(argv, '-spice')[0]).toContain('addr=/a,,b/v,');
  });

  it.each([
    ['every device of the first version', { video: 'virtio', network: true } as const],
    [
      'every device there is',
      {
        version: 2,
        video: 'virtio',
        network: true,
        networkDevice: 'e1000e',
        devices: [...guestDevices],
      } as const,
    ],
    ['qxl', { video: 'qxl' } as const],
  ])('are taken by QEMU with %s', async (_, guest) => {
    const definition = { ...exampleGuest, ...guest, disks: [], boot: { from: 'disk' as const } };
    const machine = await startMachine({ definition });
    must(await machine.qmp.execute('cont', {}));
    expect(must(await machine.qmp.execute('query-status', {})).running).toBe(true);
    const picture = join(machine.folder, 'screen.png');
    must(await machine.qmp.execute('screendump', { filename: picture, format: 'png' }));
  });
});
