// Is what lies in the repository whole? restic checks its own structure always, and a sample of the data by reading it
// back: over many backups every part is read sooner or later. A good moment that vanished counts as damage too.
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { everKept } from './prune';
import { type Access, restic } from './restic';
import { isThere, listMoments } from './snapshots';
import { type BackupState, changeState, readState } from './state';

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

interface Checking {
  readonly access: Access;
  readonly signal: AbortSignal;
  readonly sample?: Sample | undefined;
  readonly low?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Faults: damagedBackup (written down, with restic's words), and those of `restic`. `takeNote`: what is there now is
 * what counts from now on (somebody pruned on purpose).
 */
export function checkRepository(about: Checking & { readonly takeNote?: boolean }): Promise<Result<Checked>> {
  return written(about, async () => {
    const whole = await readBack(about);
    return whole.ok ? countMoments(about) : whole;
  });
}

/** The same for one that has just been asked for its moments: whether a good one vanished is known. */
export function checkStored(about: Checking): Promise<Result<void>> {
  return written(about, () => readBack(about));
}

/** Notes in state.json what a check came to. */
async function written<T>(about: Checking, check: () => Promise<Result<T>>): Promise<Result<T>> {
  about.onProgress?.({
    ...{ stage: 'verify', done: 0, total: null, unit: 'bytes', secondsLeft: null, reversible: true },
  });
  const checked = await check();
  const at = new Date().toISOString();
  const damaged = !checked.ok && checked.fault.code === 'damagedBackup';
  if (checked.ok || damaged) {
    const result = damaged ? 'damaged' : 'ok';
    const noted = await changeState(about.access.folder, { check: { at, result } });
    if (!noted.ok) return noted;
  }
  return checked;
}

async function readBack({ access, signal, sample = 'some', low = false }: Checking): Promise<Result<void>> {
  const args = ['check', ...subset[sample]];
  const order = { stage, signal, timeoutMs: checkWithinMs, low };
  // Without a lock a prune of another PC would look like damage: only then it is asked again with one.
  const first = await restic(access, { ...order, args: [...args, '--no-lock'] });
  if (first.ok) return ok(undefined);
  if (first.fault.code !== 'damagedBackup') return first;
  const locked = await restic(access, { ...order, args });
  if (locked.ok) return ok(undefined);
  return locked.fault.code === 'lockedRepository' ? first : locked;
}

type Good = BackupState['good'];

function lastTwoOf(guest: string, good: Good): Good {
  const own = good.filter((one) => one.guest === guest);
  return own.toSorted((a, b) => b.momentAt.localeCompare(a.momentAt)).slice(0, everKept);
}

async function countMoments(about: Parameters<typeof checkRepository>[0]): Promise<Result<Checked>> {
  const { access, signal, sample = 'some' } = about;
  const stored = await listMoments(access, signal);
  if (!stored.ok) return stored;
  const { good } = await readState(access.folder);
  const missing = good.filter((one) => !isThere(stored.value, one.snapshot));
  // Another stick that stores here may have made room; the last two of a guest nobody ever takes.
  const shared = stored.value.some((moment) => !good.some((one) => isThere([moment], one.snapshot)));
  const lost = missing.filter(
    (one) => one.going !== true && (!shared || lastTwoOf(one.guest, good).includes(one)),
  );
  if (lost.length > 0 && !about.takeNote) {
    const message = `${lost.length} good moments are not in the repository any more`;
    return fail({ code: 'damagedBackup', stage, message });
  }
  if (missing.length > 0) {
    const noted = await changeState(access.folder, { good: good.filter((one) => !missing.includes(one)) });
    if (!noted.ok) return noted;
  }
  return ok({ moments: stored.value.length, sample });
}
