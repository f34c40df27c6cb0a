// The engine interface: how the RAM and device state of a paused guest get onto disk and back. Two engines: full
// (mapped-ram, here) and lazy (private mapping). An engine never names a generation: it writes the files it was
// given a folder for, fsyncs them, and says what it wrote. It must leave a guest that can `cont` after any failure.
import type { EngineName } from '../../preload/contract/keeper';
import type { OnProgress } from '../../preload/contract/progress';
import type { Result } from '../../preload/contract/result';
import type { Qmp } from '../qmp/commands';

export interface SavedState {
  /** File names inside the folder, each fsynced. */
  readonly state: { readonly file: string; readonly bytes: number; readonly format: string };
  readonly ram: { readonly base: string; readonly deltas: readonly string[] };
  readonly nonZeroBytes: number;
  readonly changedBytes: number | null;
  readonly writtenBytes: number;
  readonly seconds: { readonly state: number; readonly ram: number; readonly fsync: number };
}

export interface Engine {
  readonly name: EngineName;
  /** Extra QEMU arguments (RAM backend). `loads`: the state that will be loaded, null for a fresh start. */
  argv(about: {
    readonly ramBytes: number;
    readonly loads: { readonly folder: string } | null;
  }): readonly string[];
  /** vCPUs are stopped. On `signal` it cancels, leaves no file behind and answers `cancelled`. */
  saveState(about: {
    readonly qmp: Qmp;
    readonly folder: string;
    readonly ramBytes: number;
    readonly onProgress: OnProgress;
    readonly signal: AbortSignal;
  }): Promise<Result<SavedState>>;
  /** QEMU was started with `-incoming defer -S` and this engine's argv; afterwards it is paused, ready for `cont`. */
  restoreState(about: {
    readonly qmp: Qmp;
    readonly folder: string;
    readonly state: { readonly file: string; readonly bytes: number };
    readonly onProgress: OnProgress;
    readonly signal: AbortSignal;
  }): Promise<Result<void>>;
}
