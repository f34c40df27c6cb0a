// What guests this PC can have, and what each would take. Pure: the facts of the PC come in, the offers go out in the
// order in which they are shown. It must never promise what does not fit (sizes.ts decides that).

import witness from '../../native-scripts/guest/witness/definition.json';
import type { Offer } from '../../preload/contract/setup';

export interface PcFacts {
  /** All memory, bytes. */
  readonly memoryBytes: number;
  /** Free where the vault lies or is to lie, bytes. */
  readonly freeDiskBytes: number;
}

export function offersFor(about: { readonly pc: PcFacts }): Offer[] {
  const { ramBytes, diskBytes } = witness;
  const need = ramBytes + diskBytes;
  const fits = about.pc.freeDiskBytes >= need;
  return [
    {
      ...{ kind: 'witness', downloadBytes: null, diskBytes, ramBytes, possible: fits },
      why: fits ? null : 'diskTooSmall',
      need: fits ? null : need,
      have: fits ? null : about.pc.freeDiskBytes,
    },
  ];
}
