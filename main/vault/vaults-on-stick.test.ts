// Which disk a new vault goes to on a stick, and that nothing is made where there is none. The making itself is in
// main/soulpadd/emulated-pc.test.ts and e2e/stick.
import { describe, expect, it } from 'vitest';
import type { VaultDiskFacts } from './vault';
import { ownDisk } from './vaults-on-stick';

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
