// What can happen while a backup is brought back, for the machine's tests: each event at least once. Nothing here is shipped.
import type { FoundBackup } from '../../preload/contract/restore';
import type { Event } from './state';

const at = '2026-01-02T03:04:05Z';

export const found: FoundBackup = {
  whole: { guests: 2, at, bytes: 8e9, fits: false },
  moments: [
    { guest: 'debian', at, bytes: 3e9, fits: true },
    { guest: 'letters', at, bytes: 5e9, fits: false },
  ],
  ...{ more: 0, freeBytes: 4e9 },
};

export const gone = { code: 'missingRepository', stage: 'backup.paper', message: 'no disk' } as const;

export const events: readonly Event<'vault', 'guest'>[] = [
  { is: 'restoreAsked' },
  { is: 'backupFolderAsked' },
  { is: 'backupPlaced', place: '/media/disk/soulpad' },
  { is: 'backupPlaced', place: null },
  { is: 'backupRefused', fault: { code: 'usage', stage: 'backup.location', message: 'no place' } },
  { is: 'backupOpenAsked' },
  { is: 'backupFound', found },
  { is: 'backupUnread', fault: gone, asks: null },
  {
    is: 'backupUnread',
    fault: { ...gone, code: 'wrongHostKey' },
    asks: { is: 'hostKey', fingerprint: 'SHA256:abc' },
  },
  { is: 'backupRetryAsked' },
  { is: 'backupChosen', choice: 0 },
  { is: 'backupChosen', choice: 'all' },
];
