// What the bar and the control page may ask: what touches the guest is an event of the flow; settings and this PC's volume
// are set beside it.
import type { BackupAct, DrillPicture } from '../preload/contract/backup';
import type { ControlSettings, Volume } from '../preload/contract/controls';
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { RunningGuest } from './perform/parts';
import type { OpenVault } from './vault/vault';

export interface ControlAnswering {
  readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
  /** False: no vault is open, and nothing was set. */
  readonly setControls: (settings: ControlSettings) => boolean;
  readonly setVolume: (volume: Volume) => Promise<void>;
  /** False: nothing of the kind can be done now. */
  readonly backup: (act: BackupAct) => boolean;
  readonly drillPicture: (asked: DrillPicture) => Promise<Uint8Array<ArrayBuffer> | null>;
}

type Answers = Pick<
  IpcAnswers,
  | 'showControls'
  | 'chooseDisplay'
  | 'keepDisplay'
  | 'sendKeys'
  | 'setControls'
  | 'setVolume'
  | 'backup'
  | 'drillPicture'
>;

export function controlAnswersOf({
  send,
  setControls,
  setVolume,
  backup,
  drillPicture,
}: ControlAnswering): Answers {
  const taken = (event: Event<OpenVault, RunningGuest>): { taken: boolean } => ({ taken: send(event) });
  return {
    showControls: (section) => taken({ is: 'controlsAsked', section }),
    chooseDisplay: (choice) => taken({ is: 'displayAsked', choice }),
    keepDisplay: (keep) => taken({ is: 'keepAsked', keep }),
    sendKeys: (keys) => taken({ is: 'keysAsked', keys }),
    setControls: (settings) => ({ taken: setControls(settings) }),
    backup: (act) => ({ taken: backup(act) }),
    drillPicture: async (asked) => ({ png: await drillPicture(asked) }),
    setVolume: async (volume) => {
      await setVolume(volume);
      return { taken: true };
    },
  };
}
