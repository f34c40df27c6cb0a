// The channels' names alone, without their parsers: the bridge is built from this list, so that the sandboxed preload
// carries no zod. channels.ts must have exactly these keys, or it does not compile.

export const channelNames = [
  'getView',
  'unlock',
  'unlockWithKeyUsb',
  'makeVault',
  'chooseGuest',
  'suspend',
  'cancel',
  'backToDesktop',
  'shutGuestDown',
  'hideBar',
  'wakeAgain',
  'takeExit',
  'switchOff',
  'setLook',
] as const;

export type ChannelName = (typeof channelNames)[number];

/** Names on Electron's wire. */
export const askWire = (channel: ChannelName): string => `soulpad:ask:${channel}`;
export const viewWire = 'soulpad:push:view';
