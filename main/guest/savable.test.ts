import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { start } from '../process/run';
import { connectQmp } from '../qmp/commands';
import { definitionSchema } from './definition';
import { endMachines, exampleGuest, must, startMachine, temporaryFolder } from './machine.fixture';
import { qemuProgram } from './qemu';
import { guestDevices, whyCpuIsRefused, whyDeviceIsRefused } from './savable';

afterEach(endMachines);

/** A QEMU with that device, asked to save itself: its answer to `migrate`. */
async function savingAnswer(args: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const socket = join(folder, 'q');
  const child = start({
    program: qemuProgram,
    args: [
      ...['-nodefaults', '-display', 'none', '-machine', 'pc-q35-10.0', '-m', '16', '-S'],
      ...['-qmp', `unix:${socket},server=on,wait=off`],
      ...args,
    ],
  });
  try {
    const qmp = must(await connectQmp({ path: socket, stage: 'test' }));
    const asked = await qmp.execute('migrate', { uri: `file:${join(folder, 'state')}` });
    qmp.close();
    return asked.ok ? 'saves' : asked.fault.message;
  } finally {
    child.process.kill('SIGKILL');
    await child.ended;
  }
}

describe('a device that blocks saving', () => {
  it.each([
    ['nvme', ['-blockdev', 'null-co,node-name=n', '-device', 'nvme,drive=n,serial=a']],
    ['usb-uas', ['-device', 'qemu-xhci', '-device', 'usb-uas']],
    [
      'ivshmem-plain',
      ['-object', 'memory-backend-ram,id=m,size=1M,share=on', '-device', 'ivshmem-plain,memdev=m'],
    ],
    ['virtio-sound-pci', ['-audiodev', 'none,id=a', '-device', 'virtio-sound-pci,audiodev=a']],
  ])('is refused for what QEMU itself says: %s', async (device, args) => {
    expect(await savingAnswer(args)).toMatch(/non-migratable|disabled/);
    expect(whyDeviceIsRefused(device)).toMatch(new RegExp(`^${device}: .+ block`));
  });
});

describe('what a guest may be made of', () => {
  it('are the devices that are known to be saved, and QEMU saves them', async () => {
    for (const device of guestDevices) expect(whyDeviceIsRefused(device)).toBeNull();
    const guest = { version: 2, video: 'virtio', network: true, devices: [...guestDevices] } as const;
    const machine = await startMachine({
      definition: { ...exampleGuest, ...guest, disks: [], boot: { from: 'disk' } },
    });
    must(await machine.qmp.execute('migrate', { uri: `file:${join(machine.folder, 'state')}` }));
  });

  it.each([
    'vfio-pci',
    'usb-host',
    'virtio-vga-gl',
    'virtio-9p-pci',
    'vhost-user-fs-pci',
    'tpm-passthrough',
    'something-new',
    '',
  ])('is no %s', (device) => {
    expect(whyDeviceIsRefused(device)).toContain(`${device}: `);
    const guest = { ...exampleGuest, version: 2, devices: [device] };
    const read = definitionSchema.safeParse(guest);
    expect(read.success).toBe(false);
    if (!read.success) expect(read.error.issues[0]?.message).toBe(whyDeviceIsRefused(device));
  });

  it.each(['host', 'max', 'Nehalem', 'Nehalem-v1,+invtsc', 'host,migratable=off', 'Nehalem-v1,+avx', ''])(
    'is no CPU called %s',
    (cpuModel) => {
      expect(whyCpuIsRefused(cpuModel)).not.toBeNull();
      expect(definitionSchema.safeParse({ ...exampleGuest, cpuModel }).success).toBe(false);
    },
  );
});

describe('a definition', () => {
  it('of version 1 is read as it was, and has nothing of version 2', () => {
    expect(definitionSchema.parse(exampleGuest)).toEqual(exampleGuest);
    for (const more of [{ devices: [] }, { diskDevice: 'ide-hd' }, { disc: { file: 'disc.iso', bytes: 1 } }])
      expect(definitionSchema.safeParse({ ...exampleGuest, ...more }).success).toBe(false);
  });

  it('of version 2 says its devices once each', () => {
    const guest = { ...exampleGuest, version: 2, devices: ['vmgenid', 'intel-hda'] };
    expect(definitionSchema.safeParse(guest).success).toBe(true);
    expect(definitionSchema.safeParse({ ...guest, devices: ['vmgenid', 'vmgenid'] }).success).toBe(false);
    expect(definitionSchema.safeParse({ ...guest, version: 3 }).success).toBe(false);
  });
});
