// The Debian desktop on one screen, and again on another: left on one size and woken on the next, on an X server that has
// them all. The guest's own xrandr is asked (its agent), and a frame of one pixel that the guest draws must lie on all four
// edges of the host's photograph. The photographs make one sheet, out/pictures/matrix.png.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { repository } from '../support/cli';
import { type Inside, insideOf } from '../support/desktop-guest';
import { edgesOf } from '../support/edges';
import { type Kiosk, startKiosk } from '../support/kiosk';
import { openScreen, unlockOn } from '../support/other-screen';
import { setUpDesktop } from '../support/starting-points';
import { until } from '../support/system';

const sizes = ['1024x768', '1280x800', '1600x1200', '1920x1080', '3840x2160', '1080x1920'] as const;
type Size = (typeof sizes)[number];

/** A guest in software emulation beside other work. */
const patience = 300_000;

/** Each cell is one wake: left on the first size, woken on the second. */
interface Cell {
  readonly from: Size | null;
  readonly on: Size;
}

/** Each way from a size to each size, the same one too, as one walk: every suspend is the next wake's beginning. */
function everyCell(): readonly Cell[] {
  const left = new Map(sizes.map((from) => [from, [...sizes]]));
  // Each size has as many ways in as out, so a walk takes each way once (Hierholzer).
  const visit = (at: Size): Size[] => {
    const found: Size[] = [];
    for (let to = left.get(at)?.shift(); to !== undefined; to = left.get(at)?.shift())
      found.unshift(...visit(to));
    return [at, ...found];
  };
  return visit(sizes[0]).map((on, index, way) => ({ from: way[index - 1] ?? null, on }));
}

const frameColour = '#ff00ff';

/** On the root window, bare of desktop and panel: a bitmap of exactly the screen's size (X11's XBM, low bit first). */
const drawFrame = `set -e
pkill tint2 || true
pkill pcmanfm || true
export DISPLAY=:0 XAUTHORITY=/home/owner/.Xauthority
xrandr | sed -n 's/.*current \\([0-9]*\\) x \\([0-9]*\\),.*/\\1 \\2/p' | awk '{
  bytes = $1 / 8
  for (at = 1; at <= bytes; at++) {
    full = full "0xff,"
    side = side (at == 1 ? "0x01," : at == bytes ? "0x80," : "0x00,")
  }
  print "#define frame_width " $1 "\\n#define frame_height " $2 "\\nstatic unsigned char frame_bits[] = {"
  for (row = 1; row <= $2; row++) print row == 1 || row == $2 ? full : side
  print "0};"
}' > /tmp/frame.xbm
xsetroot -bitmap /tmp/frame.xbm -fg "${frameColour}" -bg "#204020"`;

test('the desktop fills whatever screen it wakes on, to the last row, wherever it was left', {
  tag: '@full',
}, async () => {
  const way = everyCell();
  test.setTimeout(way.length * 600_000);
  const desk = await setUpDesktop();
  const photographs = new Map<string, string>();
  try {
    for (const cell of way) {
      const name = `${cell.from ?? 'new'} > ${cell.on}`;
      const [width = 0, height = 0] = cell.on.split('x').map(Number);
      const screen = await openScreen(desk, { width, height });
      const { env } = screen;
      try {
        const begun = Date.now();
        const kiosk = await startKiosk(desk, [], screen);
        await unlockOn(kiosk, screen);
        await kiosk.at('live', patience);
        const live = Date.now();
        const inside = await matchedInside({ desk, size: cell.on, name });
        const matched = Date.now();
        const seen = join(desk.folder, `${name}.png`);
        await until(
          `${name}: the frame on all four edges`,
          async () => {
            // The desktop lays its picture anew when its screen changed, and may take the one of before.
            await inside.run(drawFrame);
            const framed = (): boolean => isFramed({ seen, env, size: cell.on });
            return until('it is drawn', framed, 20_000).catch(() => false);
          },
          patience,
        );
        const framed = Date.now();
        if (cell.from !== null) photographs.set(name, seen);
        if (photographs.size % sizes.length === 0) laySheet(photographs);
        // Where the next one wakes, the panel tells that the desktop is up.
        await inside.start('tint2');
        inside.close();
        await putToSleep(kiosk, env);
        const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
        console.info(
          `${name}: live ${seconds(begun, live)}, matched ${seconds(live, matched)}, framed ${seconds(matched, framed)}, asleep ${seconds(framed, Date.now())}`,
        );
      } finally {
        await screen.end();
      }
    }
    expect(photographs.size).toBe(sizes.length ** 2);
  } finally {
    laySheet(photographs);
    await desk.end();
  }
});

/** A row a size it was left on, a column a size it woke on. */
function laySheet(photographs: ReadonlyMap<string, string>): void {
  const cells = sizes.flatMap((from) => sizes.map((on) => `${from} > ${on}`));
  const labelled = cells.flatMap((name) => ['-label', name, photographs.get(name) ?? 'xc:black']);
  mkdirSync(join(repository, 'out/pictures'), { recursive: true });
  const file = join(repository, 'out/pictures/matrix.png');
  execFileSync('montage', [...labelled, '-geometry', '240x180>+6+6', '-tile', '6x', file]);
}

/** Photographs the host's screen: all of it is the guest's, to its own last row. */
function isFramed(about: {
  readonly seen: string;
  readonly env: Readonly<Record<string, string>>;
  readonly size: Size;
}): boolean {
  execFileSync('import', ['-window', 'root', about.seen], { env: about.env });
  const { box, whole } = edgesOf({ file: about.seen, colour: frameColour });
  return whole && box?.x === 0 && box.y === 0 && `${box.width}x${box.height}` === about.size;
}

/** The agent's socket takes one client at a time: what the keeper tells the guest must find it free between our questions. */
async function matchedInside(about: {
  readonly desk: Awaited<ReturnType<typeof setUpDesktop>>;
  readonly size: Size;
  readonly name: string;
}): Promise<Inside> {
  const { desk, size, name } = about;
  return until(
    `${name}: the guest's own size`,
    async () => {
      const inside = await insideOf(desk, desk.guest);
      if (await isSizeInside(inside, size)) return inside;
      inside.close();
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return null;
    },
    patience,
  );
}

/** Asked of the guest's own X server. */
async function isSizeInside(inside: Inside, size: Size): Promise<boolean> {
  const ask = 'DISPLAY=:0 XAUTHORITY=/home/owner/.Xauthority xrandr';
  const said = await inside.run(`${ask} | sed -n 's/.*current \\([0-9]*\\) x \\([0-9]*\\),.*/\\1x\\2/p'`);
  return said.trim() === size;
}

async function putToSleep(kiosk: Kiosk, env: Readonly<Record<string, string>>): Promise<void> {
  execFileSync('xdotool', ['key', 'super+Escape'], { env });
  await kiosk.page.getByRole('button', { name: /Suspend/ }).click();
  await kiosk.at('safe', patience);
  await kiosk.quit();
}
