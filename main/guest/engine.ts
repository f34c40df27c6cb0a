// The engine interface: how the RAM and device state of a paused guest get onto disk and back. Two engines: full
// (mapped-ram) and lazy (private mapping, changed pages only). An engine never names a generation: it writes the files
// it was given a folder for, fsyncs them, and says what it wrote. It must leave a guest that can `cont` after any
// failure, and never let a guest go on whose RAM could be written into a saved file.
import type { EngineName } from '../../preload/contract/keeper';
import type { OnProgress } from '../../preload/contract/progress';
import type { Result } from '../../preload/contract/result';
import type { Manifest } from '../generation/manifest';
import type { PageRun } from '../generation/ram-index';
import type { GuestPlace } from '../generation/read';
import type { Qmp } from '../qmp/commands';

/** What a session's RAM stands on. The same at its start and at each of its saves, also for a keeper that took over. */
export interface RamGround {
  readonly place: GuestPlace;
  readonly ramBytes: number;
  /** The generation that was loaded; null when the guest was started afresh (its RAM was empty). */
  readonly loads: Manifest | null;
  /** 0700, outside the vault, the guest's own; for files that hold nothing of the guest's. */
  readonly runtimeFolder: string;
}

/** What QEMU is started with. */
export interface EngineStart {
  /** Defines the memory backend `ram0`. */
  readonly argv: readonly string[];
  /** Environment of QEMU alone. Never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Our file descriptors that QEMU inherits, as 3, 4, 5 ... in this order. */
  readonly descriptors: readonly number[];
  /**
   * Bytes of the working set that were read ahead while QEMU starts; awaited before the guest goes on.
   * Faults: damagedState.
   */
  readonly warmed?: Promise<Result<number>>;
  /** Once QEMU was started, or could not be. */
  close(): Promise<void>;
}

export interface SavedState {
  /** File names inside the folder, each fsynced. */
  readonly state: NonNullable<Manifest['state']>;
  readonly ram: NonNullable<Manifest['ram']>;
  readonly nonZeroBytes: number;
  readonly changedBytes: number | null;
  readonly writtenBytes: number;
  readonly seconds: { readonly state: number; readonly ram: number; readonly fsync: number };
}

export interface SaveOrder {
  readonly qmp: Qmp;
  readonly qemuPid: number;
  readonly ground: RamGround;
  /** The new generation's folder and number. */
  readonly folder: string;
  readonly number: number;
  readonly ramBytes: number;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** A copy of a guest's state that is about to be taken, and was made ready while the guest runs. */
export interface CopyOrder extends SaveOrder {
  /** Bytes of our memory that the copied pages may take. */
  readonly mostBytes: number;
}

/** Made ready: what takes long was done while the guest runs. */
export interface ReadyToCopy {
  /** Bytes of pages that the copy takes as of now. */
  readonly bytes: number;
  /** vCPUs are stopped. Afterwards the guest may `cont`. Faults: as saveState. */
  copy(): Promise<Result<CopiedState>>;
}

/** A state that lies in our memory: QEMU is not needed any more. */
export interface CopiedState {
  /** Writes it into the order's folder, each file fsynced. After a failure no file is left there. */
  write(): Promise<Result<SavedState>>;
}

export interface RestoreOrder {
  readonly qmp: Qmp;
  readonly qemuPid: number;
  readonly ground: RamGround;
  readonly folder: string;
  readonly state: { readonly file: string; readonly bytes: number };
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Of the RAM. */
export interface Touched {
  /** Still as saved. */
  readonly same: readonly PageRun[];
  readonly all: readonly PageRun[];
}

export interface Engine {
  readonly name: EngineName;
  /** Before QEMU is started. Faults: damagedState, missingFile (of the generation), kernelLacks, full, denied, io. */
  start(ground: RamGround): Promise<Result<EngineStart>>;
  /** vCPUs are stopped. On `signal` it cancels, leaves no file behind and answers `cancelled`. */
  saveState(order: SaveOrder): Promise<Result<SavedState>>;
  /**
   * Saving while the guest lives on; absent for an engine that cannot. On `signal` each part answers `cancelled`.
   * Faults: full (the pages need more than `mostBytes`), denied, damagedState, io.
   */
  readyToCopy?(order: CopyOrder): Promise<Result<ReadyToCopy>>;
  /** QEMU was started with `-incoming defer -S` and this engine's argv; afterwards it is paused, ready for `cont`. */
  restoreState(order: RestoreOrder): Promise<Result<void>>;
  /**
   * Reads and checks what of the RAM is still only on the stick, while the guest runs; absent for an engine that reads
   * all of it before. Faults: damagedState (the guest must not go on), cancelled.
   */
  readRest?(about: {
    readonly ground: RamGround;
    readonly signal: AbortSignal;
    readonly onBytes: (done: number, total: number) => void;
  }): Promise<Result<void>>;
  /**
   * Notes what the guest has touched since it woke, for its next wake; asked a moment after `cont`, before `readRest`
   * brings in more than that. Faults: denied, full, io; a guest whose working set is not known only wakes slower.
   */
  noteTouched?(about: { readonly qemuPid: number; readonly ground: RamGround }): Promise<Result<Touched>>;
  /**
   * Makes the chain below a running guest shorter where it has grown long, for the generation that is saved next;
   * `rest` is awaited after each piece of work with the milliseconds it took. Answers what was done in words, null for
   * nothing. Absent for an engine without chains. Faults: damagedState, cancelled, full, denied, io: nothing changed.
   */
  mergeRam?(about: {
    readonly ground: RamGround;
    readonly touched: Touched | null;
    readonly signal: AbortSignal;
    readonly rest: (tookMs: number) => Promise<void>;
  }): Promise<Result<string | null>>;
  /** Asked last before `cont`, restored or fresh. Fault kernelLacks: the RAM is not mapped as ordered; end QEMU. */
  proveMapping(about: { readonly qemuPid: number; readonly ground: RamGround }): Promise<Result<void>>;
}
