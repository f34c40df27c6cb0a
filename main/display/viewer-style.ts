// The viewer's looks, as the user style sheet that GTK 3 reads (gtk-3.0/gtk.css): nothing of its own is to be seen, and the
// guest's picture is where the plan wants it. Pure.
//
//   ground     The viewer takes the focus as soon as its window is there and says "Connecting" on grey until it has a
//              picture, and grey is what surrounds a guest that is smaller. Black says nothing. Only the window has a
//              ground: one on everything also paints the strip that brings out the viewer's own tools, a dark line over
//              the guest's first row.
//   backdrop   A picture where the guest's will be, so that the screen does not go dark between ours and its first one. It
//              goes when that one must have come: a guest that becomes smaller later has black around it. Around the guest
//              it is black from the start: what our page says there is no longer true.
//   part       A full-screen viewer always fills its monitor (and never lets its window become smaller), so that a picture
//              that is to fill a part of it is pushed in from the sides.
import type { Box } from './x-windows';

export interface ViewerLooks {
  readonly place: Box;
  readonly part: Box;
  /** Absolute path of a JPEG that is as large as `at`, which lies in `place`; null: black. */
  readonly backdrop: { readonly file: string; readonly at: Box } | null;
}

const plain = `* { background: none; color: transparent; border: none; box-shadow: none; }
window { background-color: #000; }
`;

const backdropSeconds = 8;

const backdropOf = (
  file: string,
  at: { readonly x: number; readonly y: number },
): string => `@keyframes lift {
  from { background-image: url("file://${encodeURI(file).replaceAll('"', '%22')}"); }
  to { background-image: none; }
}
window {
  background-position: ${at.x}px ${at.y}px;
  background-repeat: no-repeat;
  animation: lift 1ms step-end ${backdropSeconds}s 1 both;
}
`;

export function viewerStyle({ place, part, backdrop }: ViewerLooks): string {
  const under =
    backdrop === null
      ? ''
      : backdropOf(backdrop.file, { x: backdrop.at.x - place.x, y: backdrop.at.y - place.y });
  return [plain, under, partOf({ place, part })].join('');
}

function partOf({ place, part }: Pick<ViewerLooks, 'place' | 'part'>): string {
  const left = part.x - place.x;
  const top = part.y - place.y;
  const right = place.width - part.width - left;
  const bottom = place.height - part.height - top;
  const sides = [top, right, bottom, left];
  return sides.every((side) => side === 0)
    ? ''
    : `notebook { padding: ${sides.map((px) => `${px}px`).join(' ')}; }\n`;
}
