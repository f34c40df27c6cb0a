// Looks at the whole X screen's pixels: is anything drawn, has it come to rest, is it what it was. The only way to know
// what a guest shows, since nothing of ours reaches into it.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Desk } from '../support/kiosk';
import { until } from '../support/system';

/** Pixels that may differ on a screen at rest, its panels left out: a blinking cursor. A typed word is more. */
const restless = 200;

export interface Shot {
  readonly file: string;
}

export function shotOf(desk: Desk, name: string): Shot {
  const file = join(desk.folder, `${name}.png`);
  desk.photograph(file);
  return { file };
}

/** How many pixels of the middle of the screen differ: panels with clocks lie at its edges. */
export function differing(one: Shot, other: Shot): number {
  const crop = ['-gravity', 'center', '-crop', '100%x86%+0+0', '+repage'];
  const command = ['(', one.file, ...crop, ')', '(', other.file, ...crop, ')'];
  const black = ['-compose', 'difference', '-composite', '-colorspace', 'Gray', '-threshold', '4%'];
  const said = execFileSync('convert', [...command, ...black, '-format', '%[fx:round(mean*w*h)]', 'info:'], {
    encoding: 'utf8',
  });
  return Number(said);
}

/** A text console is nearly black; a desktop is not. */
function isLit(shot: Shot): boolean {
  const said = execFileSync('convert', [shot.file, '-colorspace', 'Gray', '-format', '%[fx:mean]', 'info:'], {
    encoding: 'utf8',
  });
  return Number(said) > 0.12;
}

/** A panel with icons has been drawn at the lower edge: a wallpaper alone has one colour there. */
function hasPanel(shot: Shot): boolean {
  const strip = ['-gravity', 'south', '-crop', '0x40+0+0', '+repage'];
  const said = execFileSync('convert', [shot.file, ...strip, '-format', '%k', 'info:'], { encoding: 'utf8' });
  return Number(said) > 50;
}

/** Waits until two looks, 3 s apart, show the same, and something other than `unlike`. */
export async function atRest(
  desk: Desk,
  wanted: { readonly unlike?: Shot; readonly desktop?: boolean; readonly withinMs: number },
): Promise<Shot> {
  let last = shotOf(desk, 'rest-0');
  let turn = 0;
  let lookedAt = performance.now();
  return until(
    'the screen is at rest',
    () => {
      if (performance.now() - lookedAt < 3_000) return null;
      lookedAt = performance.now();
      turn = 1 - turn;
      const now = shotOf(desk, `rest-${turn === 1 ? 1 : 2}`);
      const same = differing(last, now) <= restless;
      const changed = wanted.unlike === undefined || differing(wanted.unlike, now) > restless;
      const lit = wanted.desktop !== true || (isLit(now) && hasPanel(now));
      last = now;
      return same && changed && lit ? now : null;
    },
    wanted.withinMs,
  );
}

/** Keeps a shot under a name of its own. */
export function keep(desk: Desk, shot: Shot, name: string): Shot {
  const file = join(desk.folder, `${name}.png`);
  rmSync(file, { force: true });
  execFileSync('cp', [shot.file, file]);
  return { file };
}
