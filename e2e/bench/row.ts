// One line of a bench, as the machine-readable surface fixes it (docs/surface.md, "bench"). Times are seconds, sizes
// bytes, absent is null. `ratio` is seconds / baselineSeconds (or the same of bytes, where `seconds` is null): against a physical limit or a
// peer measured in the same run. A ratio over its limit is reported, it is not an error.
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import type { PaperRow } from './paper';

export interface Row {
  readonly bench: string;
  readonly case: string;
  readonly method: string;
  readonly engine: string | null;
  readonly vaultKind: string | null;
  readonly guestRamBytes: number | null;
  readonly nonZeroBytes: number | null;
  readonly changedBytes: number | null;
  readonly bytesMoved: number | null;
  readonly seconds: number | null;
  readonly baseline: string;
  readonly baselineBytes: number | null;
  readonly baselineSeconds: number | null;
  /** Null only where `why` says why nothing was measured. */
  readonly ratio: number | null;
  readonly limit: number | null;
  readonly runs: number;
  /** Largest minus smallest of the measured values, over the median. */
  readonly spread: number;
  /** True: the result itself was checked (witness, window seen), not only timed. */
  readonly verified: boolean;
  /** Why it was not measured, and what to do about it; null: it was. */
  readonly why: string | null;
  readonly diskBytesPerSecond: number | null;
  /** Reads a second that the disk allows; null: as many as come. */
  readonly diskReadsPerSecond: number | null;
  /** What else the bench was told: bytes, milliseconds or counts, as the names say. */
  readonly parameters: Readonly<Record<string, number | string>> | null;
  /** Seconds, over all runs, the sample's standard deviation beside it; null where the median is what counts. */
  readonly mean: number | null;
  readonly stddev: number | null;
  /** What the paper measured in the same place (e2e/bench/paper.ts). */
  readonly paper: PaperRow | null;
  readonly env: {
    readonly commit: string;
    readonly kernel: string;
    readonly qemu: string | null;
    readonly cores: number;
  };
}

const nothing = {
  engine: null,
  vaultKind: null,
  guestRamBytes: null,
  nonZeroBytes: null,
  changedBytes: null,
  bytesMoved: null,
  seconds: null,
  baselineBytes: null,
  baselineSeconds: null,
  why: null,
  diskBytesPerSecond: null,
  diskReadsPerSecond: null,
  parameters: null,
  mean: null,
  stddev: null,
  paper: null,
} as const;

export type Measured = Partial<Row> &
  Pick<Row, 'bench' | 'case' | 'method' | 'baseline' | 'ratio' | 'runs' | 'spread' | 'verified' | 'limit'>;

export function rowOf(measured: Measured): Row {
  return { ...nothing, env: environment(), ...measured };
}

function environment(): Row['env'] {
  return {
    commit: process.env.SOULPAD_COMMIT ?? said('git', ['rev-parse', '--short', 'HEAD']) ?? 'unknown',
    kernel: release(),
    qemu: qemuVersion(),
    cores: cpus().length,
  };
}

function qemuVersion(): string | null {
  return said('qemu-system-x86_64', ['--version'])?.match(/version (\S+)/)?.[1] ?? null;
}

function said(program: string, args: readonly string[]): string | null {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
