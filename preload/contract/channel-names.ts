// The channels' names alone, without their parsers: the bridge is built from this list, so that the sandboxed preload
// carries no zod. channels.ts must have exactly these keys, or it does not compile.

export const channelNames = [
  'getView',
  'unlock',
  'unlockWithKeyUsb',
  'chooseVault',
  'otherVault',
  'setupBack',
  'setupNext',
  'suggestPhrase',
  'choosePassphrase',
  'pickGuest',
  'chooseGuestSize',
  'showRecoveryKey',
  'confirmRecoveryKey',
  'restoreBackup',
  'pickBackupFolder',
  'nameBackup',
  'openBackup',
  'retryBackup',
  'chooseBackup',
  'backupPicture',
  'chooseGuest',
  'guestPicture',
  'showMoments',
  'momentPicture',
  'wakeMoment',
  'makeRoom',
  'showWays',
  'leaveWays',
  'editWay',
  'pickKeyFolder',
  'drawRecoveryKey',
  'saveRecoverySheet',
  'setVaultSettings',
  'showSticks',
  'leaveSticks',
  'askDisk',
  'nameDisk',
  'suspend',
  'cancel',
  'backToDesktop',
  'shutGuestDown',
  'hideBar',
  'showControls',
  'chooseDisplay',
  'keepDisplay',
  'sendKeys',
  'setControls',
  'backup',
  'drillPicture',
  'setVolume',
  'wakeAgain',
  'takeExit',
  'switchOff',
  'setLook',
  'listLayouts',
  'setLayout',
  'getKeys',
  'setRemember',
] as const;

export type ChannelName = (typeof channelNames)[number];

export const pushNames = ['view', 'buildOutput'] as const;

export type PushName = (typeof pushNames)[number];

/** Names on Electron's wire. */
export const askWire = (channel: ChannelName): string => `soulpad:ask:${channel}`;
export const pushWire = (push: PushName): string => `soulpad:push:${push}`;
