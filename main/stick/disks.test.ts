// Which disks may become a stick, as a table over what lsblk says.
import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../preload/contract/sticks';
import { disksOf, isNamed, isSameDisk, nameOf } from './disks';

const GiB = 2 ** 30;

function node(about: Record<string, unknown>): Record<string, unknown> {
  return {
    ...{ path: '/dev/sdz', type: 'disk', size: 32 * GiB, model: 'Ultra ', serial: ' 4C53', tran: 'usb' },
    ...{ rm: true, ro: false, hotplug: true, mountpoints: [null] },
    ...about,
  };
}

const part = (mountpoint: string | null, type = 'part'): Record<string, unknown> =>
  node({ path: '/dev/sdz1', type, mountpoints: [mountpoint] });

const cases: readonly [string, Record<string, unknown>, Refusal | null][] = [
  ['a USB stick that nobody uses', {}, null],
  ['a card in a reader', { tran: 'sata', rm: true, hotplug: true }, null],
  ['a USB disk that calls itself fixed', { rm: false, hotplug: false }, null],
  ['an internal disk', { tran: 'nvme', rm: false, hotplug: false }, 'notRemovable'],
  ['a USB disk that we run from', { children: [part('/')] }, 'system'],
  ['a stick that we were started from', { children: [part('/run/soulpad/system')] }, 'system'],
  ['a disk that is swapped to', { children: [part('[SWAP]')] }, 'system'],
  [
    'an internal disk with the system',
    { tran: 'sata', rm: false, hotplug: false, children: [part('/')] },
    'system',
  ],
  ['a stick with a mounted partition', { children: [part(null), part('/media/ana/PHOTOS')] }, 'mounted'],
  ['a stick with an open vault', { children: [{ ...part(null), children: [part(null, 'crypt')] }] }, 'inUse'],
  ['a member of a RAID', { children: [part(null, 'raid1')] }, 'inUse'],
  ['a write-protected stick', { ro: true }, 'readOnly'],
  ['a stick that is too small', { size: GiB }, 'tooSmall'],
];

describe('a disk is refused when in doubt', () => {
  test.each(cases)('%s', (_title, about, refused) => {
    const disks = disksOf({ blockdevices: [node(about)] }, 8 * GiB);
    expect(disks?.map((disk) => disk.refused)).toEqual([refused]);
  });
});

test('partitions, loop devices and empty readers are no disks', () => {
  const others = [
    node({ type: 'part' }),
    node({ type: 'loop', path: '/dev/loop0' }),
    node({ path: '/dev/zram0' }),
    node({ size: 0 }),
    node({ type: 'rom' }),
  ];
  expect(disksOf({ blockdevices: others }, 0)).toEqual([]);
});

test('what is not lsblk’s is refused as a whole', () => {
  expect(disksOf({ blockdevices: [{ path: 'sdz' }] }, 0)).toBeNull();
  expect(disksOf(null, 0)).toBeNull();
});

test('a disk is called by its model, or its serial, or its path', () => {
  const [disk] = disksOf({ blockdevices: [node({})] }, 0) ?? [];
  expect(disk === undefined ? null : nameOf(disk)).toBe('Ultra');
  expect(nameOf({ path: '/dev/sdz', model: null, serial: '4C53' })).toBe('4C53');
  expect(nameOf({ path: '/dev/sdz', model: null, serial: null })).toBe('/dev/sdz');
});

test('another disk in the same place is another disk, also one of the same model', () => {
  const [disk] = disksOf({ blockdevices: [node({})] }, 0) ?? [];
  if (disk === undefined) throw new Error('no disk');
  expect(isSameDisk(disk, { ...disk })).toBe(true);
  for (const other of [{ model: 'Other' }, { serial: null }, { bytes: 1 }, { sequence: '12' }])
    expect(isSameDisk(disk, { ...disk, ...other })).toBe(false);
});

test('a name with what nobody sees between its words can be typed', () => {
  const disk = { path: '/dev/sdz', model: 'A \u200b B', serial: null };
  expect(nameOf(disk)).toBe('A B');
  expect(isNamed(disk, nameOf(disk))).toBe(true);
});

test('a name is typed as it is read, letter by letter', () => {
  const disk = { path: '/dev/sdz', model: 'Cruzer  Bl\u202eade', serial: '4C53' };
  expect(nameOf(disk)).toBe('Cruzer Blade');
  for (const typed of ['Cruzer Blade', ' Cruzer   Blade\n']) expect(isNamed(disk, typed)).toBe(true);
  for (const typed of ['', 'cruzer blade', 'CruzerBlade', '4C53', '/dev/sdz'])
    expect(isNamed(disk, typed)).toBe(false);
});
