// How the screen looks, which keyboard layout is set and which vault was opened last, from the first view on: what was
// remembered, else what the PC says. Changes are shown at once and kept only while the owner wants it. No secret comes near it.

import type { Fault } from '../preload/contract/fault';
import type { KeyRows, Layout, LayoutId } from '../preload/contract/keyboard';
import { type Language, type Look, languageSchema } from '../preload/contract/view';
import type { Keyboard, Keyboards } from './keyboard/keyboard';
import { forgetPreferences, keepPreferences, readPreferences } from './preferences/preferences';

export interface Appearance {
  look(): Look;
  /** In effect; null while it is not known. */
  layout(): Layout | null;
  remembered(): boolean;
  setLook(look: Look): void;
  layouts(): Promise<readonly Layout[]>;
  /** False: it could not be set. */
  setLayout(id: LayoutId): Promise<boolean>;
  /** What the keys write now, asked anew: somebody else may have changed it. */
  keys(): Promise<KeyRows>;
  /** Uuid of the vault that was opened last; null: not known. */
  lastVault(): string | null;
  /** Kept for this session, and beyond it only where the owner wants to be remembered. */
  usedVault(uuid: string): void;
  /** False: it could not be written or removed; nothing has changed then. */
  setRemember(wanted: boolean): Promise<boolean>;
}

/** The desktop's language where we have it. */
function languageOf(environment: NodeJS.ProcessEnv): Language {
  const told = (environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || 'en').slice(0, 2);
  const known = languageSchema.safeParse(told);
  return known.success ? known.data : 'en';
}

/** Reads what is remembered and sets that layout. `onChange` after every change; `onLack` says what cannot be had. */
export async function openAppearance(about: {
  readonly keyboards: Keyboards;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onChange: () => void;
  readonly onLack: (fault: Fault) => void;
}): Promise<Appearance> {
  const { keyboards, folder, onChange, onLack } = about;
  const kept = await readPreferences(folder);
  let remembered = kept !== null;
  let look: Look = kept?.look ?? {
    language: languageOf(about.environment),
    ...{ theme: 'system', zoom: 1, motion: 'system', aloud: false },
  };
  let keyboard: Keyboard | null = null;
  let layout: LayoutId | null = kept?.layout ?? null;
  let vault: string | null = kept?.vault ?? null;

  const seen = (looked: Awaited<ReturnType<Keyboards['look']>>): boolean => {
    if (looked.ok) keyboard = looked.value;
    else onLack(looked.fault);
    onChange();
    return looked.ok;
  };
  const keep = async (): Promise<boolean> => {
    const done = await keepPreferences(folder, { look, layout, vault });
    if (!done.ok) onLack(done.fault);
    return done.ok;
  };
  // Not waited for: the first screen needs no layout.
  const setting = (layout === null ? keyboards.look() : keyboards.set(layout)).then(seen);

  return {
    look: () => look,
    layout: () => keyboard?.layout ?? null,
    remembered: () => remembered,
    setLook: (wanted) => {
      look = wanted;
      onChange();
      if (remembered) void keep();
    },
    layouts: () => keyboards.list(),
    setLayout: async (id) => {
      await setting;
      const set = await keyboards.set(id);
      if (set.ok) layout = id;
      if (!seen(set)) return false;
      if (remembered) await keep();
      return true;
    },
    keys: async () => {
      await setting;
      seen(await keyboards.look());
      return keyboard?.rows ?? [];
    },
    lastVault: () => vault,
    usedVault: (uuid) => {
      if (vault === uuid) return;
      vault = uuid;
      if (remembered) void keep();
    },
    setRemember: async (wanted) => {
      const done = wanted ? await keep() : (await forgetPreferences(folder)).ok;
      if (done) remembered = wanted;
      onChange();
      return done;
    },
  };
}
