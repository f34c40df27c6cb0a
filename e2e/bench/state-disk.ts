// Is the disk as slow as it was asked to be? dd in the same run says so: every ratio of this bench rests on it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../main/process/run';
import { must } from './bench-guest';
import { ddSeconds } from './dd';
import type { StateOrder } from './state';
import { comparedRow } from './state-row';

const MiB = 1 << 20;
const bytes = 128 * MiB;
const smallReads = 3_000;
const smallBytes = 4096;
/** A disk that is faster than asked would flatter every row; a busy machine makes it a little slower. */
const tolerance = { faster: 0.95, slower: 1.3 };

/** Rows `disk`: seconds over what the bytes, and the reads, should take; verified within the tolerance. */
export async function measureDisk({ disk, options, emit }: StateOrder): Promise<void> {
  const rowFor = (method: string, seconds: number, expected: number, readsPerSecond?: number): void => {
    const ratio = seconds / expected;
    const verified = ratio >= tolerance.faster && ratio <= tolerance.slower;
    const capped = readsPerSecond === undefined ? {} : { diskReadsPerSecond: readsPerSecond };
    const baseline = 'what it was asked to be';
    emit(
      comparedRow(options, {
        ...{ case: 'disk', method, ours: [seconds], baseline, theirs: [expected], limit: null, verified },
        ...capped,
      }),
    );
  };
  await disk.setSpeed(options.speed * MiB);
  const { writeSeconds, readSeconds } = await ddSeconds(disk.folder, bytes);
  const expected = bytes / (options.speed * MiB);
  rowFor('dd, written', writeSeconds, expected);
  rowFor('dd, read', readSeconds, expected);
  await disk.setSpeed(0);
  const file = join(disk.folder, 'dd');
  const dd = async (...args: readonly string[]): Promise<number> => {
    const began = performance.now();
    must(await run({ program: 'dd', args: [...args, 'status=none'], stage: 'bench.dd', timeoutMs: 120_000 }));
    return (performance.now() - began) / 1000;
  };
  try {
    const block = `bs=${smallBytes}`;
    await dd('if=/dev/zero', `of=${file}`, block, `count=${smallReads}`, 'oflag=direct');
    await disk.setSpeed(options.speed * MiB, options.reads);
    const seconds = await dd(`if=${file}`, 'of=/dev/null', block, `count=${smallReads}`, 'iflag=direct');
    rowFor(`dd of ${smallReads} blocks of 4 KiB, read`, seconds, smallReads / options.reads, options.reads);
  } finally {
    await disk.setSpeed(0);
    rmSync(file, { force: true });
  }
}
