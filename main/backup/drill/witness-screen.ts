// The nonce that a witness draws on its screen (native-scripts/guest/witness/init/picture.c), read back from a picture:
// sixteen figures of 3 by 5 dots in VGA text mode, gold on blue. So the picture taken at the suspend says which witness
// it was, whatever the restored one claims. Pure.
import type { Screen } from './png';

/** VGA text mode, 80 by 25. */
const [cellWidth, cellHeight, width, height] = [9, 16, 720, 400];
const [firstRow, firstColumn, columnsOfFigure] = [12, 8, 4];
const figures = [
  0o75557, 0o26227, 0o71747, 0o71717, 0o55711, 0o74717, 0o74757, 0o71111, 0o75757, 0o75717, 0o75755, 0o65656,
  0o74447, 0o65556, 0o74647, 0o74644,
];

/** 16 hex digits; null: this is no witness's screen. */
export function nonceOn(screen: Screen): string | null {
  if (screen.width !== width || screen.height !== height) return null;
  let nonce = '';
  for (let at = 0; at < 16; at++) {
    const figure = figures.indexOf(figureAt(screen, firstColumn + at * columnsOfFigure));
    if (figure < 0) return null;
    nonce += figure.toString(16);
  }
  return nonce;
}

function figureAt(screen: Screen, column: number): number {
  let bits = 0;
  for (let row = 0; row < 5; row++)
    for (let dot = 0; dot < 3; dot++)
      bits = (bits << 1) | Number(isGold(screen, column + dot, firstRow + row));
  return bits;
}

/** The middle of a cell: no letter stands in those rows. */
function isGold({ dots }: Screen, column: number, row: number): boolean {
  const at = ((row * cellHeight + cellHeight / 2) * width + column * cellWidth + (cellWidth >> 1)) * 3;
  const [red = 0, , blue = 0] = dots.subarray(at, at + 3);
  return red > 100 && blue < 80;
}
