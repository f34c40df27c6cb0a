// What the work bench measures: the works, the cases (where a guest's disk lies) and what one run of a case gives.
import type { EngineName } from '../../preload/contract/keeper';
import type { BenchGuest } from './bench-guest';

/** In this order. */
export const works = ['cold', 'files', 'write', 'compile'] as const;
export type Work = (typeof works)[number];

export interface WorkCase {
  readonly vaultKind: BenchGuest['vaultKind'];
  /** Null: as fast as it goes. */
  readonly megabytesPerSecond: number | null;
  readonly engine: EngineName;
  /** After a resume the guest's memory comes in from the disk while it works. */
  readonly since: 'boot' | 'resume';
  /** One while each work is done: many more than one every ten minutes. */
  readonly checkpoints: boolean;
}

export interface WorkRun {
  readonly seconds: Readonly<Record<Work, number>>;
  readonly verified: boolean;
}
