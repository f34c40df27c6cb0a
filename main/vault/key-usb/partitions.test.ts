import { describe, expect, it } from 'vitest';
import { looksLikeFat, partitionOffsets } from './partitions';

const MiB = 1 << 20;

function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt16LE(512, 11);
  sector.writeUInt8(4, 13);
  sector.writeUInt16LE(1, 14);
  sector.writeUInt8(2, 16);
  sector.write('FAT16   ', 54, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function mbr(entries: [type: number, firstSector: number][]): Buffer {
  const head = Buffer.alloc(64 * 1024);
  for (const [index, [type, first]] of entries.entries()) {
    head.writeUInt8(type, 446 + index * 16 + 4);
    head.writeUInt32LE(first, 446 + index * 16 + 8);
  }
  head.writeUInt16LE(0xaa55, 510);
  return head;
}

function gpt(about: {
  sector: number;
  first: bigint;
  count?: number;
  size?: number;
  entries?: bigint;
}): Buffer {
  const head = Buffer.alloc(64 * 1024);
  const header = about.sector;
  head.write('EFI PART', header, 'latin1');
  head.writeBigUInt64LE(about.entries ?? 2n, header + 72);
  head.writeUInt32LE(about.count ?? 128, header + 80);
  head.writeUInt32LE(about.size ?? 128, header + 84);
  head.fill(1, 2 * about.sector, 2 * about.sector + 16);
  head.writeBigUInt64LE(about.first, 2 * about.sector + 32);
  return head;
}

describe('where FAT file systems begin', () => {
  it('is byte 0 on a disk without a partition table', () => {
    expect(partitionOffsets(bootSector(), MiB)).toEqual([0]);
  });

  it('is told by an MBR, for FAT partitions only', () => {
    const head = mbr([
      [0x83, 64],
      [0x0c, 2048],
      [0xef, 4096],
    ]);
    expect(partitionOffsets(head, 64 * MiB)).toEqual([MiB, 2 * MiB]);
  });

  it('is told by a GPT, also with sectors of 4096 bytes', () => {
    expect(partitionOffsets(gpt({ sector: 512, first: 2048n }), 64 * MiB)).toEqual([MiB]);
    expect(partitionOffsets(gpt({ sector: 4096, first: 256n }), 64 * MiB)).toEqual([MiB]);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(64 * 1024)],
    ['a cut MBR', mbr([[0x0c, 2048]]).subarray(0, 500)],
    ['a partition beyond the end', mbr([[0x0c, 0xffffffff]])],
    ['a partition at 0', mbr([[0x0c, 0]])],
    ['a GPT partition beyond any disk', gpt({ sector: 512, first: 2n ** 64n - 1n })],
    ['GPT entries beyond what was read', gpt({ sector: 512, first: 2048n, entries: 2n ** 63n })],
    ['GPT entries of no size', gpt({ sector: 512, first: 2048n, size: 0 })],
    ['GPT entries of a huge size', gpt({ sector: 512, first: 2048n, size: 0xffffffff })],
    ['a GPT without entries', gpt({ sector: 512, first: 2048n, count: 0 })],
  ])('is nowhere with %s', (_, head) => {
    expect(partitionOffsets(head, 64 * MiB)).toEqual([]);
  });

  it('ends with a handful, however many a table claims', () => {
    const head = gpt({ sector: 512, first: 2048n, count: 0xffffffff });
    for (let index = 0; index < 128; index++) {
      head.fill(1, 1024 + index * 128, 1024 + index * 128 + 16);
      head.writeBigUInt64LE(BigInt(2048 + index), 1024 + index * 128 + 32);
    }
    expect(partitionOffsets(head, 64 * MiB)).toHaveLength(16);
  });

  it('survives noise', () => {
    for (let seed = 1; seed < 200; seed++) {
      const head = Buffer.alloc(8192, 0);
      for (let at = 0; at < head.length; at++) head[at] = (seed * 7919 * (at + 1)) >>> 5;
      head.writeUInt16LE(0xaa55, 510);
      if (seed % 2 === 0) head.write('EFI PART', 512, 'latin1');
      for (const offset of partitionOffsets(head, MiB)) expect(offset).toBeLessThanOrEqual(MiB - 512);
    }
  });

  it('does not take exFAT for FAT', () => {
    const sector = bootSector();
    sector.fill(0, 11, 64);
    sector.write('EXFAT   ', 3, 'latin1');
    expect(looksLikeFat(sector)).toBe(false);
  });
});
