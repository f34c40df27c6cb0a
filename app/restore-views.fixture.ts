// One story for every state that bringing a backup back can be in, on top of set-up's own; see views.fixture.ts. Not shipped.
import type { FaultCode } from '../preload/contract/fault';
import type { StageId } from '../preload/contract/progress';
import type { FoundBackup, RestoreView, StoredMomentView } from '../preload/contract/restore';
import type { Story, Work } from '../preload/contract/view';

type Setup = Story & { state: 'setup' };

const gigabyte = 1e9;
const day = (date: number, hour: number): string => new Date(2026, 9, date, hour, 20).toISOString();
const nothingSaid: RestoreView = { place: null, keyed: false, asks: null, busy: null, found: null };
const placed: RestoreView = { ...nothingSaid, place: '/media/ada/Backup of the district office/soulpad' };
const backupOf = (guest: string, at: string, bytes: number, fits = true): StoredMomentView => ({
  guest,
  at,
  bytes,
  fits,
});
const foundMoments: StoredMomentView[] = [
  backupOf('the-pc-of-the-district-office', day(14, 14), 9.4 * gigabyte),
  backupOf('letters', day(13, 18), 3.1 * gigabyte),
  backupOf('the-pc-of-the-district-office', day(12, 7), 9.1 * gigabyte),
  backupOf('letters', day(10, 7), 3 * gigabyte),
];
const whole = { guests: 2, at: day(14, 14), bytes: 12.5 * gigabyte, fits: true };
const foundAll: FoundBackup = {
  ...{ whole, moments: foundMoments },
  ...{ more: 0, freeBytes: 58 * gigabyte },
};

export function restoreStories(about: {
  readonly setup: Setup;
  readonly work: (ids: readonly StageId[], done: number, part: Partial<Work>) => Work;
  readonly fault: (code: FaultCode) => Setup['fault'];
}) {
  const { setup, work, fault } = about;
  const whereStep: Setup = { ...setup, step: 'where', restore: nothingSaid };
  const momentsStep: Setup = {
    ...{ ...setup, step: 'moments' },
    restore: { ...placed, keyed: true, found: foundAll },
  };
  const withFound = (part: Partial<FoundBackup>): Setup => ({
    ...momentsStep,
    restore: { ...placed, keyed: true, found: { ...foundAll, ...part } },
  });
  return {
    'restore-where': whereStep,
    'restore-where-wrong': { ...whereStep, fault: fault('usage') },
    'restore-where-picking': { ...whereStep, restore: { ...nothingSaid, busy: 'picking' } },
    'restore-key': { ...whereStep, restore: placed },
    'restore-key-wrong': { ...whereStep, restore: placed, fault: fault('wrongBackupKey') },
    'restore-key-reading': { ...whereStep, restore: { ...placed, keyed: true, busy: 'reading' } },
    'restore-host-key': {
      ...whereStep,
      restore: {
        ...{ ...nothingSaid, keyed: true, place: 'sftp://ada@nas.example/backup' },
        asks: { is: 'hostKey', fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrTC1AoNHdNMyfn9eIJdFsYQ' },
      },
    },
    'restore-admission': {
      ...whereStep,
      restore: {
        ...{ ...nothingSaid, keyed: true, place: 'sftp://ada@nas.example/backup' },
        asks: {
          is: 'admission',
          line: `ssh-ed25519 ${'AAAAC3NzaC1lZDI1NTE5AAAAI'.padEnd(68, 'JX7q')} soulpad backup`,
        },
      },
    },
    'restore-moments': momentsStep,
    'restore-moments-one': withFound({ whole: null, moments: foundMoments.slice(0, 1) }),
    'restore-moments-small': withFound({
      freeBytes: 4 * gigabyte,
      whole: { ...whole, fits: false },
      moments: foundMoments.map((moment) => ({ ...moment, fits: moment.guest === 'letters' })),
    }),
    'restore-moments-fault': { ...momentsStep, fault: fault('damagedBackup') },
    'restore-passphrase': { ...momentsStep, step: 'passphrase' },
    'restore-building': {
      ...momentsStep,
      step: 'building',
      work: work(['key', 'mount', 'restore'], 2, { fraction: 0.41, secondsLeft: 260 }),
    },
  } satisfies Record<string, Setup>;
}
