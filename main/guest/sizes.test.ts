import { describe, expect, it } from 'vitest';
import { hostKeepsBytes, processorsFor, sizeChoices, sizesFor } from './sizes';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

describe('the size of a new guest', () => {
  it.each([
    ['a small laptop', 2, 32, 1, 16],
    ['an ordinary PC', 8, 200, 4, 64],
    ['a large one', 128, 4000, 4, 64],
    ['little free disk', 16, 8, 2.5, 8],
  ])('is sensible on %s', (_, memory, free, ram, disk) => {
    const sizes = sizesFor({ kind: 'desktop', memoryBytes: memory * GiB, freeDiskBytes: free * GiB });
    expect(sizes).toMatchObject({ fits: true, ramBytes: ram * GiB, diskBytes: disk * GiB });
  });

  it('leaves the host its memory, and says what is needed and what is there', () => {
    expect(sizesFor({ kind: 'desktop', memoryBytes: 1.5 * GiB, freeDiskBytes: 100 * GiB })).toEqual({
      fits: false,
      what: 'memory',
      needBytes: GiB + hostKeepsBytes,
      haveBytes: 1.5 * GiB,
    });
    const wanted = { ramBytes: 16 * GiB };
    expect(sizesFor({ kind: 'iso', memoryBytes: 16 * GiB, freeDiskBytes: 999 * GiB, wanted })).toMatchObject({
      fits: false,
      what: 'memory',
      haveBytes: 16 * GiB,
    });
  });

  it('is refused where two saved memories and what is written first do not fit on the disk', () => {
    expect(sizesFor({ kind: 'desktop', memoryBytes: 8 * GiB, freeDiskBytes: 4 * GiB })).toEqual({
      fits: false,
      what: 'disk',
      needBytes: 5 * GiB,
      haveBytes: 4 * GiB,
    });
    expect(
      sizesFor({
        kind: 'image',
        memoryBytes: 8 * GiB,
        freeDiskBytes: 11 * GiB,
        imageBytes: 1,
        firstBytes: 10 * GiB,
      }),
    ).toMatchObject({ fits: false, what: 'disk', needBytes: 12 * GiB });
  });

  it("never cuts an image's disk, and lets it grow", () => {
    const asked = {
      kind: 'image',
      memoryBytes: 8 * GiB,
      freeDiskBytes: 99 * GiB,
      imageBytes: 20 * GiB,
    } as const;
    expect(sizesFor(asked)).toMatchObject({ diskBytes: 20 * GiB });
    expect(sizesFor({ ...asked, wanted: { diskBytes: 9 * GiB } })).toMatchObject({ diskBytes: 20 * GiB });
    expect(sizesFor({ ...asked, wanted: { diskBytes: 40 * GiB } })).toMatchObject({ diskBytes: 40 * GiB });
  });

  it('always fits what it counts with, in whole MiB', () => {
    for (let memory = 1; memory <= 64; memory += 0.7)
      for (let free = 1; free <= 128; free *= 1.7) {
        const asked = { memoryBytes: Math.round(memory * GiB), freeDiskBytes: Math.round(free * GiB) };
        const sizes = sizesFor({ kind: 'desktop', ...asked });
        if (!sizes.fits) continue;
        expect(sizes.ramBytes % MiB).toBe(0);
        expect(sizes.ramBytes + hostKeepsBytes).toBeLessThanOrEqual(asked.memoryBytes);
        expect(sizes.needBytes).toBeLessThanOrEqual(asked.freeDiskBytes);
      }
  });

  it.each([
    [
      'an ordinary PC',
      8,
      200,
      [
        [1, 8],
        [4, 64],
        [6, 128],
      ],
    ],
    [
      'a large one',
      128,
      4000,
      [
        [1, 8],
        [4, 64],
        [8, 128],
      ],
    ],
    [
      'little free disk',
      16,
      8,
      [
        [1, 8],
        [2.5, 8],
      ],
    ],
    ['a PC with room for the least only', 2, 5.2, [[1, 8]]],
    ['none', 1, 100, []],
  ] as const)('can be chosen on %s', (_, memory, free, sizes) => {
    const choices = sizeChoices({ kind: 'desktop', memoryBytes: memory * GiB, freeDiskBytes: free * GiB });
    expect(choices.map((each) => [each.ramBytes / GiB, each.diskBytes / GiB])).toEqual(sizes);
  });

  it('always fits, whichever is chosen, and an image keeps its disk', () => {
    for (let memory = 1; memory <= 64; memory += 0.7)
      for (let free = 1; free <= 512; free *= 1.7) {
        const asked = { memoryBytes: Math.round(memory * GiB), freeDiskBytes: Math.round(free * GiB) };
        for (const kind of ['desktop', 'iso'] as const)
          for (const wanted of sizeChoices({ kind, ...asked }))
            expect(sizesFor({ kind, ...asked, wanted })).toMatchObject({ fits: true });
        const image = { kind: 'image', ...asked, imageBytes: 20 * GiB, firstBytes: GiB } as const;
        for (const { diskBytes } of sizeChoices(image)) expect(diskBytes).toBe(20 * GiB);
      }
  });

  it('has processors that the PC has', () => {
    expect([1, 2, 4, 8, 64].map(processorsFor)).toEqual([1, 2, 2, 4, 4]);
  });
});
