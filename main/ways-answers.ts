// What the page of a vault's ways in may ask. An edit and its secrets go into the performer's box, beside the flow: an
// event says only that one was asked for. One that is not taken is wiped at once.
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { RunningGuest } from './perform/parts';
import { type EditBox, wipeEdit } from './perform/ways';
import type { OpenVault } from './vault/vault';

type WaysAnswers = Pick<
  IpcAnswers,
  | ('showWays' | 'leaveWays' | 'editWay' | 'pickKeyFolder')
  | ('drawRecoveryKey' | 'saveRecoverySheet' | 'setVaultSettings')
>;

export function waysAnswersOf(about: {
  readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
  readonly edits: EditBox;
  /** True: the sheet was written to the folder that the person picked. */
  readonly saveSheet: () => Promise<boolean>;
}): WaysAnswers {
  const { send, edits } = about;
  return {
    showWays: () => ({ taken: send({ is: 'waysAsked' }) }),
    leaveWays: () => ({ taken: send({ is: 'waysLeft' }) }),
    editWay: (edit) => {
      const taken = send({ is: 'wayEditAsked' });
      // The effect that takes it comes a microtask later at the earliest.
      if (taken) edits.put(edit);
      else wipeEdit(edit);
      return { taken };
    },
    pickKeyFolder: () => ({ taken: send({ is: 'keyFolderAsked' }) }),
    drawRecoveryKey: () => ({ taken: send({ is: 'newRecoveryAsked' }) }),
    saveRecoverySheet: async () => ({ taken: true, saved: await about.saveSheet() }),
    setVaultSettings: (settings) => ({ taken: send({ is: 'settingsAsked', settings }) }),
  };
}
