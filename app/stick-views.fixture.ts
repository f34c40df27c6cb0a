// One story for every state that writing a stick can be in; see views.fixture.ts. Not shipped.
import type { FaultCode } from '../preload/contract/fault';
import type { StageId } from '../preload/contract/progress';
import type { DiskCard, FoundDisks } from '../preload/contract/sticks';
import type { Story, Work } from '../preload/contract/view';

type AtSticks = Story & { state: 'sticks' };

const gigabyte = 1e9;
const image = { copyBytes: 0.91 * gigabyte, leastDiskBytes: 5.5 * gigabyte };
const disk = (id: number, part: Partial<DiskCard>): DiskCard => ({
  ...{ id: `disk-${id}`, name: 'Ultra Fit', serial: '4C530001230412116342', bytes: 61.5 * gigabyte },
  ...{ refused: null, ...part },
});
const fit = disk(1, {});
const twin = disk(2, { serial: '4C530001230412116399' });
const inner = disk(3, { name: 'NVMe 512', serial: 'S4EVNX0M', bytes: 512 * gigabyte, refused: 'system' });
const found: FoundDisks = { image, disks: [inner, fit, twin] };
const sticks: AtSticks = {
  ...{ state: 'sticks', found, asked: null, misnamed: false, writing: null, done: null },
  ...{ fault: null, touched: false },
};
const plan: readonly StageId[] = ['copy', 'verify', 'grow'];

export function stickStories(make: {
  readonly work: (ids: readonly StageId[], done: number, part?: Partial<Work>) => Work;
}) {
  const writing = (
    done: number,
    part: Partial<Work>,
    beside: Partial<AtSticks['writing']> = {},
  ): AtSticks => ({
    ...sticks,
    writing: {
      ...{ disk: fit, work: make.work(plan, done, { reversible: false, ...part }) },
      ...{ bytesPerSecond: 18.4e6, canStop: true, stopping: false, ...beside },
    },
  });
  const failed = (code: FaultCode, touched: boolean): AtSticks => ({
    ...sticks,
    fault: { code, stage: 'stick.write', message: 'EIO: i/o error, write' },
    touched,
  });
  return {
    sticks,
    'sticks-looking': { ...sticks, found: null },
    'sticks-none': { ...sticks, found: { image, disks: [inner] } },
    'sticks-refused': {
      ...sticks,
      found: {
        image,
        disks: [
          disk(4, { name: 'Cruzer Blade', serial: null, bytes: 4 * gigabyte, refused: 'tooSmall' }),
          disk(5, { name: 'Photos of the whole district office', refused: 'mounted' }),
          disk(6, { name: 'Storage Device', refused: 'readOnly' }),
          disk(7, { name: 'Portable SSD', refused: 'inUse' }),
          disk(8, { name: 'ST1000', refused: 'notRemovable' }),
          inner,
        ],
      },
    },
    'sticks-no-image': { ...sticks, found: { image: null, disks: [fit] } },
    'sticks-name': { ...sticks, asked: fit },
    'sticks-misnamed': { ...sticks, asked: disk(9, { name: '/dev/sdb', serial: null }), misnamed: true },
    'sticks-beginning': writing(0, { fraction: 0, reversible: true }, { bytesPerSecond: null }),
    'sticks-writing': writing(0, { fraction: 0.31, secondsLeft: 52 }),
    'sticks-stopping': writing(0, { fraction: 0.33, secondsLeft: 49 }, { canStop: false, stopping: true }),
    'sticks-reading': writing(1, { fraction: 0.81, secondsLeft: 12 }, { bytesPerSecond: 64e6 }),
    'sticks-growing': writing(2, { fraction: 0.99 }, { bytesPerSecond: null, canStop: false }),
    'sticks-done': {
      ...sticks,
      done: {
        ...{ name: 'Ultra Fit', writtenBytes: 0.91 * gigabyte, bytesPerSecond: 18.4e6 },
        ...{ vaultBytes: 56.7 * gigabyte, swapBytes: 3.8 * gigabyte },
      },
    },
    'sticks-stopped': failed('cancelled', true),
    'sticks-denied': failed('denied', false),
    'sticks-changed': failed('refusedDisk', false),
    'sticks-gone': failed('missingDisk', false),
    'sticks-cut': failed('io', true),
    'sticks-unlisted': {
      ...sticks,
      found: null,
      fault: { code: 'timeout', stage: 'stick.disks', message: 'lsblk did not end within 10 s' },
    },
    'sticks-image-bad': { ...failed('unusableFile', false), found: null },
  } as const satisfies Record<string, Story>;
}
