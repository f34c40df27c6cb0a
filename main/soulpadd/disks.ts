// Which disks there are, asked of the kernel (sysfs, no udev needed), and their ids. An id holds the kernel's sequence
// number of the disk (sysfs-block, diskseq), which no other disk ever gets: what is plugged in later under the same name
// has another id. Only what may ever be a vault is listed: disks and partitions, and images in folders named at start.
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fail, type Result } from '../../preload/contract/result';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const maxDisks = 64;
/** The partition that a stick has for its vault (native-scripts/stick). */
const vaultPartition = 'soulpad-vault';
const sectorBytes = 512; // of sysfs, whatever the disk's own are

export interface Disk {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly kind: 'partition' | 'disk' | 'image';
  readonly bytes: number;
  readonly readOnly: boolean;
  readonly removable: boolean;
  readonly partitionName: string | null;
  /** Something is mapped onto it. */
  readonly held: boolean;
}

export interface DiskPlaces {
  readonly sys: string;
  readonly dev: string;
  /** Folders whose `*.luks` files are disks too. */
  readonly images: readonly string[];
  /** Who may own an image, besides root. */
  readonly userId: number;
}

export function listDisks(places: DiskPlaces): readonly Disk[] {
  const names = readdirSync(join(places.sys, 'class/block')).sort();
  const found = names.flatMap((name) => blockDisk(places, name) ?? []);
  return [...found, ...places.images.flatMap((folder) => imagesIn(places, folder))].slice(0, maxDisks);
}

export function mayFormat(disk: Disk): boolean {
  return !disk.readOnly && !disk.held && (disk.kind === 'image' || disk.partitionName === vaultPartition);
}

/**
 * Holds the disk open while `work` runs: as long as we do, the kernel gives its name and number to no other. Fault
 * missingDisk: it is not the one that was listed, or not there any more.
 */
export async function withDisk<T>(
  places: DiskPlaces,
  id: string,
  work: (disk: Disk, descriptor: number) => Promise<Result<T>>,
): Promise<Result<T>> {
  const gone = fail({
    code: 'missingDisk' as const,
    stage: 'soulpadd.disk',
    message: `there is no disk ${id}`,
  });
  const listed = listDisks(places).find((disk) => disk.id === id);
  if (listed === undefined) return gone;
  let descriptor: number;
  try {
    descriptor = openSync(listed.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return gone;
  }
  try {
    if (!isThatDisk(places, listed, descriptor)) return gone;
    return await work(listed, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Between the listing and the opening another one may have come under its name. */
function isThatDisk(places: DiskPlaces, disk: Disk, descriptor: number): boolean {
  const facts = fstatSync(descriptor);
  if (disk.kind === 'image') return facts.isFile() && disk.id === imageId(facts);
  if (!facts.isBlockDevice()) return false;
  const now = blockDisk(places, disk.name);
  // dev_t as the kernel's userspace has it (makedev(3)), for the numbers that disks have.
  const number = `${(facts.rdev >> 8) & 0xfff}:${(facts.rdev & 0xff) | ((facts.rdev >> 12) & 0xfff00)}`;
  return now?.id === disk.id && text(join(places.sys, 'class/block', disk.name, 'dev')) === number;
}

function blockDisk(places: DiskPlaces, name: string): Disk | null {
  if (!/^(sd|hd|vd|xvd|nvme|mmcblk)[a-z0-9]{1,20}$/.test(name)) return null;
  const folder = join(places.sys, 'class/block', name);
  const partition = text(join(folder, 'partition'));
  const whole = partition === null ? folder : join(folder, '..', parentName(folder));
  const sequence = text(join(whole, 'diskseq'));
  const size = Number(text(join(folder, 'size')));
  if (sequence === null || !/^\d{1,12}$/.test(sequence) || !Number.isSafeInteger(size)) return null;
  const label = /^PARTNAME=(.{1,72})$/m.exec(text(join(folder, 'uevent')) ?? '')?.[1] ?? null;
  return {
    id: `${sequence}.${partition ?? '0'}`,
    name,
    path: join(places.dev, name),
    kind: partition === null ? 'disk' : 'partition',
    bytes: size * sectorBytes,
    readOnly: text(join(folder, 'ro')) !== '0',
    removable: text(join(whole, 'removable')) === '1' || isOnUsb(whole),
    partitionName: label,
    held: entries(join(folder, 'holders')).length > 0,
  };
}

/** A partition's folder lies in its disk's (sysfs): /sys/devices/.../block/sda/sda3. */
function parentName(folder: string): string {
  try {
    return readlinkSync(folder).split('/').at(-2) ?? '';
  } catch {
    return '';
  }
}

function isOnUsb(folder: string): boolean {
  try {
    return readlinkSync(folder).includes('/usb');
  } catch {
    return false;
  }
}

function imagesIn(places: DiskPlaces, folder: string): readonly Disk[] {
  return entries(folder).flatMap((name) => {
    if (!name.endsWith('.luks') || name.length > 200) return [];
    const path = join(folder, name);
    try {
      const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const facts = fstatSync(file);
      closeSync(file);
      const ours = facts.uid === 0 || facts.uid === places.userId;
      // A second name of the file may lie where somebody else changes it.
      if (!facts.isFile() || !ours || facts.nlink !== 1 || (facts.mode & 0o022) !== 0) return [];
      const held = loopOf(places, path) !== null;
      const common = { readOnly: false, removable: false, partitionName: null, held };
      return [{ id: imageId(facts), name, path, kind: 'image' as const, bytes: facts.size, ...common }];
    } catch {
      return [];
    }
  });
}

function imageId(facts: { readonly dev: number; readonly ino: number }): string {
  return `image-${facts.dev}-${facts.ino}`;
}

/** The loop device that stands for an image now: `loop3`. */
export function loopOf(places: DiskPlaces, path: string): string | null {
  const block = join(places.sys, 'class/block');
  return entries(block).find((name) => text(join(block, name, 'loop/backing_file')) === path) ?? null;
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().slice(0, 1000);
  } catch {
    return [];
  }
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').slice(0, 4096).trim();
  } catch {
    return null;
  }
}
