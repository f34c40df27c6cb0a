// The arithmetic of the image: places, identities, boot code. That it starts is e2e/stick's to show.
import { expect, test } from 'vitest';
import { biosLoader, grubConfig, layOut, tableOf, uuidOf } from './image.mjs';
import { ofRelease } from './plan.mjs';

const mebibyte = 2 ** 20;

test('partitions follow each other from the first mebibyte on, the system as large as it is', () => {
  const partitions = layOut('00', 100 * mebibyte + 1);
  expect(partitions[0]).toMatchObject({ name: 'soulpad-bios', start: 2048, sectors: 2048 });
  expect(partitions.map(({ name }) => name)).toEqual([
    'soulpad-bios',
    'soulpad-boot',
    'soulpad-system',
    'soulpad-swap',
    'soulpad-vault',
  ]);
  for (const [index, { start }] of partitions.entries()) {
    const before = partitions[index - 1];
    if (before !== undefined) expect(start).toBe(before.start + before.sectors);
    expect(start % 2048).toBe(0);
  }
  expect(partitions[2]?.sectors).toBe(101 * 2048);
});

test('one image has one identity, another one has another', () => {
  expect(uuidOf('aa', 'disk')).toBe(uuidOf('aa', 'disk'));
  expect(new Set([uuidOf('aa', 'disk'), uuidOf('ab', 'disk'), uuidOf('aa', 'soulpad-system')]).size).toBe(3);
  expect(uuidOf('aa', 'disk')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(tableOf('aa', layOut('aa', mebibyte))).toContain(uuidOf('aa', 'soulpad-system'));
});

test('GRUB names the system by its own partition, and no word of the profile is lost', () => {
  const config = grubConfig('1234');
  expect(config).toMatch(/^if linux \/soulpad\/vmlinuz boot=soulpad .* soulpad\.system=1234; then$/m);
  expect(config).not.toContain('@');
});

test('the boot sector names where the core image lies, and the core image its own rest', () => {
  const { first, rest } = biosLoader({
    boot: Buffer.alloc(512, 1),
    core: Buffer.alloc(1500, 2),
    coreSector: 2048,
    room: 2048,
  });
  expect(first.length).toBe(440);
  expect(first.readBigUInt64LE(0x5c)).toBe(2048n);
  expect([...first.subarray(0x66, 0x68)]).toEqual([0x90, 0x90]);
  expect(rest.length).toBe(3 * 512);
  expect(rest.readBigUInt64LE(0x1f4)).toBe(2049n);
  expect([rest.readUInt16LE(0x1fc), rest.readUInt16LE(0x1fe)]).toEqual([2, 0x820]);
  expect(() =>
    biosLoader({ boot: Buffer.alloc(512), core: Buffer.alloc(1500), coreSector: 2048, room: 2 }),
  ).toThrow(/partition 2/);
});

test('the machine’s own sources are read as the stick’s release', () => {
  const source = {
    uris: 'https://deb.example.org/debian',
    components: ['main'],
    signedBy: null,
    trusted: false,
  };
  const suites = ['bookworm', 'bookworm-updates', 'bookworm-security', 'bookworm/updates', 'nodistro'];
  expect(ofRelease([{ ...source, suites }], 'bookworm', 'trixie')[0]?.suites).toEqual([
    'trixie',
    'trixie-updates',
    'trixie-security',
    'trixie/updates',
    'nodistro',
  ]);
});
