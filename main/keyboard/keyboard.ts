// The keyboard organ's outside: the layouts this PC offers, the one in effect on our own X server, another one instead.
// One layout at a time: what the screen names is then what the keys write. It changes our X server alone; a guest gets
// key codes, never letters, so its own layout stays what it was (e2e/scenarios/keyboard.spec.ts).
// Asked with setxkbmap and xkbcomp (Debian x11-xkb-utils).

import { type KeyRows, type Layout, type LayoutId, layoutIdSchema } from '../../preload/contract/keyboard';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type XAddress, xEnvironment } from '../display/x-windows';
import { readBounded } from '../files/bounded';
import { run } from '../process/run';
import { mostMapBytes, parseKeyMap } from './xkb-map';
import { mostRulesBytes, parseRules, rulesFile } from './xkb-rules';

const stage = 'keyboard';

export interface Keyboard {
  /** In effect now. */
  readonly layout: Layout;
  readonly rows: KeyRows;
}

export interface Keyboards {
  /** All layouts of this PC; none where its list cannot be read. */
  list(): Promise<readonly Layout[]>;
  /** What the X server has now. Faults: toolMissing, unusableFile, timeout, io. */
  look(): Promise<Result<Keyboard>>;
  /** Sets one of the listed layouts, alone. Faults: as `look`; missingFile for one that is not listed. */
  set(id: LayoutId): Promise<Result<Keyboard>>;
}

export function keyboardsOf(x: XAddress, rules = rulesFile): Keyboards {
  let listed: Promise<readonly Layout[]> | null = null;
  const list = (): Promise<readonly Layout[]> => {
    listed ??= readBounded({ path: rules, maxBytes: mostRulesBytes, stage, damaged: 'unusableFile' }).then(
      (read) => (read.ok ? parseRules(read.value.toString('utf8')) : []),
    );
    return listed;
  };
  const ask = (program: string, args: readonly string[]) =>
    run({ program, args, stage, env: xEnvironment(x), timeoutMs: 10_000, maxOutputBytes: mostMapBytes });

  const look = async (): Promise<Result<Keyboard>> => {
    const [query, printed, all] = await Promise.all([
      ask('setxkbmap', ['-query']),
      ask('xkbcomp', ['-w0', '-xkb', x.display, '-']),
      list(),
    ]);
    if (!printed.ok) return printed;
    const map = parseKeyMap(printed.value.stdout.toString('utf8'));
    if (!map.ok) return map;
    const id = query.ok ? parseQuery(query.value.stdout.toString('utf8')) : null;
    const known = all.find(({ layout, variant }) => layout === id?.layout && variant === id.variant);
    const unknown = {
      layout: 'us',
      variant: '',
      description: map.value.name,
      languages: [],
      isVariant: true,
    };
    // A server that was given a map by hand tells no layout, but its map has a name.
    const layout = known ?? { ...unknown, ...id, description: map.value.name || 'XKB' };
    return ok({ layout, rows: map.value.rows });
  };

  return {
    list,
    look,
    set: async ({ layout, variant }) => {
      const all = await list();
      if (!all.some((each) => each.layout === layout && each.variant === variant)) {
        const message = `there is no keyboard layout ${layout} ${variant} on this PC`;
        return fail({ code: 'missingFile', stage, message });
      }
      // The empty option takes away what was set before (setxkbmap(1)): a switch of groups would make our words untrue.
      const args = ['-layout', layout, '-variant', variant, '-option', ''];
      const done = await ask('setxkbmap', args);
      return done.ok ? look() : done;
    },
  };
}

/** `setxkbmap -query`: of several layouts the first is in effect, since nobody has switched yet. */
export function parseQuery(said: string): LayoutId | null {
  const value = (name: string): string =>
    (new RegExp(`^${name}:[ \\t]*([^\\n]{0,200})$`, 'm').exec(said)?.[1] ?? '').split(',')[0]?.trim() ?? '';
  const read = layoutIdSchema.safeParse({ layout: value('layout'), variant: value('variant') });
  return read.success ? read.data : null;
}
