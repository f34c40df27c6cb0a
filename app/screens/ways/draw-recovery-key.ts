// Fetches the recovery key and draws it: its groups into the cells, the same digits as a QR code. Past React, so that the
// digits are in no state and no props; the returned function takes them away again.
import { encode } from 'uqr';
import { ask } from '../../ask';
import { groupsOf } from '../setup/recovery-digits';
import { drawSecret } from '../setup/shown-cells';

const svg = 'http://www.w3.org/2000/svg';

export function drawRecoveryKey(about: {
  readonly cells: HTMLOListElement | null;
  readonly code: HTMLElement | null;
  readonly spoken: (group: string, place: number) => string;
  readonly onDrawn: (there: boolean) => void;
}): () => void {
  const { cells, code } = about;
  let gone = false;
  const draw = async (): Promise<void> => {
    const reply = await ask('showRecoveryKey');
    const key = reply.ok ? reply.value.key : null;
    const groups = key === null ? null : groupsOf(key);
    key?.fill(0);
    if (gone || cells === null) return;
    if (groups !== null) {
      drawSecret(cells, { texts: groups, spoken: about.spoken });
      code?.replaceChildren(codeOf(groups.join('')));
    }
    about.onDrawn(groups !== null);
  };
  void draw();
  return () => {
    gone = true;
    if (cells !== null) drawSecret(cells, null);
    code?.replaceChildren();
  };
}

/** One path for all dark modules; the page's ink on its paper, with the quiet zone that readers need. */
function codeOf(text: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const drawing = document.createElementNS(svg, 'svg');
  drawing.setAttribute('viewBox', `0 0 ${size} ${size}`);
  drawing.setAttribute('shape-rendering', 'crispEdges');
  const path = document.createElementNS(svg, 'path');
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute('d', squares.join(''));
  path.setAttribute('fill', 'currentColor');
  drawing.append(path);
  return drawing;
}
