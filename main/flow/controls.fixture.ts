// What can happen to the bar and the control page, for the walk over the machine and for their own story; and a PC that has
// nothing to say of itself.
import { noBackup } from '../../preload/contract/backup';
import { type Controls, controlsAtFirst } from '../../preload/contract/controls';
import type { Event } from './state';

export const controls: Controls = {
  settings: controlsAtFirst,
  pc: { battery: null, network: 'none', volume: null },
  display: null,
  backup: noBackup,
};

export const larger = { output: null, way: 'larger' } as const;

export const events: readonly Event<'vault', 'guest'>[] = [
  { is: 'screensChanged' },
  { is: 'waited', of: 'hint' },
  { is: 'waited', of: 'trial' },
  { is: 'waited', of: 'nearby' },
  { is: 'backupNearby' },
  { is: 'controlsAsked', section: 'display' },
  { is: 'displayAsked', choice: larger },
  { is: 'keepAsked', keep: true },
  { is: 'keepAsked', keep: false },
  { is: 'keysAsked', keys: 'ctrl-alt-delete' },
];
