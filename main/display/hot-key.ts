// Super+Escape, the one key that leads from the guest to the controls. Works over the viewer only because that one does
// not grab the keyboard (SPICE_NOGRAB); without that, register() says true and nothing ever comes.
import { globalShortcut } from 'electron';
import { fail, ok, type Result } from '../../preload/contract/result';

export const hotKey = 'Super+Escape';

/** Until the returned function is called. Fault displayLacks: another program of this X server has the key. */
export function watchHotKey(onPressed: () => void): Result<() => void> {
  if (!globalShortcut.register(hotKey, onPressed)) {
    return fail({
      code: 'displayLacks',
      stage: 'display.hotKey',
      message: `the X server refuses ${hotKey} as a hot key`,
      hint: 'the bar at the top edge leads to the same controls',
    });
  }
  return ok(() => globalShortcut.unregister(hotKey));
}
