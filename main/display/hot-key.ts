// The one key that leads from the guest to the controls, Super+Escape unless the owner wants another. Works over the viewer
// only because that one does not grab the keyboard (SPICE_NOGRAB); without that, register() says true and nothing ever
// comes. Chromium asks X for it with Caps Lock and Num Lock on and off, so that both may be on.
import { globalShortcut } from 'electron';
import type { HotKey } from '../../preload/contract/controls';
import { fail, ok, type Result } from '../../preload/contract/result';

/** Until the returned function is called. Fault displayLacks: another program of this X server has the key. */
export function watchHotKey(key: HotKey, onPressed: () => void): Result<() => void> {
  if (!globalShortcut.register(key, onPressed)) {
    return fail({
      code: 'displayLacks',
      stage: 'display.hotKey',
      message: `the X server refuses ${key} as a hot key`,
      hint: 'the bar at the top edge leads to the same controls',
    });
  }
  return ok(() => globalShortcut.unregister(key));
}
