// What a monitor says of itself: the base block of its EDID. Monitors, adapters and KVM switches send garbage, so that a
// block which is not whole is nothing, and whatever stands in it is only ever compared, shown or taken as a wish.
// Spec: VESA Enhanced EDID Standard, release A revision 2, section 3 (base block), 3.10.2 (detailed timing).

/** A part of the picture in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Monitor {
  /** Three letters of the maker and the product's number, such as `DEL-40f0`. */
  readonly model: string;
  /** The serial number, 0 where the maker wrote none. */
  readonly serial: number;
  /** What the maker calls it, at most 13 printable characters; null where it has no name. */
  readonly name: string | null;
  /** The picture it is made for; null where it does not say. */
  readonly native: Size | null;
  /** Of its glass, millimetres; null where it does not say (projectors). */
  readonly millimetres: Size | null;
}

const blockBytes = 128;
const header = [0, 255, 255, 255, 255, 255, 255, 0];

/** Null: too short, not an EDID, or one whose sum is wrong. Only the first block is looked at. */
export function readEdid(bytes: Uint8Array): Monitor | null {
  const block = bytes.subarray(0, blockBytes);
  if (block.length < blockBytes || !header.every((byte, at) => block[at] === byte)) return null;
  if (block.reduce((sum, byte) => (sum + byte) & 255, 0) !== 0) return null;
  const at = (place: number): number => block[place] ?? 0;
  const letters = (at(8) << 8) | at(9);
  const maker = [letters >> 10, letters >> 5, letters]
    .map((five) => String.fromCharCode(64 + (five & 31)))
    .join('');
  if (!/^[A-Z]{3}$/.test(maker)) return null;
  const timing = timingOf(block.subarray(54, 72));
  const whole = { width: at(21) * 10, height: at(22) * 10 };
  return {
    model: `${maker}-${((at(11) << 8) | at(10)).toString(16).padStart(4, '0')}`,
    serial: new DataView(block.buffer, block.byteOffset).getUint32(12, true),
    name: nameIn(block),
    native: timing?.pixels ?? null,
    millimetres: timing?.millimetres ?? (isGlass(whole) ? whole : null),
  };
}

/** The first detailed timing: the picture the monitor is made for. Null: the descriptor says something else. */
function timingOf(bytes: Uint8Array): { readonly pixels: Size; readonly millimetres: Size | null } | null {
  const at = (place: number): number => bytes[place] ?? 0;
  if (at(0) === 0 && at(1) === 0) return null;
  const pixels = { width: at(2) | ((at(4) & 0xf0) << 4), height: at(5) | ((at(7) & 0xf0) << 4) };
  const glass = { width: at(12) | ((at(14) & 0xf0) << 4), height: at(13) | ((at(14) & 0x0f) << 8) };
  if (pixels.width < 320 || pixels.height < 200) return null;
  return { pixels, millimetres: isGlass(glass) ? glass : null };
}

/** Some say nothing, or an aspect (16 by 9, in millimetres or centimetres) in place of a size. */
function isGlass({ width, height }: Size): boolean {
  return width >= 50 && height >= 50 && !(width === 160 && (height === 90 || height === 100));
}

/** Descriptor 0xFC: at most 13 characters of ASCII, ended by a line feed. */
function nameIn(block: Uint8Array): string | null {
  for (let start = 54; start < 126; start += 18) {
    const isName = block[start] === 0 && block[start + 1] === 0 && block[start + 3] === 0xfc;
    if (!isName) continue;
    const text = String.fromCharCode(...block.subarray(start + 5, start + 18));
    const name = (text.split('\n')[0] ?? '').replaceAll(/[^\x20-\x7e]/g, '').trim();
    if (name !== '') return name;
  }
  return null;
}
