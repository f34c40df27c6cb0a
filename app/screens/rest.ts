// After a wake, memory that is still only on the stick is read in behind the guest: how much, for bar and control page.
import type { View } from '../../preload/contract/view';
import type { Words } from './use-words';

/** In percent, at least 1; null: all of it is here. */
export function restOf({ jobs }: View, figures: Words['figures']): string | null {
  const fraction = jobs.find(({ kind }) => kind === 'streaming')?.work.fraction ?? null;
  return fraction === null ? null : figures.percent(Math.max(0.01, 1 - fraction));
}
