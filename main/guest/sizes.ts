// How much memory and disk a new guest gets, from what this PC has. Pure. It must never promise what the PC cannot
// hold: the guest's memory beside the host's own, and on the vault's disk what is written first plus two saved
// memories, since the old generation stays until the new one is named.

const MiB = 2 ** 20;
const GiB = 2 ** 30;

export type GuestKind = 'desktop' | 'iso' | 'image';

export interface SizesAsked {
  readonly kind: GuestKind;
  /** All memory of the PC, bytes. */
  readonly memoryBytes: number;
  /** Free on the file system that holds the vault, bytes. */
  readonly freeDiskBytes: number;
  /** An image's disk as its guest sees it, bytes; its guest gets that disk, or a larger one when asked for. */
  readonly imageBytes?: number;
  /** What taking it in writes, bytes, where it is known better than by `kind` (an image's content, a disc's size). */
  readonly firstBytes?: number;
  /** What the person asked for, bytes. */
  readonly wanted?: { readonly ramBytes?: number; readonly diskBytes?: number };
}

export type Sizes =
  | {
      readonly fits: true;
      readonly ramBytes: number;
      readonly diskBytes: number;
      /** Free disk that making it and suspending it once takes, bytes. */
      readonly needBytes: number;
    }
  /** `what` is too small on this PC: so many bytes are needed, so many are there. */
  | {
      readonly fits: false;
      readonly what: 'memory' | 'disk';
      readonly needBytes: number;
      readonly haveBytes: number;
    };

/** What the host, the kiosk and the viewer keep for themselves. */
export const hostKeepsBytes = 768 * MiB;

interface Kind {
  /** Below this it is no pleasure. */
  readonly leastRam: number;
  readonly mostRam: number;
  readonly leastDisk: number;
  readonly mostDisk: number;
  /** Written while it is made and in its first session. */
  readonly first: number;
}

const kinds: Readonly<Record<GuestKind, Kind>> = {
  // Measured: 1.2 GB are installed, 307 MB of memory are used after the start; a browser wants the rest.
  desktop: {
    leastRam: GiB,
    mostRam: 4 * GiB,
    leastDisk: 8 * GiB,
    mostDisk: 64 * GiB,
    first: 3 * GiB,
  },
  // Graphical installers of today start with 1 GiB and use a few GiB of disk.
  iso: { leastRam: GiB, mostRam: 4 * GiB, leastDisk: 16 * GiB, mostDisk: 64 * GiB, first: 8 * GiB },
  image: { leastRam: GiB, mostRam: 4 * GiB, leastDisk: 0, mostDisk: 0, first: 0 },
};

/** Half of the PC's memory within what the kind can use; less where two saved memories would not fit on the disk. */
export function sizesFor(asked: SizesAsked): Sizes {
  const kind = kinds[asked.kind];
  const first = asked.firstBytes ?? kind.first;
  const memory = asked.memoryBytes - hostKeepsBytes;
  const wantedRam = asked.wanted?.ramBytes;
  const leastRam = wantedRam ?? kind.leastRam;
  if (memory < leastRam)
    return {
      fits: false,
      what: 'memory',
      needBytes: leastRam + hostKeepsBytes,
      haveBytes: asked.memoryBytes,
    };
  const need = (ramBytes: number): number => first + 2 * ramBytes;
  if (asked.freeDiskBytes < need(leastRam))
    return { fits: false, what: 'disk', needBytes: need(leastRam), haveBytes: asked.freeDiskBytes };
  const half = Math.min(kind.mostRam, asked.memoryBytes / 2, (asked.freeDiskBytes - first) / 2);
  const ramBytes = wantedRam ?? Math.max(leastRam, wholeSteps(half, 256 * MiB));
  return { fits: true, ramBytes, diskBytes: diskFor(asked, kind), needBytes: need(ramBytes) };
}

/** Sizes a person may choose from, the smallest first, each of which fits; `usual` is what `sizesFor` says. */
export interface SizeChoice {
  readonly size: 'small' | 'usual' | 'large';
  readonly ramBytes: number;
  readonly diskBytes: number;
}

/** A difference that a person would notice. */
const noticed = 1.25;

/** Fewer than three where they would be nearly the same; none where nothing fits. */
export function sizeChoices(asked: Omit<SizesAsked, 'wanted'>): SizeChoice[] {
  const usual = sizesFor(asked);
  if (!usual.fits) return [];
  const kind = kinds[asked.kind];
  const small = sizesFor({ ...asked, wanted: { ramBytes: kind.leastRam, diskBytes: kind.leastDisk } });
  const room = (asked.freeDiskBytes - (asked.firstBytes ?? kind.first)) / 2;
  const mostRam = Math.min(2 * usual.ramBytes, asked.memoryBytes * 0.75, room);
  const mostDisk = Math.min(2 * usual.diskBytes, wholeSteps(asked.freeDiskBytes, GiB));
  const large = sizesFor({
    ...asked,
    wanted: {
      ramBytes: Math.max(usual.ramBytes, wholeSteps(mostRam, 256 * MiB)),
      diskBytes: asked.imageBytes ?? Math.max(usual.diskBytes, mostDisk),
    },
  });
  const named = (size: SizeChoice['size'], sizes: Sizes): SizeChoice[] =>
    sizes.fits ? [{ size, ramBytes: sizes.ramBytes, diskBytes: sizes.diskBytes }] : [];
  return [
    ...(isLarger(usual, small) ? named('small', small) : []),
    ...named('usual', usual),
    ...(isLarger(large, usual) ? named('large', large) : []),
  ];
}

function isLarger(one: Sizes, other: Sizes): boolean {
  if (!one.fits || !other.fits) return false;
  return one.ramBytes >= noticed * other.ramBytes || one.diskBytes >= noticed * other.diskBytes;
}

/** A layer grows as it is used, so the disk may be larger than what is free now; half of it is a fair promise. */
function diskFor(asked: SizesAsked, kind: Kind): number {
  const wanted = asked.wanted?.diskBytes;
  if (asked.imageBytes !== undefined) return Math.max(asked.imageBytes, wanted ?? 0);
  if (wanted !== undefined) return wanted;
  return Math.max(kind.leastDisk, Math.min(kind.mostDisk, wholeSteps(asked.freeDiskBytes / 2, GiB)));
}

function wholeSteps(bytes: number, step: number): number {
  return Math.floor(bytes / step) * step;
}

/** Processors for a new guest: two make a desktop pleasant, four are enough, and the host keeps some of many. */
export function processorsFor(cores: number): number {
  if (cores >= 8) return 4;
  return cores >= 2 ? 2 : 1;
}
