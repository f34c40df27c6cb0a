// The one list of what the renderer may ask and what main pushes. The bridge (preload/bridge.ts), the checks
// (main/ipc) and the asker (app/ask.ts) are all built from it, so that no channel exists in one of them only.
import { z } from 'zod';
import { backupActSchema, drillPictureSchema } from './backup';
import type { ChannelName, PushName } from './channel-names';
import { controlSettingsSchema, displayChoiceSchema, sectionSchema, volumeSchema } from './controls';
import { guestIdSchema } from './keeper';
import { keyRowsSchema, layoutIdSchema, layoutListSchema } from './keyboard';
import { momentIndexSchema, restoreChoiceSchema } from './restore';
import { sentKeysSchema } from './screen';
import { buildOutputSchema, guestKindSchema, pictureSchema, sizeAskedSchema } from './setup';
import { diskIdSchema, typedNameSchema } from './sticks';
import { momentNumberSchema } from './timeline';
import { vaultIdSchema } from './vaults';
import { exitSchema, lookSchema, viewSchema } from './view';
import { vaultSettingsSchema, wayEditSchema } from './ways';

/** A passphrase as UTF-8 bytes (NFC): bytes can be wiped, strings cannot. At most 1 KiB. */
export const secretSchema = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.byteLength > 0 && bytes.byteLength <= 1024, 'a secret has 1 to 1024 bytes');

const none = z.undefined();
const done = z.object({ taken: z.boolean() });
/** Bytes that main made up and that the page shows: wiped on both sides once they are drawn. */
const shownSecret = secretSchema.nullable();

