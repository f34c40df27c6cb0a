// Which disk a new vault goes to on a stick, and that nothing is made where there is none. The making itself is in
// main/soulpadd/emulated-pc.test.ts and e2e/stick.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homesIn } from './homes';
import { readLuks2Home, writeLuks2Home } from './luks2/home';
import type { VaultDiskFacts } from './vault';
import { nameVaults, ownDisk } from './vaults-on-stick';

const disk = (about: Partial<VaultDiskFacts>): VaultDiskFacts => ({
  ...{ id: '9.5', name: 'sda5', bytes: 1 << 30, removable: true, partitionName: 'soulpad-vault' },
  ...{ mayFormat: true, uuid: null, damage: null },
  ...about,
});
const said = (disks: readonly VaultDiskFacts[]): string => {
  const own = ownDisk(disks);
  return own.ok ? own.value : own.fault.code;
};

describe('a new vault on a stick', () => {
  it('goes to the partition that is made for it, whatever else is plugged in', () => {
    const others = [
      disk({ id: '9.4', partitionName: 'soulpad-swap' }),
      disk({ id: '3.0', partitionName: null }),
    ];
    expect(said([...others, disk({})])).toBe('9.5');
  });

  it('is refused where that partition is missing, read-only or in use', () => {
    expect(said([])).toBe('missingDisk');
    expect(said([disk({ mayFormat: false })])).toBe('missingDisk');
  });

  it('is refused where two could be meant', () => {
    expect(said([disk({}), disk({ id: '12.5', name: 'sdb5' })])).toBe('ambiguousVault');
  });
});

describe('further vaults on a stick', () => {
  const uuids = [
    '7f4c21f0-2c1b-4f0e-9c1e-0f3a5f6b7c8d',
    '03a9be57-2c1b-4f0e-9c1e-0f3a5f6b7c8d',
    'ffffffff-2c1b-4f0e-9c1e-0f3a5f6b7c8d',
  ] as const;

  it('get a home each by the name of their partition, once; disks of others get none', async () => {
    const place = mkdtempSync(join(tmpdir(), 'soulpad-stick-'));
    try {
      expect(await writeLuks2Home(place, uuids[0])).toMatchObject({ ok: true });
      const disks = [
        disk({ id: '9.5', name: 'sda5', uuid: uuids[0] }),
        disk({ id: '9.6', name: 'sda6', uuid: uuids[1] }),
        disk({ id: '9.7', name: 'sda7', uuid: null }),
        disk({ id: '4.1', name: 'sdb1', uuid: uuids[2], mayFormat: false }),
        disk({ id: '4.2', name: 'sdb2', uuid: uuids[2], partitionName: 'data' }),
      ];
      for (const _ of ['first look', 'second look'])
        expect(await nameVaults(place, disks)).toMatchObject({ ok: true });
      const homes = await homesIn(place);
      expect(homes).toMatchObject({ ok: true, value: [{ name: null }, { name: 'sda6' }] });
      const [, further] = homes.ok ? homes.value : [];
      expect(await readLuks2Home(further?.home ?? '')).toEqual({ ok: true, value: uuids[1] });
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
