// What the pages may ask, turned into events of the flow. An act that the present state does not have is answered
// `taken: false`, and a secret that came with it is wiped at once.
import type { View } from '../preload/contract/view';
import type { Appearance } from './appearance';
import { type ControlAnswering, controlAnswersOf } from './control-answers';
import type { Event } from './flow/state';
import type { IpcAnswers } from './ipc/ipc';
import type { RunningGuest } from './perform/parts';
import type { SecretBox } from './perform/secret-box';
import type { SetupSecrets } from './perform/setup-secrets';
import type { EditBox } from './perform/ways';
import { type RestoreAnswering, restoreAnswersOf } from './restore-answers';
import { setupAnswersOf } from './setup-answers';
import { type SticksAnswering, sticksAnswersOf } from './sticks-answers';
import type { OpenVault } from './vault/vault';
import { waysAnswersOf } from './ways-answers';

export function answersOf(
  about: ControlAnswering &
    RestoreAnswering &
    SticksAnswering & {
      readonly send: (event: Event<OpenVault, RunningGuest>) => boolean;
      readonly view: () => View;
      readonly secrets: SecretBox;
      readonly setup: SetupSecrets;
      readonly edits: EditBox;
      readonly newRecovery: SetupSecrets;
      /** True: the sheet was written to the folder that the person picked. */
      readonly saveSheet: () => Promise<boolean>;
      readonly appearance: Appearance;
      /** A guest's last screen, while one is chosen. */
      readonly picture: (id: string) => Promise<Uint8Array<ArrayBuffer> | null>;
      /** A saved moment's last screen, while its guest's moments are shown. */
      readonly momentPicture: (number: number) => Promise<Uint8Array<ArrayBuffer> | null>;
      /** RFC 3339 UTC. */
      readonly now: () => string;
    },
): IpcAnswers {
  const { send, secrets } = about;
  const taken = (event: Event<OpenVault, RunningGuest>): { taken: boolean } => ({ taken: send(event) });
  const withSecret = (bytes: Uint8Array, event: Event<OpenVault, RunningGuest>): { taken: boolean } => {
    const answer = taken(event);
    // The effect that takes it comes a microtask later at the earliest. Put down only now, a secret of an act that is
    // not taken never wipes the one that an earlier act still waits for.
    if (answer.taken) secrets.put({ kind: 'passphrase', bytes });
    else bytes.fill(0);
    return answer;
  };
  return {
    getView: about.view,
    unlock: (bytes) => withSecret(bytes, { is: 'unlockAsked', by: 'passphrase' }),
    chooseVault: (id) => taken({ is: 'vaultAsked', id }),
    otherVault: () => taken({ is: 'otherVaultAsked' }),
    unlockWithKeyUsb: () => taken({ is: 'unlockAsked', by: 'keyUsb' }),
    ...setupAnswersOf(about),
    ...restoreAnswersOf(about),
    chooseGuest: (id) => taken({ is: 'chooseAsked', id }),
    guestPicture: async (id) => ({ png: await about.picture(id) }),
    showMoments: (id) => taken({ is: 'momentsAsked', id }),
    momentPicture: async (number) => ({ png: await about.momentPicture(number) }),
    wakeMoment: (number) => taken({ is: 'momentAsked', number }),
    makeRoom: () => taken({ is: 'makeRoomAsked' }),
    ...waysAnswersOf(about),
    ...sticksAnswersOf(about),
    suspend: () => taken({ is: 'suspendAsked' }),
    cancel: () => taken({ is: 'cancelAsked' }),
    backToDesktop: () => taken({ is: 'backAsked' }),
    shutGuestDown: () => taken({ is: 'shutDownAsked' }),
    hideBar: () => taken({ is: 'hideBarAsked' }),
    ...controlAnswersOf(about),
    wakeAgain: () => taken({ is: 'wakeAsked' }),
    takeExit: (exit) => taken({ is: 'exitAsked', exit }),
    switchOff: () => taken({ is: 'switchOffAsked', at: about.now() }),
    setLook: (look) => {
      about.appearance.setLook(look);
      return { taken: true };
    },
    listLayouts: async () => ({ layouts: [...(await about.appearance.layouts())] }),
    setLayout: async (id) => ({ taken: await about.appearance.setLayout(id) }),
    getKeys: async () => ({ rows: await about.appearance.keys() }),
    setRemember: async (wanted) => ({ taken: await about.appearance.setRemember(wanted) }),
  };
}
