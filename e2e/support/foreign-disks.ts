// Disks as they are in other people's PCs, clean and left in the middle of something: each is what a careless system would
// mount, replay, resume from, swap to or assemble as soon as it sees it. Made without root. Tests only.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MiB = 1 << 20;
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

const makers = {
  'ext4-clean': (file: string) => run('mkfs.ext4', ['-q', '-F', file]),
  /** Its journal holds what has yet to be written: mounting it, even to read, replays that. */
  'ext4-dirty': (file: string) => {
    run('mkfs.ext4', ['-q', '-F', file]);
    writeFileSync(`${file}.block`, randomBytes(4096));
    run('debugfs', ['-w', '-f', '-', file], `jo\njw -b 5000 ${file}.block\njc\nssv state 0\n`);
  },
  /** A swap partition with a hibernated system in it: the kernel's signature of one. */
  'swap-hibernated': (file: string) => {
    run('mkswap', ['-q', file]);
    patch(file, 4086, Buffer.from('S1SUSPEND\0'));
  },
  ntfs: (file: string) => run('mkntfs', ['-q', '-F', '-Q', file]),
  luks: (file: string) =>
    run(
      'cryptsetup',
      [
        'luksFormat',
        '-q',
        '--type',
        'luks2',
        '--pbkdf',
        'pbkdf2',
        '--pbkdf-force-iterations',
        '1000',
        file,
        '-',
      ],
      'somebody else',
    ),
  /** An LVM physical volume's label, in the second sector as LVM writes it. */
  lvm: (file: string) => patch(file, 512, lvmLabel()),
  /** A member of a RAID array, superblock 1.2 at 4 KiB. */
  md: (file: string) => patch(file, 4096, raidMember()),
} as const;

export type ForeignDisk = keyof typeof makers;
export const foreignDisks = Object.keys(makers) as readonly ForeignDisk[];

/** A disk image of 48 MiB in `folder`; its path. */
export function makeForeignDisk(folder: string, kind: ForeignDisk): string {
  const file = join(folder, `${kind}.disk`);
  writeFileSync(file, '');
  truncateSync(file, 48 * MiB);
  makers[kind](file);
  return file;
}

export function sumOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** What `blkid` takes it for, so that the test's disks are what they say. */
export function kindOf(file: string): string {
  return execFileSync('blkid', ['-p', '-s', 'TYPE', '-o', 'value', file], { encoding: 'utf8', env }).trim();
}

function run(program: string, args: readonly string[], input = ''): void {
  execFileSync(program, [...args], { env, input, stdio: ['pipe', 'ignore', 'ignore'] });
}

function patch(file: string, at: number, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** lvm2: lib/label/label.h; the checksum is its own CRC-32 (lib/misc/crc.c), begun with 0xf597a6cf. */
function lvmLabel(): Buffer {
  const sector = Buffer.alloc(512);
  sector.write('LABELONE', 0, 'latin1');
  sector.writeBigUInt64LE(1n, 8);
  sector.writeUInt32LE(32, 20);
  sector.write('LVM2 001', 24, 'latin1');
  sector.write(randomBytes(16).toString('hex'), 32, 'latin1');
  sector.writeBigUInt64LE(BigInt(48 * MiB), 64);
  let sum = 0xf597a6cf;
  for (const byte of sector.subarray(20)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  sector.writeUInt32LE(sum >>> 0, 16);
  return sector;
}

/** Linux: include/uapi/linux/raid/md_p.h, struct mdp_superblock_1. A mirror of two, this one active. */
function raidMember(): Buffer {
  const block = Buffer.alloc(256 + 4);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(1, 4);
  randomBytes(16).copy(block, 16);
  block.write('other:0', 32, 'latin1');
  block.writeUInt32LE(1, 72); // RAID 1
  block.writeBigUInt64LE(80_000n, 80);
  block.writeUInt32LE(2, 92);
  block.writeBigUInt64LE(2048n, 128);
  block.writeBigUInt64LE(80_000n, 136);
  block.writeBigUInt64LE(8n, 144);
  block.writeUInt32LE(2, 220); // roles of two members: 0 and 1
  block.writeUInt16LE(1, 258);
  let sum = 0n;
  for (let at = 0; at < block.length; at += 4) sum += BigInt(block.readUInt32LE(at));
  block.writeUInt32LE(Number((sum & 0xffffffffn) + (sum >> 32n)) >>> 0, 216);
  return block;
}
