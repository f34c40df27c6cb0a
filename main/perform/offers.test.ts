import { expect, it } from 'vitest';
import { fail, ok } from '../../preload/contract/result';
import { offerSchema } from '../../preload/contract/setup';
import { offersFor } from './offers';

const GiB = 2 ** 30;
const big = { memoryBytes: 16 * GiB, freeDiskBytes: 200 * GiB };
const desktop = ok({ downloadBytes: 400e6, seconds: 200 });
const kinds = ['desktop', 'image', 'iso', 'witness'];

it('a good PC can have every kind, and the download is said first', () => {
  const offers = offersFor({ pc: big, desktop });
  expect(offers.map(({ kind, possible }) => [kind, possible])).toEqual(kinds.map((kind) => [kind, true]));
  expect(offers[0]?.downloadBytes).toBe(400e6);
  for (const offer of offers) expect(offerSchema.safeParse(offer).success).toBe(true);
});

it('while the download is asked, everything else can be taken already', () => {
  const offers = offersFor({ pc: big, desktop: null });
  expect(offers.map(({ sizing, possible }) => [sizing, possible])).toEqual([
    [true, true],
    ...Array(3).fill([false, true]),
  ]);
  const small = offersFor({ pc: { ...big, memoryBytes: GiB }, desktop: null });
  expect(small[0]).toMatchObject({ sizing: false, possible: false, why: 'memoryTooSmall' });
});

it('what is downloaded already is not said to be downloaded again', () => {
  expect(
    offersFor({ pc: big, desktop: ok({ downloadBytes: 0, seconds: 120 }) })[0]?.downloadBytes,
  ).toBeNull();
});

it.each([
  [{ memoryBytes: GiB, freeDiskBytes: 200 * GiB }, 'memoryTooSmall'],
  [{ memoryBytes: 16 * GiB, freeDiskBytes: 2 * GiB }, 'diskTooSmall'],
] as const)('with %j the desktop cannot be had, and the reason has its numbers', (pc, why) => {
  const [offer] = offersFor({ pc, desktop });
  expect(offer).toMatchObject({ possible: false, why, need: expect.any(Number), have: expect.any(Number) });
  expect((offer?.need ?? 0) > (offer?.have ?? 0)).toBe(true);
});

it('without a network or the tools only the desktop is missing', () => {
  for (const [code, why] of [
    ['io', 'networkGone'],
    ['timeout', 'networkGone'],
    ['toolMissing', 'toolMissing'],
  ] as const) {
    const offers = offersFor({ pc: big, desktop: fail({ code, stage: 'test', message: '' }) });
    expect(offers.map(({ possible }) => possible)).toEqual([false, true, true, true]);
    expect(offers[0]).toMatchObject({ why });
  }
});

it('a full disk has room for nothing', () => {
  const offers = offersFor({ pc: { ...big, freeDiskBytes: 0 }, desktop });
  expect(offers.every(({ possible, why }) => !possible && why === 'diskTooSmall')).toBe(true);
});
