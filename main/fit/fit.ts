// Does this PC fit that guest? Pure: from facts to a verdict with reasons. It decides nothing by guessing: what could
// not be asked is no reason to refuse. Asked before anything is written, since QEMU itself checks neither the CPU model
// nor the kind of virtualization when it loads a state: the guest would run until something breaks.
//
//   looked at                          resume                 start afresh
//   QEMU older than 9.0                stop                   stop
//   machine version unknown here       stop                   stop
//   CPU lacks what the model has       stop                   stop
//   state saved by KVM, no KVM here    stop                   good (software emulation: warn)
//   state saved by software            goes on in software    KVM where there is one
//   memory below the guest's + spare   stop (warn: lazy)      stop
//   space below the least of a session stop                   stop
//   space below what saving may take   warn                   warn
import type { Fit, FitReason } from '../../preload/contract/fit';

const MiB = 2 ** 20;

/** QEMU itself, video memory, SPICE: beside the guest's RAM. Measured at 90 to 140 MiB. */
const qemuBytes = 160 * MiB;
/** Less left over and the PC itself begins to be slow. */
const tightBytes = 512 * MiB;
/** A new layer, its records, a little of what the guest writes at once. */
export const leastSpaceBytes = 16 * MiB;
/** Device state, tables and records beside the RAM image. */
const besideRamBytes = 32 * MiB;

/** What was asked of this PC; null where it could not be asked. */
export interface PcFacts {
  readonly qemu: { readonly version: string | null; readonly ok: boolean };
  readonly accelerator: 'kvm' | 'tcg';
  /** Whether this QEMU has the guest's machine version. */
  readonly hasMachine: boolean | null;
  /** Features of the guest's CPU model that are not there; empty when all are. */
  readonly missingFeatures: readonly string[] | null;
  /** Memory that programs can have now, swap included. */
  readonly memoryBytes: number | null;
  /** Free in the vault. */
  readonly spaceBytes: number | null;
}

export interface GuestFacts {
  readonly machine: string;
  readonly cpuModel: string;
  readonly ramBytes: number;
}

/** The state that would be resumed; null for a guest that is switched off. */
export interface StateFacts {
  /** Null: unknown. */
  readonly accelerator: 'kvm' | 'tcg' | null;
  /** Its RAM is a file that is mapped: it needs no memory of its own size. */
  readonly isMapped: boolean;
}

/** Bytes that saving this guest may take at most. */
export function savingBytes(ramBytes: number): number {
  return ramBytes + besideRamBytes;
}

/** What the guest is run by here. A state goes on as what it was saved by; a fresh start takes the best there is. */
export function acceleratorFor(
  here: 'kvm' | 'tcg',
  state: Pick<StateFacts, 'accelerator'> | null,
): 'kvm' | 'tcg' {
  return state?.accelerator ?? here;
}

export function judgeFit(about: {
  readonly pc: PcFacts;
  readonly guest: GuestFacts;
  readonly state: StateFacts | null;
}): Fit {
  const { state } = about;
  const afresh = [...machineReasons(about), ...memoryReasons(about, false), ...spaceReasons(about)];
  if (state === null) return report([...afresh, ...speedReasons(about)], false);
  const resume = [
    ...machineReasons(about),
    ...stateReasons(about, state),
    ...memoryReasons(about, state.isMapped),
    ...spaceReasons(about),
    ...speedReasons(about),
  ];
  return report(resume, !afresh.some(stops));
}

type About = Parameters<typeof judgeFit>[0];

const stops = (reason: FitReason): boolean => reason.severity === 'stop';
const slowing: readonly FitReason['code'][] = ['softwareEmulation', 'savedBySoftware', 'memoryTight'];

function report(reasons: readonly FitReason[], afresh: boolean): Fit {
  const stopped = reasons.some(stops);
  const isSlow = reasons.some((reason) => slowing.includes(reason.code));
  return {
    verdict: stopped ? 'notHere' : isSlow ? 'slower' : 'good',
    reasons: [...reasons],
    canStartAfresh: stopped && afresh,
  };
}

function machineReasons({ pc, guest }: About): FitReason[] {
  const reasons: FitReason[] = [];
  if (!pc.qemu.ok) {
    reasons.push({ code: 'qemuTooOld', severity: 'stop', have: pc.qemu.version, need: '9.0' });
  }
  if (pc.hasMachine === false) {
    reasons.push({ code: 'machineUnknown', severity: 'stop', have: pc.qemu.version, need: guest.machine });
  }
  if (pc.missingFeatures !== null && pc.missingFeatures.length > 0) {
    const have = pc.missingFeatures.join(' ').slice(0, 400);
    reasons.push({ code: 'cpuLacks', severity: 'stop', have, need: guest.cpuModel });
  }
  return reasons;
}

function stateReasons({ pc }: About, state: StateFacts): FitReason[] {
  if (state.accelerator === null) {
    return [{ code: 'unknownOrigin', severity: 'info', have: null, need: null }];
  }
  if (state.accelerator === pc.accelerator) return [];
  return state.accelerator === 'kvm'
    ? [{ code: 'savedByHardware', severity: 'stop', have: 'tcg', need: 'kvm' }]
    : [{ code: 'savedBySoftware', severity: 'warn', have: 'kvm', need: 'tcg' }];
}

function memoryReasons({ pc, guest }: About, isMapped: boolean): FitReason[] {
  if (pc.memoryBytes === null) return [];
  const need = guest.ramBytes + qemuBytes;
  if (pc.memoryBytes < need && !isMapped) {
    return [{ code: 'memoryShort', severity: 'stop', have: pc.memoryBytes, need }];
  }
  if (pc.memoryBytes < need + tightBytes) {
    return [{ code: 'memoryTight', severity: 'warn', have: pc.memoryBytes, need: need + tightBytes }];
  }
  return [];
}

function spaceReasons({ pc, guest }: About): FitReason[] {
  if (pc.spaceBytes === null) return [];
  if (pc.spaceBytes < leastSpaceBytes) {
    return [{ code: 'spaceShort', severity: 'stop', have: pc.spaceBytes, need: leastSpaceBytes }];
  }
  const need = savingBytes(guest.ramBytes);
  return pc.spaceBytes < need ? [{ code: 'spaceLow', severity: 'warn', have: pc.spaceBytes, need }] : [];
}

function speedReasons({ pc }: About): FitReason[] {
  if (pc.accelerator === 'kvm') return [];
  return [{ code: 'softwareEmulation', severity: 'warn', have: 'tcg', need: 'kvm' }];
}
