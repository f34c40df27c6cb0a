// From measured work to rows: each work, and all of it, relative to the first case (plain folder, fast disk).
import { paperWork } from './paper';
import { type Row, rowOf } from './row';
import { deviation, mean, median, spreadOf } from './statistics';
import { type WorkCase, type WorkRun, works } from './work-case';

/** `ratio` is of the means, as in the paper's table 6; `stddev` is in seconds. */
export function workRows(
  measured: readonly { readonly each: WorkCase; readonly runs: readonly WorkRun[] }[],
): readonly Row[] {
  const first = measured[0];
  if (first === undefined) return [];
  const kinds = [
    ...works.map((work) => ({ name: work as string, of: ({ seconds }: WorkRun) => seconds[work] })),
    { name: 'all', of: ({ seconds }: WorkRun) => works.reduce((sum, work) => sum + seconds[work], 0) },
  ];
  return measured.flatMap(({ each, runs }) =>
    kinds.map(({ name, of }) => {
      const seconds = runs.map(of);
      const one = first.runs.map(of);
      const { megabytesPerSecond: speed, vaultKind } = each;
      return rowOf({
        bench: 'work',
        case: name,
        method: methodOf(each),
        engine: each.engine,
        vaultKind,
        seconds: median(seconds),
        mean: mean(seconds),
        stddev: deviation(seconds),
        baseline: 'the same in a plain folder on the disk that is not throttled',
        baselineSeconds: median(one),
        ratio: mean(seconds) / mean(one),
        limit: null,
        runs: runs.length,
        spread: spreadOf(seconds),
        verified: runs.every(({ verified }) => verified),
        diskBytesPerSecond: speed === null ? null : speed * (1 << 20),
        paper:
          name === 'all' && vaultKind === 'gocryptfs' && speed !== null && each.since === 'boot'
            ? paperWork
            : null,
      });
    }),
  );
}

function methodOf({ vaultKind, megabytesPerSecond: speed, since, checkpoints }: WorkCase): string {
  const where = speed === null ? 'fast disk' : `${speed} MB/s`;
  const how = `${since === 'boot' ? '' : ', after a resume'}${checkpoints ? ', a checkpoint in each work' : ''}`;
  return `${vaultKind === 'plain' ? 'plain' : 'encrypted'}, ${where}${how}`;
}
