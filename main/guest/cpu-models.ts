// CPU models a new guest can have, oldest first, each with the PCs that have all of it. A guest keeps its model for
// ever, so the choice is between reach (any PC) and speed (newer instructions). Only models whose features both makers
// have: the stick does not know whose PC comes next. The default is the first: x86-64-v2, what today's systems ask for.
//
// Years are when the last common family of PCs got the features, from the makers' data sheets; a PC that is older may
// still have them, and `query-cpu-definitions` on the PC itself has the last word (usableCpuModels).
import { fail, ok, type Result } from '../../preload/contract/result';
import { probeKvm, runsProbe } from './qemu';
import { whyCpuIsRefused } from './savable';

export interface CpuModel {
  readonly model: string;
  /** What a program can count on. */
  readonly has: string;
  /** Every ordinary PC sold since then has it; the small processors got it last. */
  readonly anyPcSince: number;
  readonly intelCoreSince: number;
  readonly amdSince: number;
}

export const cpuModels: readonly [CpuModel, ...CpuModel[]] = [
  // SSE4.2 and POPCNT: Intel Core 2008, AMD FX 2011; Atom (Silvermont) and AMD's small ones (Jaguar) 2013.
  { model: 'Nehalem-v1', has: 'x86-64-v2', anyPcSince: 2013, intelCoreSince: 2008, amdSince: 2011 },
  // AES and PCLMULQDQ: Intel left them out of Core i3, Pentium and Celeron until Skylake.
  {
    model: 'Westmere-v1',
    has: 'x86-64-v2 and AES: encrypted connections and disks are faster',
    anyPcSince: 2015,
    intelCoreSince: 2010,
    amdSince: 2011,
  },
  // AVX2 without TSX; its INVPCID came to AMD with Zen 3, and AVX2 to Intel's small ones with Alder Lake-N.
  {
    model: 'Haswell-v2',
    has: 'x86-64-v3: video and mathematics are faster',
    anyPcSince: 2023,
    intelCoreSince: 2013,
    amdSince: 2020,
  },
];

export const defaultCpuModel = cpuModels[0].model;

/** A model of the table, by name. Fault usage: refused, with the reason, or not in the table. */
export function findCpuModel(name: string): Result<CpuModel> {
  const refused = whyCpuIsRefused(name);
  const found = cpuModels.find(({ model }) => model === name);
  if (refused === null && found !== undefined) return ok(found);
  const known = cpuModels.map(({ model, anyPcSince }) => `${model} (any PC since ${anyPcSince})`).join(', ');
  return fail({
    code: 'usage',
    stage: 'guest.add',
    message: refused ?? `${name}: not a model that SoulPad knows the reach of`,
    hint: `take one of: ${known}`,
  });
}

/** The models that this PC really runs, by starting each with `enforce`: a few seconds, then remembered for KVM. */
export async function usableCpuModels(machine: string): Promise<readonly CpuModel[]> {
  const usable: CpuModel[] = [];
  for (const entry of cpuModels) if (await runsHere({ machine, cpuModel: entry.model })) usable.push(entry);
  return usable;
}

/** Whether this PC runs that CPU, in hardware or else in software. At most a few seconds. */
export async function runsHere(about: {
  readonly machine: string;
  readonly cpuModel: string;
}): Promise<boolean> {
  if ((await probeKvm(about)) === 'usable') return true;
  return runsProbe({ ...about, accelerator: 'tcg' }).catch(() => false);
}
