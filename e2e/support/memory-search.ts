// Looks for bytes in a dump of a PC's memory, as somebody would who freezes the chips and reads them out. Reads the file
// piece by piece, so that a dump may be larger than our own memory. Tests only.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const pieceBytes = 32 << 20;
const pageBytes = 4096;

/** How many pages of the dump hold each of the needles (at least 8 bytes, so that nothing is found by chance). */
export function pagesHolding<Name extends string>(
  dump: string,
  needles: Readonly<Record<Name, Buffer>>,
): Record<Name, number> {
  const names = Object.keys(needles) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  const longest = Math.max(...names.map((name) => needles[name].length));
  if (names.some((name) => needles[name].length < 8)) throw new Error('a needle is too short');
  const file = openSync(dump, 'r');
  try {
    const size = fstatSync(file).size;
    const piece = Buffer.alloc(pieceBytes + longest);
    for (let from = 0; from < size; from += pieceBytes) {
      const got = readSync(file, piece, 0, piece.length, from);
      const part = piece.subarray(0, got);
      for (const name of names) found[name] += countPages(part, needles[name]);
    }
  } finally {
    closeSync(file);
  }
  return found;
}

/** Hits that begin within the piece; after one, the search goes on in the next page. */
function countPages(piece: Buffer, needle: Buffer): number {
  let pages = 0;
  for (let at = piece.indexOf(needle); at !== -1 && at < pieceBytes; ) {
    pages += 1;
    at = piece.indexOf(needle, (Math.floor(at / pageBytes) + 1) * pageBytes);
  }
  return pages;
}

/** A volume key as dm-crypt holds it: never whole, but each half's AES schedule begins with its raw 32 bytes. */
export function keyPieces(key: Buffer): Record<string, Buffer> {
  const starts = Array.from({ length: key.length / 16 }, (_, number) => number * 16);
  return Object.fromEntries(starts.map((at) => [`key bytes ${at}`, key.subarray(at, at + 16)]));
}
