// Draws what `bench state` measured: seconds against the guest's memory, suspending on the left, until the first tick on
// the right. gnuplot (Debian's gnuplot-nox) draws it; without a ground and in colours that a light page and a dark one
// both show. Never draws a row that was not verified.
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { run } from '../../main/process/run';
import { repository } from '../support/cli';
import { must } from './bench-guest';
import type { Row } from './row';

const MiB = 1 << 20;

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly is: (row: Row) => boolean;
  readonly seconds: (row: Row) => number | null;
}

/** Okabe and Ito's colours, those with enough contrast on white and on black. */
const lines: readonly Line[] = [
  {
    ...{ name: 'virsh', colour: '#d55e00' },
    is: ({ method }) => method.startsWith('virsh'),
    seconds: (row) => row.seconds,
  },
  {
    ...{ name: 'dd of the image', colour: '#888888' },
    is: ({ engine, baseline }) => engine === 'lazy' && baseline.startsWith('dd of the image'),
    seconds: (row) => row.baselineSeconds,
  },
  { name: 'full', colour: '#0090d0', is: ({ engine }) => engine === 'full', seconds: (row) => row.seconds },
  {
    ...{ name: 'lazy', colour: '#00a078' },
    is: ({ engine, baseline }) => engine === 'lazy' && baseline.startsWith('dd of the image'),
    seconds: (row) => row.seconds,
  },
];

const acts = ['suspend', 'first tick'] as const;

/** gnuplot's own text: the data as named blocks, then two plots beside each other. */
export function plotScript(rows: readonly Row[]): string {
  const block = (act: string, { is, seconds }: Line): string =>
    rows
      .filter((row) => row.verified && row.case === act && is(row))
      .flatMap((row) => {
        const took = seconds(row);
        return row.guestRamBytes === null || took === null ? [] : [[row.guestRamBytes / MiB, took] as const];
      })
      .sort(([one], [other]) => one - other)
      .map(([ram, took]) => `${ram} ${took.toFixed(3)}`)
      .join('\n');
  const drawn = acts.map((act) => ({
    act,
    lines: lines.map((line) => ({ ...line, data: block(act, line) })).filter(({ data }) => data !== ''),
  }));
  const data = drawn.flatMap(({ lines: held }, at) =>
    held.map(({ data: text }, number) => `$d${at}_${number} << END\n${text}\nEND`),
  );
  const plots = drawn.flatMap(({ act, lines: held }, at) => {
    const curves = held.map(
      ({ name, colour }, number) =>
        `$d${at}_${number} with linespoints linewidth 2 pointtype 7 pointsize 0.6 linecolor "${colour}" title "${name}"`,
    );
    return curves.length === 0 ? [] : [`set title "${act}" textcolor "#888888"`, `plot ${curves.join(', ')}`];
  });
  return [
    ...data,
    'set terminal svg size 900,420 dynamic font "sans-serif,13"',
    'set multiplot layout 1,2',
    'set logscale xy 2',
    'set logscale y 10',
    'set xlabel "guest RAM, MiB" textcolor "#888888"',
    'set ylabel "seconds" textcolor "#888888"',
    'set border 3 linecolor "#888888"',
    'set tics nomirror textcolor "#888888"',
    'set grid linecolor "#888888" dashtype 3',
    'set key bmargin center horizontal samplen 2 textcolor "#888888"',
    ...plots,
    'unset multiplot',
    '',
  ].join('\n');
}

const drawnIn = join(repository, 'out/bench');

/**
 * Into `file`, or where that belongs to somebody else beside the bench itself, in out/bench; answers where it is.
 * Throws where gnuplot is missing or fails.
 */
export async function drawPlot(about: {
  readonly rows: readonly Row[];
  readonly file: string;
}): Promise<string> {
  const drawn = await run({
    ...{ program: 'gnuplot', args: ['-'], input: new TextEncoder().encode(plotScript(about.rows)) },
    ...{ stage: 'bench.plot', timeoutMs: 60_000 },
  });
  if (!drawn.ok && drawn.fault.code === 'toolMissing')
    throw new Error('gnuplot is missing: apt-get install --no-install-recommends gnuplot-nox');
  const { stdout } = must(drawn);
  const asked = resolve(about.file);
  const placed = await writeFile(asked, stdout).then(
    () => asked,
    () => null,
  );
  if (placed !== null) return placed;
  const here = join(drawnIn, basename(asked));
  await writeFile(here, stdout);
  return here;
}
