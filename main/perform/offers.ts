// What guests this PC can have, and what each would take. Pure: the facts of the PC come in, the offers go out in the
// order in which they are shown. It must never promise what does not fit (sizes.ts decides that).

import witness from '../../native-scripts/guest/witness/definition.json';
import type { Fault } from '../../preload/contract/fault';
import type { Result } from '../../preload/contract/result';
import type { GuestKind, Lack, Offer } from '../../preload/contract/setup';
import { sizesFor } from '../guest/sizes';

export interface PcFacts {
  /** All memory, bytes. */
  readonly memoryBytes: number;
  /** Free where the vault lies or is to lie, bytes. */
  readonly freeDiskBytes: number;
}

export function offersFor(about: {
  readonly pc: PcFacts;
  /** Bytes still to download; a fault: why no desktop can be built here. */
  readonly desktop: Result<{ readonly downloadBytes: number }>;
}): Offer[] {
  const { pc, desktop } = about;
  return [
    desktop.ok ? sized('desktop', pc, desktop.value.downloadBytes) : withoutDesktop(pc, desktop.fault),
    // Its disk is the image's own: known once a file is picked.
    { ...sized('image', pc, null), diskBytes: 0 },
    sized('iso', pc, null),
    tiny(pc),
  ];
}

function sized(kind: 'desktop' | 'image' | 'iso', pc: PcFacts, downloadBytes: number | null): Offer {
  const sizes = sizesFor({ kind, ...pc });
  const offer = { ...bare(kind), downloadBytes: downloadBytes === 0 ? null : downloadBytes };
  if (sizes.fits) return { ...offer, diskBytes: sizes.diskBytes, ramBytes: sizes.ramBytes };
  const why = sizes.what === 'disk' ? 'diskTooSmall' : 'memoryTooSmall';
  return lacking(offer, why, { need: sizes.needBytes, have: sizes.haveBytes });
}

/** A disk or a memory too small is the nearer reason: no network would mend it. */
function withoutDesktop(pc: PcFacts, fault: Fault): Offer {
  const offer = sized('desktop', pc, null);
  if (!offer.possible) return offer;
  const tool = fault.code === 'toolMissing' || fault.code === 'kernelLacks';
  return lacking(offer, tool ? 'toolMissing' : 'networkGone');
}

/** The witness, whose sizes are its own. */
function tiny({ freeDiskBytes }: PcFacts): Offer {
  const { ramBytes, diskBytes } = witness;
  const offer = { ...bare('witness'), ramBytes, diskBytes };
  const need = 2 * ramBytes + diskBytes;
  return freeDiskBytes >= need ? offer : lacking(offer, 'diskTooSmall', { need, have: freeDiskBytes });
}

function lacking(offer: Offer, why: Lack, sizes?: { readonly need: number; readonly have: number }): Offer {
  return { ...offer, possible: false, why, need: sizes?.need ?? null, have: sizes?.have ?? null };
}

function bare(kind: GuestKind): Offer {
  return {
    ...{ kind, downloadBytes: null, diskBytes: 0, ramBytes: 0 },
    ...{ possible: true, why: null, need: null, have: null },
  };
}
