// Whether all of a guest's picture is on a photograph of the screen: one colour that the guest draws to its very edges is
// looked for along the four sides of the box that holds all of it.
import { execFileSync } from 'node:child_process';

export interface Edges {
  /** The smallest box that holds the colour; null where it is nowhere. */
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  /** Every point of the box's four sides has the colour. */
  readonly whole: boolean;
}

/** Trimming takes the colour of the corners away, whatever it is: these are black. */
const border = ['-bordercolor', 'black', '-border', '1', '+repage'];

/** `colour`: as ImageMagick names it; scaling mixes it with the black around it on the last row and column. */
export function edgesOf(about: { readonly file: string; readonly colour: string }): Edges {
  const { file, colour } = about;
  const mask = [
    '-fuzz',
    '25%',
    '-fill',
    'white',
    '-opaque',
    colour,
    '-fuzz',
    '0',
    '-fill',
    'black',
    '+opaque',
    'white',
  ];
  const said = execFileSync('convert', [file, ...mask, ...border, '-depth', '8', '-trim', 'info:'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  // NAME INFO WxH WxH+X+Y ...
  const [, width, height, x, y] = / (\d+)x(\d+) \d+x\d+\+(\d+)\+(\d+) /.exec(said) ?? [];
  if (width === undefined || Number(width) < 2) return { box: null, whole: false };
  const box = { x: Number(x) - 1, y: Number(y) - 1, width: Number(width), height: Number(height) };
  const side = (geometry: string): boolean =>
    execFileSync(
      'convert',
      [file, ...mask, '-crop', geometry, '+repage', '-format', '%[fx:minima]', 'info:'],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    ).trim() === '1';
  const { width: w, height: h } = box;
  const sides = [
    `${w}x1+${box.x}+${box.y}`,
    `${w}x1+${box.x}+${box.y + h - 1}`,
    `1x${h}+${box.x}+${box.y}`,
    `1x${h}+${box.x + w - 1}+${box.y}`,
  ];
  return { box, whole: sides.every(side) };
}
