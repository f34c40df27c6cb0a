// What guests this PC can have, and what each would take. Pure: the facts of the PC come in, the offers go out in the
// order in which they are shown. It must never promise what does not fit (sizes.ts decides that).

import witness from '../../native-scripts/guest/witness/definition.json';
import type { Fault } from '../../preload/contract/fault';
import type { Result } from '../../preload/contract/result';
import type { GuestKind, Lack, Offer } from '../../preload/contract/setup';
import { sizeChoices, sizesFor } from '../guest/sizes';

export interface PcFacts {
  /** All memory, bytes. */
  readonly memoryBytes: number;
  /** Free where the vault lies or is to lie, bytes. */
  readonly freeDiskBytes: number;
}

/** Bytes still to download, and the seconds that building usually takes. */
type DesktopFacts = { readonly downloadBytes: number; readonly seconds: number };

export function offersFor(about: {
  readonly pc: PcFacts;
  /** A fault: why no desktop can be built here. Null: still asked. */
  readonly desktop: Result<DesktopFacts> | null;
}): Offer[] {
  const { pc, desktop } = about;
  return [
    desktopOffer(pc, desktop),
    // Its disk is the image's own: known once a file is picked.
    withoutDisk(sized('image', pc)),
    sized('iso', pc),
    tiny(pc),
  ];
}

function desktopOffer(pc: PcFacts, desktop: Result<DesktopFacts> | null): Offer {
  const offer = sized('desktop', pc);
  // A disk or a memory too small is the nearer reason: no network would mend it.
  if (!offer.possible) return offer;
  if (desktop === null) return { ...offer, sizing: true };
  if (!desktop.ok) return withoutDesktop(offer, desktop.fault);
  const { downloadBytes, seconds } = desktop.value;
  return { ...offer, downloadBytes: downloadBytes === 0 ? null : downloadBytes, usualSeconds: seconds };
}

function sized(kind: 'desktop' | 'image' | 'iso', pc: PcFacts): Offer {
  const sizes = sizesFor({ kind, ...pc });
  const offer = bare(kind);
  if (sizes.fits) {
    const { diskBytes, ramBytes } = sizes;
    return { ...offer, diskBytes, ramBytes, sizes: sizeChoices({ kind, ...pc }) };
  }
  const why = sizes.what === 'disk' ? 'diskTooSmall' : 'memoryTooSmall';
  return lacking(offer, why, { need: sizes.needBytes, have: sizes.haveBytes });
}

function withoutDisk(offer: Offer): Offer {
  return { ...offer, diskBytes: 0, sizes: offer.sizes.map((each) => ({ ...each, diskBytes: 0 })) };
}

function withoutDesktop(offer: Offer, fault: Fault): Offer {
  const tool = fault.code === 'toolMissing' || fault.code === 'kernelLacks';
  return lacking(offer, tool ? 'toolMissing' : 'networkGone');
}

/** The witness, whose sizes are its own. */
function tiny({ freeDiskBytes }: PcFacts): Offer {
  const { ramBytes, diskBytes } = witness;
  const offer = { ...bare('witness'), ramBytes, diskBytes, usualSeconds: 1 };
  const need = 2 * ramBytes + diskBytes;
  return freeDiskBytes >= need ? offer : lacking(offer, 'diskTooSmall', { need, have: freeDiskBytes });
}

function lacking(offer: Offer, why: Lack, sizes?: { readonly need: number; readonly have: number }): Offer {
  return { ...offer, possible: false, why, need: sizes?.need ?? null, have: sizes?.have ?? null };
}

function bare(kind: GuestKind): Offer {
  return {
    ...{ kind, downloadBytes: null, sizing: false, usualSeconds: null, diskBytes: 0, ramBytes: 0 },
    ...{ size: 'usual', sizes: [] },
    ...{ possible: true, why: null, need: null, have: null },
  };
}
