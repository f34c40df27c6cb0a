// What the first run's pages may ask of a backup. The address and the recovery key go from here into the performer's box,
// beside the flow; whatever is not taken is wiped at once.
import type { View } from '../preload/contract/view';
import { readLocation, sayLocation } from './backup/backup';
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { PaperBox } from './perform/paper-box';
import type { RunningGuest } from './perform/parts';
import { readRecoveryKey } from './vault/recovery/recovery-key';
import type { OpenVault } from './vault/vault';

type RestoreAnswers = Pick<
  IpcAnswers,
  | ('restoreBackup' | 'pickBackupFolder' | 'nameBackup' | 'openBackup')
  | ('retryBackup' | 'chooseBackup' | 'backupPicture')
>;

export interface RestoreAnswering {
  readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
  readonly view: () => View;
  readonly paper: PaperBox;
  readonly backupPicture: (index: number) => Promise<Uint8Array<ArrayBuffer> | null>;
}

export function restoreAnswersOf(about: RestoreAnswering): RestoreAnswers {
  const { send, view, paper } = about;
  const mayBeSaid = (): boolean => {
    const { story } = view();
    return story.state === 'setup' && story.step === 'where' && story.restore?.busy === null;
  };

  const name = (given: Uint8Array): boolean => {
    const text = Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('utf8').trim();
    given.fill(0);
    if (!mayBeSaid()) return false;
    const read = readLocation(text);
    if (!read.ok) return send({ is: 'backupRefused', fault: read.fault });
    paper.place(read.value);
    return send({ is: 'backupPlaced', place: sayLocation(read.value.location) });
  };

  const open = (typed: Uint8Array): boolean => {
    const read = readRecoveryKey(typed);
    typed.fill(0);
    if (read.is !== 'key') {
      const group = read.is === 'mistyped' ? `group ${read.group} is mistyped` : 'it has not 48 digits';
      const fault = {
        code: 'mistypedKey',
        stage: 'backup.paper',
        message: `the recovery key: ${group}`,
      } as const;
      return send({ is: 'backupRefused', fault });
    }
    // Kept before the event: what follows it asks for it. Not taken, nothing may be kept.
    const { story } = view();
    if (!mayBeSaid() || story.state !== 'setup' || story.restore?.place === null) {
      read.digits.fill(0);
      return false;
    }
    paper.keepRecovery(read.digits);
    return send({ is: 'backupOpenAsked' });
  };

  return {
    restoreBackup: () => ({ taken: send({ is: 'restoreAsked' }) }),
    pickBackupFolder: () => ({ taken: send({ is: 'backupFolderAsked' }) }),
    nameBackup: (given) => ({ taken: name(given) }),
    openBackup: (typed) => ({ taken: open(typed) }),
    retryBackup: () => ({ taken: send({ is: 'backupRetryAsked' }) }),
    chooseBackup: (choice) => ({ taken: send({ is: 'backupChosen', choice }) }),
    backupPicture: async (index) => ({ png: await about.backupPicture(index) }),
  };
}
