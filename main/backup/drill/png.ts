// Reads the PNGs that QEMU draws of a screen: 8 bits a colour, RGB, not interlaced, and no others. Pure. A picture may
// have been tampered with: sizes are bounded before anything is unpacked.
// PNG specification (third edition): 5.3 chunks, 9.2 filters.
import { inflateSync } from 'node:zlib';
import { isWholePng } from '../../guest/picture';

export interface Screen {
  readonly width: number;
  readonly height: number;
  /** Three bytes a dot, row by row. */
  readonly dots: Buffer;
}

const mostDots = 7680 * 4320;
const bytesOfDot = 3;

/** Null: it is no such picture. */
export function readScreen(png: Buffer): Screen | null {
  if (!isWholePng(png)) return null;
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, colour, , , interlace] = png.subarray(24, 29);
  if (depth !== 8 || colour !== 2 || interlace !== 0 || width * height > mostDots) return null;
  const stride = width * bytesOfDot;
  const rows = unpack(png, (stride + 1) * height);
  if (rows === null) return null;
  const dots = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = rows[row * (stride + 1)] ?? 0;
    if (filter > 4) return null;
    const packed = rows.subarray(row * (stride + 1) + 1, (row + 1) * (stride + 1));
    unfilter({ filter, packed, dots, row, stride });
  }
  return { width, height, dots };
}

function unpack(png: Buffer, bytes: number): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    if (at + 12 + length > png.length) return null;
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  try {
    const rows = inflateSync(Buffer.concat(parts), { maxOutputLength: bytes + 1 });
    return rows.length === bytes ? rows : null;
  } catch {
    return null;
  }
}

function unfilter(about: {
  readonly filter: number;
  readonly packed: Buffer;
  readonly dots: Buffer;
  readonly row: number;
  readonly stride: number;
}): void {
  const { filter, packed, dots, row, stride } = about;
  const start = row * stride;
  for (let at = 0; at < stride; at++) {
    const left = at < bytesOfDot ? 0 : (dots[start + at - bytesOfDot] ?? 0);
    const up = row === 0 ? 0 : (dots[start + at - stride] ?? 0);
    const upLeft = row === 0 || at < bytesOfDot ? 0 : (dots[start + at - stride - bytesOfDot] ?? 0);
    const before = guessOf(filter, left, up, upLeft);
    dots[start + at] = ((packed[at] ?? 0) + before) & 0xff;
  }
}

function guessOf(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return paeth(left, up, upLeft);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}
