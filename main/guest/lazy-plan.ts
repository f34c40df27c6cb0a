// The plan file: how the mapping library (native-scripts/state-map) is told which pages of which file are the guest's
// RAM, and what it answers. Its shape is native-scripts/state-map/plan.h. It lies in the runtime folder for as long as
// the session lasts, so that a keeper which takes over still knows where the RAM is. Nothing of the guest's is in it.
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { attempt } from '../files/errno';

const magic = 0x3130504d44504153n; // "SAPDMP01"
const headBytes = 9 * 8;
const runBytes = 4 * 8;
const stage = 'guest.mapRam';

/** How a run gets into place: as in plan.h. */
export const ways = { map: 0, copy: 1, zero: 2 } as const;

export interface PlannedRun {
  readonly first: number;
  readonly pages: number;
  readonly source: number;
  readonly at: number;
  readonly way: keyof typeof ways;
}

export interface PlanFiles {
  readonly plan: string;
  /** The empty file that stands for the RAM in QEMU's arguments. */
  readonly key: string;
}

export function planFiles(runtimeFolder: string): PlanFiles {
  return { plan: join(runtimeFolder, 'ram.plan'), key: join(runtimeFolder, 'ram.key') };
}

/** Writes both files anew. Faults: full, denied, io. */
export async function writePlan(about: {
  readonly files: PlanFiles;
  readonly ramBytes: number;
  /** Descriptors as QEMU will see them. */
  readonly descriptors: readonly number[];
  readonly runs: readonly PlannedRun[];
}): Promise<Result<void>> {
  return attempt(stage, async () => {
    const { files, descriptors, runs } = about;
    const key = await open(files.key, 'w', 0o600);
    try {
      await key.truncate(about.ramBytes); // a hole from end to end: QEMU checks the size
    } finally {
      await key.close();
    }
    const facts = await stat(files.key, { bigint: true });
    const head = [
      magic,
      BigInt(about.ramBytes),
      facts.dev,
      facts.ino,
      descriptors.length,
      runs.length,
      0,
      0,
      0,
    ];
    const bytes = Buffer.alloc(headBytes + descriptors.length * 8 + runs.length * runBytes);
    [...head, ...descriptors].forEach((word, at) => {
      bytes.writeBigUInt64LE(BigInt(word), at * 8);
    });
    let at = headBytes + descriptors.length * 8;
    for (const run of runs) {
      for (const word of [run.first, run.pages, run.at]) at = bytes.writeBigUInt64LE(BigInt(word), at);
      at = bytes.writeUInt32LE(run.source, at);
      at = bytes.writeUInt32LE(ways[run.way], at);
    }
    const plan = await open(files.plan, 'w', 0o600);
    try {
      await plan.writeFile(bytes);
    } finally {
      await plan.close();
    }
  });
}

/** What the library says. */
export interface MapReport {
  /** Where QEMU has the RAM; null: it was not mapped by the library. */
  readonly mappedAt: number | null;
  /** Byte offset in the RAM of a page that could not be read; null as long as all could be. */
  readonly lostAt: number | null;
  /** Bytes that the guest gave back. */
  readonly discardedBytes: number;
}

/** Faults: missingFile, io (not a plan). */
export async function readReport(files: PlanFiles): Promise<Result<MapReport>> {
  let head: Buffer = Buffer.alloc(0);
  const read = await attempt(stage, async () => {
    head = (await readFile(files.plan)).subarray(0, headBytes);
  });
  if (!read.ok) return read;
  if (head.length < headBytes || head.readBigUInt64LE(0) !== magic)
    return fail({ code: 'io', stage, message: `${files.plan} is not a plan` });
  const word = (at: number): number => Number(head.readBigUInt64LE(at * 8));
  return ok({
    mappedAt: word(6) === 0 ? null : word(6),
    lostAt: word(7) === 0 ? null : word(7) - 1,
    discardedBytes: word(8),
  });
}

/** vm.max_map_count (proc_sys_vm(5)) less what QEMU and later discards need; each run may split the base in two. */
export async function mappableRuns(): Promise<number> {
  const text = await readFile('/proc/sys/vm/max_map_count', 'latin1').catch(() => '65530');
  return Math.max(0, Math.floor((Number.parseInt(text, 10) - 12_000) / 2));
}

/** Which runs are mapped and which are read at once: the longest are mapped, as many as the kernel allows. */
export function planRuns(about: {
  readonly ramPages: number;
  readonly hasBase: boolean;
  readonly deltas: readonly Omit<PlannedRun, 'way'>[];
  readonly zeroed: readonly { readonly first: number; readonly pages: number }[];
  readonly most: number;
}): readonly PlannedRun[] {
  const base: PlannedRun[] = about.hasBase
    ? [{ first: 0, pages: about.ramPages, source: 0, at: 0, way: 'map' }]
    : [];
  const zeroed = about.zeroed.map((run) => ({ ...run, source: 0, at: 0, way: 'zero' as const }));
  const room = Math.max(0, about.most - zeroed.length);
  const byLength = [...about.deltas].sort((a, b) => b.pages - a.pages);
  const mapped = byLength.slice(0, room).map((run) => ({ ...run, way: 'map' as const }));
  const copied = byLength.slice(room).map((run) => ({ ...run, way: 'copy' as const }));
  return [...base, ...zeroed, ...mapped, ...copied];
}
