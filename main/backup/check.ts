// Is what lies in the repository whole? restic checks its own structure always, and a sample of the data by reading it
// back: over many backups every part is read sooner or later. A good moment that vanished counts as damage too.
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type Access, restic } from './restic';
import { isThere, listMoments } from './snapshots';
import { changeState, readState } from './state';

const stage = 'backup.check';
const checkWithinMs = 12 * 3_600_000;

/** How much of the data is read back: restic's --read-data-subset, which takes a share or a number of bytes. */
export type Sample = 'all' | 'some' | 'structure';

const subset: Readonly<Record<Sample, readonly string[]>> = {
  all: ['--read-data'],
  some: ['--read-data-subset=64M'],
  structure: [],
};

export interface Checked {
  readonly moments: number;
  readonly sample: Sample;
}

/**
 * Faults: damagedBackup (written down, with restic's words), and those of `restic`. `takeNote`: what is there now is
 * what counts from now on (somebody pruned on purpose).
 */
export async function checkRepository(about: {
  readonly access: Access;
  readonly signal: AbortSignal;
  readonly sample?: Sample | undefined;
  readonly takeNote?: boolean;
  readonly low?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}): Promise<Result<Checked>> {
  const { access, sample = 'some' } = about;
  about.onProgress?.({
    ...{ stage: 'verify', done: 0, total: null, unit: 'bytes', secondsLeft: null, reversible: true },
  });
  const checked = await check(about, sample);
  const at = new Date().toISOString();
  const damaged = !checked.ok && checked.fault.code === 'damagedBackup';
  if (checked.ok || damaged) {
    const noted = await changeState(access.folder, { check: { at, result: damaged ? 'damaged' : 'ok' } });
    if (!noted.ok) return noted;
  }
  return checked;
}

async function check(about: Parameters<typeof checkRepository>[0], sample: Sample): Promise<Result<Checked>> {
  const { access, signal } = about;
  const args = ['check', ...subset[sample]];
  const order = { stage, signal, timeoutMs: checkWithinMs, low: about.low ?? false };
  // Without a lock a prune of another PC would look like damage: only then it is asked again with one.
  const first = await restic(access, { ...order, args: [...args, '--no-lock'] });
  const looked =
    first.ok || first.fault.code !== 'damagedBackup' ? first : await restic(access, { ...order, args });
  if (!looked.ok) return looked.fault.code === 'lockedRepository' ? (first as typeof looked) : looked;
  const stored = await listMoments(access, signal);
  if (!stored.ok) return stored;
  const { good } = await readState(access.folder);
  const lost = good.filter((one) => !isThere(stored.value, one.snapshot));
  if (lost.length > 0 && about.takeNote) {
    const noted = await changeState(access.folder, { good: good.filter((one) => !lost.includes(one)) });
    if (!noted.ok) return noted;
  } else if (lost.length > 0) {
    const message = `${lost.length} good moments are not in the repository any more`;
    return fail({ code: 'damagedBackup', stage, message });
  }
  return ok({ moments: stored.value.length, sample });
}
