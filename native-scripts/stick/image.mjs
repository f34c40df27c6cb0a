// The image: a GPT that BIOS and UEFI both start from, made without a loop device, a mounted file system or root. Each
// partition is made as a file of its own and copied to its place. UUIDs are made of the image's key, so that one image
// has one identity; the disk's own is drawn anew when a stick is written (main/stick).
//
// BIOS (GRUB's boot.S, diskboot.S): boot.img loads the first sector of core.img from the LBA at 0x5c; core.img's first
// sector loads the rest as told by its last 12 bytes: LBA, count, segment.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../guest/desktop/programs.mjs';
import { Failed, progress } from '../guest/desktop/talk.mjs';
import { profile } from './plan.mjs';

const sector = 512;
const mebibyte = 2 ** 20;
const perMebibyte = mebibyte / sector;

/** @typedef {{ name: string, type: string, uuid: string, start: number, sectors: number }} Partition in sectors of 512 bytes */

/** @param {string} key @param {string} name @returns {string} a UUID made of both (RFC 9562, version 8) */
export function uuidOf(key, name) {
  const bytes = createHash('sha256').update(`${name} ${key}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @param {string} key @param {number} systemBytes @returns {Partition[]} from the first mebibyte on, each aligned to one */
export function layOut(key, systemBytes) {
  let start = perMebibyte;
  return profile('partitions').map(({ name, type, mebibytes }) => {
    const size = mebibytes === null ? Math.ceil(systemBytes / mebibyte) : Number(mebibytes);
    const partition = {
      name: String(name),
      type: String(type),
      uuid: uuidOf(key, String(name)),
      start,
      sectors: size * perMebibyte,
    };
    start += partition.sectors;
    return partition;
  });
}

/** @param {string} key @param {readonly Partition[]} partitions @returns {string} for sfdisk(8) */
export function tableOf(key, partitions) {
  const lines = partitions.map(
    ({ name, type, uuid, start, sectors }) =>
      `start=${start}, size=${sectors}, type=${type}, uuid=${uuid}, name="${name}"`,
  );
  return `label: gpt\nlabel-id: ${uuidOf(key, 'disk')}\nunit: sectors\n${lines.join('\n')}\n`;
}

/** @param {string} systemUuid @returns {string} grub.cfg */
export function grubConfig(systemUuid) {
  const words = profile('kernel-arguments').map(({ argument }) => String(argument));
  return readFileSync(join(import.meta.dirname, 'boot/grub.cfg'), 'utf8').replace(
    '@arguments@',
    [...words, `soulpad.system=${systemUuid}`].join(' '),
  );
}

/**
 * boot.img and core.img as they lie on the disk.
 * @param {{ boot: Buffer, core: Buffer, coreSector: number, room: number }} what room: sectors of the BIOS partition
 */
export function biosLoader({ boot, core, coreSector, room }) {
  const sectors = Math.ceil(core.length / sector);
  if (sectors > room)
    throw new Failed('full', `GRUB's core image has ${sectors} sectors, its partition ${room}`);
  const first = Buffer.from(boot.subarray(0, 440));
  first.writeBigUInt64LE(BigInt(coreSector), 0x5c);
  // Two no-ops over a jump that would override the drive that the BIOS names.
  first.set([0x90, 0x90], 0x66);
  const rest = Buffer.alloc(sectors * sector);
  core.copy(rest);
  rest.writeBigUInt64LE(BigInt(coreSector + 1), 0x1f4);
  rest.writeUInt16LE(sectors - 1, 0x1fc);
  rest.writeUInt16LE(0x820, 0x1fe);
  return { first, rest };
}

/** The FAT file system with everything that starts a PC. @param {{ boot: string, file: string, mebibytes: number, config: string, id: string }} what */
async function makeBootPartition({ boot, file, mebibytes, config, id }) {
  rmSync(file, { force: true });
  const volume = createHash('sha256').update(id).digest('hex').slice(0, 8);
  await mustRun(
    ['mkfs.vfat', '-F', '32', '-n', 'SOULPAD', '-i', volume, '-C', file, String(mebibytes * 1024)],
    {
      doing: 'making the boot partition',
    },
  );
  writeFileSync(join(boot, 'grub.cfg'), config);
  const folders = ['::/EFI', '::/EFI/BOOT', '::/EFI/debian', '::/soulpad'];
  await mustRun(['mmd', '-i', file, ...folders], { doing: 'filling the boot partition' });
  const places = {
    'shimx64.efi': '::/EFI/BOOT/BOOTX64.EFI',
    'grubx64.efi': '::/EFI/BOOT/grubx64.efi',
    'mmx64.efi': '::/EFI/BOOT/mmx64.efi',
    'grub.cfg': '::/EFI/debian/grub.cfg',
    'ascii.pf2': '::/EFI/debian/ascii.pf2',
    vmlinuz: '::/soulpad/vmlinuz',
    initrd: '::/soulpad/initrd',
  };
  for (const [from, to] of Object.entries(places))
    await mustRun(['mcopy', '-i', file, join(boot, from), to], { doing: 'filling the boot partition' });
}

/**
 * Makes the image from what `system` left, under a name of its own until it is whole.
 * @param {{ parts: string, image: string, key: string }} what parts: the folder with system.squashfs and boot/
 * @returns {Promise<{ bytes: number, partitions: Partition[] }>}
 */
export async function makeImage({ parts, image, key }) {
  const squashfs = join(parts, 'system.squashfs');
  const boot = join(parts, 'boot');
  const partitions = layOut(key, statSync(squashfs).size);
  const named = (/** @type {string} */ name) => {
    const found = partitions.find((partition) => partition.name === name);
    if (found === undefined) throw new Error(`profile/partitions.json has no ${name}`);
    return found;
  };
  const [bios, start, system] = ['soulpad-bios', 'soulpad-boot', 'soulpad-system'].map(named);
  if (!bios || !start || !system) throw new Error('three were asked for');
  const last = partitions.at(-1);
  // A mebibyte at the end for the second copy of the table.
  const bytes = ((last?.start ?? 0) + (last?.sectors ?? 0)) * sector + mebibyte;
  const fat = join(parts, 'boot.fat');
  await makeBootPartition({
    boot,
    file: fat,
    mebibytes: start.sectors / perMebibyte,
    config: grubConfig(system.uuid),
    id: key,
  });

  const part = `${image}.part`;
  rmSync(part, { force: true });
  const disk = await open(part, 'wx', 0o644);
  try {
    await disk.truncate(bytes);
    await mustRun(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', part], {
      doing: 'writing the partition table',
      input: tableOf(key, partitions),
    });
    const loader = biosLoader({
      boot: readFileSync(join(boot, 'boot.img')),
      core: readFileSync(join(boot, 'core.img')),
      coreSector: bios.start,
      room: bios.sectors,
    });
    await disk.write(loader.first, 0, loader.first.length, 0);
    await disk.write(loader.rest, 0, loader.rest.length, bios.start * sector);
    let done = 0;
    const total = statSync(fat).size + statSync(squashfs).size;
    for (const [file, at] of /** @type {[string, number][]} */ ([
      [fat, start.start],
      [squashfs, system.start],
    ])) {
      let position = at * sector;
      for await (const bytes of createReadStream(file, { highWaterMark: 4 * mebibyte })) {
        // Holes stay holes: most of the boot partition is empty.
        if (!isZero(bytes)) await disk.write(bytes, 0, bytes.length, position);
        position += bytes.length;
        done += bytes.length;
        progress({ stage: 'image', done, total, unit: 'bytes' });
      }
    }
    await disk.sync();
  } finally {
    await disk.close();
  }
  rmSync(fat);
  renameSync(part, image);
  return { bytes, partitions };
}

/** @param {Buffer} bytes */
function isZero(bytes) {
  return (
    bytes.length > 0 && bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0
  );
}
