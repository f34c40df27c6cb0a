// A layout's map as the X server would compile it, without one: for tests and pictures.
import { run } from '../process/run';
import { type KeyMap, parseKeyMap } from './xkb-map';

/** Throws what is wrong with it. */
export async function compiled(layout: string, variant = ''): Promise<KeyMap> {
  const symbols = `pc+${layout}${variant === '' ? '' : `(${variant})`}+inet(evdev)`;
  const source = `xkb_keymap { xkb_keycodes { include "evdev+aliases(qwerty)" }; xkb_types { include "complete" };
    xkb_compat { include "complete" }; xkb_symbols { include "${symbols}" }; xkb_geometry { include "pc(pc105)" }; };`;
  const ran = await run({
    program: 'xkbcomp',
    args: ['-w0', '-I/usr/share/X11/xkb', '-xkb', '-', '-'],
    stage: 'test',
    input: Buffer.from(source),
  });
  if (!ran.ok) throw new Error(ran.fault.message);
  const map = parseKeyMap(ran.value.stdout.toString('utf8'));
  if (!map.ok) throw new Error(map.fault.message);
  return map.value;
}
