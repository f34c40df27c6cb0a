// The emulated PC itself: what other suites build on. One boot.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmulatedLinux, startEmulatedLinux } from './emulated-linux';
import { keysOf } from './pc-keys';
import { until } from './system';

describe('an emulated PC', () => {
  let folder = '';
  let pc: EmulatedLinux;
  const at = (name: string): string => join(folder, name);
  const blank = (name: string, bytes: number): string => {
    writeFileSync(at(name), '');
    truncateSync(at(name), bytes);
    return at(name);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pc-'));
    mkdirSync(at('shared'));
    writeFileSync(at('shared/hello'), 'from outside');
    pc = await startEmulatedLinux({
      folder,
      disks: [
        { id: 'inner', file: blank('inner', 1 << 20), bus: 'ahci' },
        { id: 'nvme1', file: blank('nvme', 1 << 20), bus: 'nvme' },
        { id: 'plain', file: blank('plain', 1 << 20), bus: 'virtio' },
      ],
    });
  }, 360_000);
  afterAll(async () => {
    await pc?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs scripts as root and tells status, output and errors apart', async () => {
    expect(await pc.run('id -u; echo oops >&2; exit 7')).toEqual({
      status: 7,
      stdout: '0\n',
      stderr: 'oops\n',
    });
  });

  it('has dm-crypt, and disks of every bus', async () => {
    expect(await pc.must('dmsetup targets')).toMatch(/^crypt /m);
    expect((await pc.must('ls /sys/block')).split('\n')).toEqual(
      expect.arrayContaining(['sda', 'vda', 'nvme0n1']),
    );
  });

  it('shares a folder, and cannot write into this machine', async () => {
    expect(await pc.must('cat /mnt/shared/hello; echo from inside >/mnt/shared/reply')).toBe('from outside');
    expect(readFileSync(at('shared/reply'), 'utf8')).toBe('from inside\n');
    expect((await pc.run('touch /etc/soulpad-was-here')).status).not.toBe(0);
  });

  it('sees a USB stick come and go', async () => {
    const sticks = async (): Promise<string> => pc.must('grep -l 1 /sys/block/sd*/removable || true');
    expect(await sticks()).toBe('');
    await pc.plug({ id: 'stick', file: blank('stick', 1 << 20), bus: 'usb' });
    await until('the stick is there', async () => (await sticks()) !== '');
    await pc.pull('stick');
    await until('the stick is gone', async () => (await sticks()) === '');
  });

  it('shows its memory to whoever looks, and says that it powered off', async () => {
    const mark = 'seventeen-otters';
    await pc.must(`printf %s ${mark.slice(0, 9)} >/dev/shm/a; printf %s ${mark.slice(9)} >>/dev/shm/a`);
    await pc.dumpMemory(at('memory'));
    expect(readFileSync(at('memory')).includes(mark)).toBe(true);
    await pc.run('(sleep 1; busybox poweroff -f) & ');
    await pc.poweredOff(60_000);
    expect(await pc.ended).toBe(0);
  });
});

describe('what a person types', () => {
  it('becomes the keys of a US keyboard, with Shift where it is needed', () => {
    expect(keysOf('a Z_\n1!')).toEqual([
      ['a'],
      ['spc'],
      ['shift', 'z'],
      ['shift', 'minus'],
      ['ret'],
      ['1'],
      ['shift', '1'],
    ]);
    expect(() => keysOf('ñ')).toThrow('no key');
  });
});