/** channel -> (request, reply). `taken: false`: the story was in a state that has no such act; nothing happened. */
export const channels = {
  getView: { request: none, reply: viewSchema },
  unlock: { request: secretSchema, reply: done },
  unlockWithKeyUsb: { request: none, reply: done },
  /** One of those that the view shows, without a fault. */
  chooseVault: { request: vaultIdSchema, reply: done },
  /** Back to all of them; not while a wrong try is waited out. */
  otherVault: { request: none, reply: done },
  /** Set-up, one step back or on. On: from language, and from guest once one is picked. Not while building. */
  setupBack: { request: none, reply: done },
  setupNext: { request: none, reply: done },
  /** Seven words in the shown language or English, UTF-8, drawn by main and kept nowhere. */
  suggestPhrase: { request: none, reply: done.extend({ phrase: shownSecret }) },
  /** Main checks the rules again: what is wrong stands in the view's fault. Goes on to the guest. */
  choosePassphrase: { request: secretSchema, reply: done },
  /** For an image or ISO main opens the file dialog itself. No path comes from the page. */
  pickGuest: { request: guestKindSchema, reply: done },
  /** One of the sizes that are offered for it; no number comes from the page. */
  chooseGuestSize: { request: sizeAskedSchema, reply: done },
  /** Step recovery: 48 ASCII digits, eight groups of six. */
  showRecoveryKey: { request: none, reply: done.extend({ key: shownSecret }) },
  /** The digits of the two groups asked for, in order. `right` goes on to building. */
  confirmRecoveryKey: { request: secretSchema, reply: done.extend({ right: z.boolean() }) },
  /** From the language and from the guest: what a backup holds comes back in place of a new guest. */
  restoreBackup: { request: none, reply: done },
  /** Main opens the dialog itself. */
  pickBackupFolder: { request: none, reply: done },
  /** An address as a person writes it, UTF-8: it may hold a password. The view shows it without. */
  nameBackup: { request: secretSchema, reply: done },
  /** The recovery key as typed, UTF-8. What lies in the backup stands in the view. */
  openBackup: { request: secretSchema, reply: done },
  /** Once more, with what was typed: the fingerprint in the view was compared, or our key was let in. */
  retryBackup: { request: none, reply: done },
  chooseBackup: { request: restoreChoiceSchema, reply: done },
  /** Only while the moments are shown. */
  backupPicture: { request: momentIndexSchema, reply: z.object({ png: pictureSchema.nullable() }) },
  chooseGuest: { request: guestIdSchema, reply: done },
  /** Only while one is chosen. */
  guestPicture: { request: guestIdSchema, reply: z.object({ png: pictureSchema.nullable() }) },
  /** Null: of the guest at hand. One that runs is saved first. */
  showMoments: { request: guestIdSchema.nullable(), reply: done },
  /** Only while its moments are shown. */
  momentPicture: { request: momentNumberSchema, reply: z.object({ png: pictureSchema.nullable() }) },
  /** The present one, or an older one: that is named and woken, and nothing is thrown away. */
  wakeMoment: { request: momentNumberSchema, reply: done },
  /** Takes away what the screen told. */
  makeRoom: { request: none, reply: done },
  /** From the guests, the saved moments and the control page: what opens this vault, and when it locks. */
  showWays: { request: none, reply: done },
  leaveWays: { request: none, reply: done },
  /** What comes of it stands in the view. */
  editWay: { request: wayEditSchema, reply: done },
  /** For a new key file: main opens the dialog itself. */
  pickKeyFolder: { request: none, reply: done },
  /** A new recovery key, kept by main until it is added, or the person leaves; `showRecoveryKey` then shows it. */
  drawRecoveryKey: { request: none, reply: done },
  /** As a PDF, to the folder that the person picks in main's dialog; the one file that a secret may be in. */
  saveRecoverySheet: { request: none, reply: done.extend({ saved: z.boolean() }) },
  setVaultSettings: { request: vaultSettingsSchema, reply: done },
  /** Where no guest runs and no secret was given: the page that writes a stick. Never on a stick. */
  showSticks: { request: none, reply: done },
  /** Not while a disk is being written. */
  leaveSticks: { request: none, reply: done },
  /** One that the view shows and that is not refused: its name is asked. Null: back to all of them. */
  askDisk: { request: diskIdSchema.nullable(), reply: done },
  /** Its name as typed; main compares it. `right`: it is being erased and written. */
  nameDisk: { request: typedNameSchema, reply: done.extend({ right: z.boolean() }) },
  suspend: { request: none, reply: done },
  /** Stop and go back, while the work is reversible. */
  cancel: { request: none, reply: done },
  backToDesktop: { request: none, reply: done },
  shutGuestDown: { request: none, reply: done },
  hideBar: { request: none, reply: done },
  /** The control page over the guest, at that part. */
  showControls: { request: sectionSchema, reply: done },
  /** Shown so at once, and taken back after a while unless it is kept. */
  chooseDisplay: { request: displayChoiceSchema, reply: done },
  /** False: taken back now. */
  keepDisplay: { request: z.boolean(), reply: done },
  /** To the guest, which is shown again. */
  sendKeys: { request: sentKeysSchema, reply: done },
  /** Only while a vault is open: they are kept in it. */
  setControls: { request: controlSettingsSchema, reply: done },
  /** Of the open vault's repositories: now, hold, go on, stop, try it out. */
  backup: { request: backupActSchema, reply: done },
  /** Only while a guest runs. */
  drillPicture: { request: drillPictureSchema, reply: z.object({ png: pictureSchema.nullable() }) },
  /** Of this PC. */
  setVolume: { request: volumeSchema, reply: done },
  wakeAgain: { request: none, reply: done },
  takeExit: { request: exitSchema, reply: done },
  switchOff: { request: none, reply: done },
  setLook: { request: lookSchema, reply: done },
  /** All keyboard layouts of this PC. */
  listLayouts: { request: none, reply: z.object({ layouts: layoutListSchema }) },
  /** One of them. `taken: false`: it could not be set, the view says which one is in effect. */
  setLayout: { request: layoutIdSchema, reply: done },
  /** What the keys write in the layout in effect; no rows where nobody can tell. */
  getKeys: { request: none, reply: z.object({ rows: keyRowsSchema }) },
  /** Keep look and layout outside the vault, or forget what was kept. `taken: false`: it could not be written. */
  setRemember: { request: z.boolean(), reply: done },
} as const satisfies Record<ChannelName, { readonly request: z.ZodType; readonly reply: z.ZodType }>;

export type Channel = keyof typeof channels;
export type RequestFor<C extends Channel> = z.infer<(typeof channels)[C]['request']>;
export type ReplyFor<C extends Channel> = z.infer<(typeof channels)[C]['reply']>;

/** What main pushes -> its shape. */
export const pushes = {
  view: viewSchema,
  buildOutput: buildOutputSchema,
} as const satisfies Record<PushName, z.ZodType>;

export type Push<P extends PushName> = z.infer<(typeof pushes)[P]>;

/** An IPC reply: a refusal is an error reply that names the check. */
export type IpcReply<C extends Channel> = { ok: true; value: ReplyFor<C> } | { ok: false; refused: string };

/** `window.kiosk`, as the bridge makes it: one function a channel, and the one subscription. */
export type Kiosk = {
  readonly [C in Channel]: (
    ...request: RequestFor<C> extends undefined ? [] : [request: RequestFor<C>]
  ) => Promise<IpcReply<C>>;
} & {
  /** `onView`, `onBuildOutput`: calls back with every push, until the returned function is called. */
  readonly [P in PushName as `on${Capitalize<P>}`]: (listener: (pushed: Push<P>) => void) => () => void;
};
