// Disks that are plugged in, for the tests of the page that writes a stick. Nothing here is shipped.
import type { DiskCard, FoundDisks, StickDone } from '../../preload/contract/sticks';

export const fit: DiskCard = {
  ...{ id: 'disk-1', name: 'Ultra Fit', serial: '4C53', bytes: 6.15e10 },
  refused: null,
};
export const inner: DiskCard = { ...fit, id: 'disk-2', name: 'NVMe', refused: 'system' };
export const image = { copyBytes: 9e8, leastDiskBytes: 5e9 };
export const found: FoundDisks = { image, disks: [inner, fit] };
export const done: StickDone = {
  ...{ name: 'Ultra Fit', writtenBytes: 9e8, bytesPerSecond: 2e7 },
  ...{ vaultBytes: 5.5e10, swapBytes: 3.8e9 },
};
