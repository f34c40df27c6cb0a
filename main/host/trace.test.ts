// The receipt is only worth something if it is not given when there was a trace.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkTrace } from './trace';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soulpad-trace-'));
  put('run/soulpad/stick.env', 'STICK_DISK=/dev/sdb\nSTICK_VAULT=/dev/sdb4\n');
  put('run/initramfs/shutdown', '');
  put('proc/cmdline', 'boot=soulpad init_on_free=1 quiet\n');
  disk('sdb', { ro: 0, sectors: 4000 });
  partition('sdb', 'sdb4');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** As the kernel lays it out: /sys/block and /sys/class/block are links. */
function disk(name: string, about: { ro: 0 | 1; sectors: number }): void {
  put(`sys/devices/pci/block/${name}/ro`, `${about.ro}\n`);
  put(
    `sys/devices/pci/block/${name}/stat`,
    `   12   0   900   5   7   0   ${about.sectors}   9   0   1   1   0 0 0 0 0 0\n`,
  );
  for (const folder of ['sys/block', 'sys/class/block']) {
    mkdirSync(join(root, folder), { recursive: true });
    symlinkSync(
      `${'../'.repeat(folder.split('/').length - 1)}devices/pci/block/${name}`,
      join(root, folder, name),
    );
  }
}
function partition(of: string, name: string): void {
  put(`sys/devices/pci/block/${of}/${name}/partition`, '1\n');
  symlinkSync(`../../devices/pci/block/${of}/${name}`, join(root, 'sys/class/block', name));
}

it('a session that wrote only to its stick leaves no trace', async () => {
  disk('sda', { ro: 1, sectors: 0 });
  disk('zram0', { ro: 0, sectors: 999 });
  expect(await checkTrace(root)).toEqual({
    disks: { seen: 1, writable: 0, writtenBytes: 0, used: 0 },
    memoryCleared: true,
    listening: 0,
  });
});

it('what was written to a disk of the PC is told, and that it could be', async () => {
  disk('nvme0n1', { ro: 0, sectors: 16 });
  expect((await checkTrace(root)).disks).toEqual({ seen: 1, writable: 1, writtenBytes: 8192, used: 0 });
});

it.each([
  ['mounted', 'proc/self/mounts', '/dev/sda1 /mnt ext4 ro 0 0\n'],
  ['swapped to', 'proc/swaps', 'Filename Type Size Used Priority\n/dev/sda1 partition 99 0 -2\n'],
])('a disk of the PC that is %s is told', async (_, file, content) => {
  disk('sda', { ro: 1, sectors: 0 });
  partition('sda', 'sda1');
  put(file, content);
  expect((await checkTrace(root)).disks.used).toBe(1);
});

it('a mapping counts for the disk that it lies on', async () => {
  disk('sda', { ro: 1, sectors: 0 });
  partition('sda', 'sda1');
  disk('dm-0', { ro: 0, sectors: 0 });
  put('dev/dm-0', '');
  mkdirSync(join(root, 'dev/mapper'));
  symlinkSync('../dm-0', join(root, 'dev/mapper/home'));
  put('proc/self/mounts', '/dev/mapper/home /mnt xfs rw 0 0\n');
  put('sys/devices/pci/block/dm-0/slaves/sdb4', '');
  expect((await checkTrace(root)).disks.used).toBe(0);
  put('sys/devices/pci/block/dm-0/slaves/sda1', '');
  expect((await checkTrace(root)).disks.used).toBe(1);
});

it('without the kernel argument or the program, memory does not count as cleared', async () => {
  put('proc/cmdline', 'quiet\n');
  expect((await checkTrace(root)).memoryCleared).toBe(false);
  put('proc/cmdline', 'init_on_free=1\n');
  expect((await checkTrace(root)).memoryCleared).toBe(true);
  rmSync(join(root, 'run/initramfs/shutdown'));
  expect((await checkTrace(root)).memoryCleared).toBe(false);
});

it('counts who can be reached from the network, not what only this PC can reach, nor DHCP', async () => {
  const head = '  sl  local_address rem_address   st\n';
  put('proc/net/tcp', `${head}0: 0100007F:1538 00000000:0000 0A\n1: 00000000:0016 00000000:0000 0A\n`);
  put('proc/net/tcp6', `${head}0: 00000000000000000000000000000000:0016 0:0000 0A\n`);
  put('proc/net/udp', `${head}0: 00000000:0044 00000000:0000 07\n1: 00000000:14E9 00000000:0000 07\n`);
  expect((await checkTrace(root)).listening).toBe(3);
});

it('without the boot script’s word the stick counts as a disk of the PC: the worse case', async () => {
  rmSync(join(root, 'run/soulpad/stick.env'));
  expect((await checkTrace(root)).disks).toMatchObject({ seen: 1, writable: 1 });
});
