// Rows of `bench state`: ours over a limit or a peer of the same run, as medians, with everything the bench was told.
import type { Measured } from './row';
import { type Row, rowOf } from './row';
import type { StateOptions } from './state-options';
import { median, spreadOf } from './statistics';

const MiB = 1 << 20;

type Part = Pick<Row, 'case' | 'method' | 'baseline' | 'limit'> & Partial<Row>;

export interface Compared extends Part {
  /** Seconds, one a run. Bytes where `unit` says so. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly unit?: 'seconds' | 'bytes';
  readonly verified: boolean;
}

/** Of the values, one each run or one for all. */
export function comparedRow(options: StateOptions, about: Compared): Row {
  const { ours, theirs, unit = 'seconds', ...part } = about;
  const [mine, baseline] = [median(ours), median(theirs)];
  const values = unit === 'seconds' ? { seconds: mine, baselineSeconds: baseline } : {};
  const bytes = unit === 'bytes' ? { bytesMoved: mine, baselineBytes: baseline } : {};
  return rowOf({
    ...common(options),
    ...{ ratio: mine / baseline, runs: ours.length, spread: spreadOf(ours) },
    ...values,
    ...bytes,
    ...part,
  });
}

/** What could not be measured: it costs its own row, and never the others'. */
export function failedRow(options: StateOptions, part: Part, why: string): Row {
  return rowOf({ ...common(options), ratio: null, runs: 0, spread: 0, verified: false, why, ...part });
}

function common(options: StateOptions): Pick<Measured, 'bench' | 'diskBytesPerSecond' | 'parameters'> {
  const { rows, ram, plot: _drawn, ...numbers } = options;
  return {
    bench: 'state',
    diskBytesPerSecond: options.speed * MiB,
    parameters: { ...numbers, rows: rows.join(','), ram: ram.join(',') },
  };
}
