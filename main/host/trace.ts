// What this session leaves on the PC, asked of the kernel and not of ourselves: its disks' write counters, mounts, swap,
// sockets. Only read when the place is the stick; at the desk the PC's disks are the person's own. What cannot be read
// is told as the worse case, never as nothing: the receipt must not promise what nobody looked at.
// Spec: Linux Documentation/block/stat.rst, Documentation/ABI/testing/sysfs-block, proc(5).
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Trace } from '../../preload/contract/trace';

const sectorBytes = 512; // of /sys/block/*/stat, whatever the disk's own
const mostBytes = 1 << 20;
/** Made of other devices or of memory: no disk of the PC. */
const notDisks = /^(?:dm-|zram|loop|ram|sr|fd)/;
/** DHCP's own ports, where the PC asks for its address. */
const dhcpPorts = new Set([68, 546]);

/** `root`: another tree of /sys, /proc and /run, for tests. Never faults. */
export async function checkTrace(root = '/'): Promise<Trace> {
  const stick = await stickDisk(root);
  const disks = (await names(join(root, 'sys/block'))).filter(
    (name) => !notDisks.test(name) && name !== stick,
  );
  const facts = await Promise.all(disks.map((name) => diskFacts(root, name)));
  const used = await usedDisks(root);
  return {
    disks: {
      seen: disks.length,
      writable: facts.filter(({ readOnly }) => !readOnly).length,
      writtenBytes: facts.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0),
      used: disks.filter((name) => used.has(name)).length,
    },
    memoryCleared: await isMemoryCleared(root),
    listening: await countListening(root),
  };
}

/** `sda`; null when the boot script did not tell: then the stick is counted as the PC's, which looks worse, not better. */
async function stickDisk(root: string): Promise<string | null> {
  return /^STICK_DISK=\/dev\/([a-z0-9]+)$/m.exec(await text(root, 'run/soulpad/stick.env'))?.[1] ?? null;
}

async function diskFacts(root: string, name: string): Promise<{ readOnly: boolean; writtenBytes: number }> {
  const [readOnly, stat] = [
    await text(root, `sys/block/${name}/ro`),
    await text(root, `sys/block/${name}/stat`),
  ];
  // The seventh field: sectors written.
  const written = Number(stat.trim().split(/\s+/)[6]);
  return {
    readOnly: readOnly.trim() === '1',
    writtenBytes: Number.isSafeInteger(written) ? written * sectorBytes : 0,
  };
}

/** Disks below everything that is mounted or swapped to, by the kernel's names. */
async function usedDisks(root: string): Promise<ReadonlySet<string>> {
  const mounts = (await text(root, 'proc/self/mounts')).split('\n').map((line) => line.split(' ')[0] ?? '');
  const swaps = (await text(root, 'proc/swaps')).split('\n').map((line) => line.split(/\s+/)[0] ?? '');
  const devices = [...mounts, ...swaps].filter((source) => source.startsWith('/dev/'));
  const found = new Set<string>();
  for (const device of devices) for (const disk of await disksBelow(root, device)) found.add(disk);
  return found;
}

/** `/dev/sda1` -> sda; a mapping -> the disks of all that it is made of. */
async function disksBelow(root: string, device: string): Promise<readonly string[]> {
  const link = await readlink(join(root, device)).catch(() => device);
  const name = basename(link);
  const block = await readlink(join(root, 'sys/class/block', name)).catch(() => null);
  if (block === null) return [name];
  const made = await names(join(root, 'sys/class/block', name, 'slaves'));
  if (made.length > 0)
    return (await Promise.all(made.map((slave) => disksBelow(root, `/dev/${slave}`)))).flat();
  // A partition's folder lies in its disk's.
  const above = basename(dirname(block));
  return [above === 'block' ? name : above];
}

async function isMemoryCleared(root: string): Promise<boolean> {
  const words = (await text(root, 'proc/cmdline')).trim().split(/\s+/);
  return words.includes('init_on_free=1') && (await names(join(root, 'run/initramfs'))).includes('shutdown');
}

/** Sockets bound to more than this PC itself: TCP that listens, UDP that anybody may send to. */
async function countListening(root: string): Promise<number> {
  const tables = await Promise.all(
    ['tcp', 'tcp6', 'udp', 'udp6'].map(async (name) =>
      (await text(root, `proc/net/${name}`))
        .split('\n')
        .slice(1)
        .filter((line) => isOpen(line, name)),
    ),
  );
  return tables.flat().length;
}

const listenState = '0A';
const unconnectedState = '07';
const loopbacks =
  /^(?:[0-9A-F]{6}7F|00000000000000000000000001000000|0000000000000000FFFF0000[0-9A-F]{6}7F)$/;

function isOpen(line: string, table: string): boolean {
  const [, local = '', , state] = line.trim().split(/\s+/);
  const [address = '', port = ''] = local.split(':');
  if (state !== (table.startsWith('tcp') ? listenState : unconnectedState)) return false;
  if (table.startsWith('udp') && dhcpPorts.has(Number.parseInt(port, 16))) return false;
  return !loopbacks.test(address);
}

/** The kernel's files have no length; they are short. */
async function text(root: string, path: string): Promise<string> {
  const read = await readFile(join(root, path)).catch(() => Buffer.alloc(0));
  return read.subarray(0, mostBytes).toString('latin1');
}

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
