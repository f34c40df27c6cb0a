// Roll back, and forward again: CURRENT names another whole generation. Nothing else is written and nothing is removed,
// so the way back is the same act; what was left behind stays until a newer moment was saved and thinned out.
import { ok, type Result } from '../../preload/contract/result';
import { writeDurably } from '../files/durable';
import { formatCurrent } from './current';
import type { Manifest } from './manifest';
import { currentPath, type GuestPlace, readCurrent } from './read';
import type { Watch } from './sums';
import { verifyBeforeResume } from './verify';

export interface RolledBack {
  /** What CURRENT named before; null when it named nothing readable. */
  readonly from: number | null;
  readonly to: Manifest;
}

/**
 * The caller holds the guest's lock. The generation is checked as before a resume; what is damaged is never named.
 * Faults: missingGeneration, damagedManifest, damagedState, cancelled, full, denied, io; CURRENT is then untouched.
 */
export async function rollBack(
  place: GuestPlace,
  number: number,
  watch: Watch = {},
): Promise<Result<RolledBack>> {
  const whole = await verifyBeforeResume(place, number, watch);
  if (!whole.ok) return whole;
  const before = await readCurrent(place);
  const named = await writeDurably(currentPath(place), formatCurrent(number), 'generation.rollBack');
  if (!named.ok) return named;
  return ok({ from: before.ok ? before.value : null, to: whole.value });
}
