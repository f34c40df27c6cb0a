import { expect, test } from 'vitest';
import { deltaRunsOf, viewOf } from './ram-chain';
import type { RamIndex } from './ram-index';

function indexOf(about: Pick<RamIndex, 'file' | 'data' | 'ramPages'> & Partial<RamIndex>): RamIndex {
  return { guest: 'g', guestUuid: '', number: 1, stateSha256: '', zero: [], sums: [], ...about };
}

test('only what comes from deltas needs runs; the base around them needs none', () => {
  const ramPages = 40;
  const base = indexOf({ ramPages, file: 'ram.base', data: [{ first: 0, pages: 30 }] });
  const delta = indexOf({
    ...{ ramPages, file: 'ram.delta', zero: [{ first: 20, pages: 2 }] },
    data: [
      { first: 3, pages: 2 },
      { first: 29, pages: 3 },
    ],
  });
  const newer = indexOf({ ramPages, file: 'ram.delta', data: [{ first: 4, pages: 1 }] });
  expect(deltaRunsOf(viewOf(ramPages, [base, delta, newer]))).toEqual([
    { first: 3, pages: 1, source: 1, at: 0 },
    { first: 4, pages: 1, source: 2, at: 0 },
    { first: 29, pages: 3, source: 1, at: 2 },
  ]);
});

// Steps by pages instead of runs cost 4 s of processor time at 512 MiB and would cost an hour here.
test('the runs of a guest of 16 GiB are found in one pass', () => {
  const ramPages = 2 ** 22;
  const base = indexOf({ ramPages, file: 'ram.base', data: [{ first: 0, pages: ramPages }] });
  const delta = indexOf({ ramPages, file: 'ram.delta', data: [{ first: ramPages - 1, pages: 1 }] });
  const runs = deltaRunsOf(viewOf(ramPages, [base, delta]));
  expect(runs).toEqual([{ first: ramPages - 1, pages: 1, source: 1, at: 0 }]);
});
