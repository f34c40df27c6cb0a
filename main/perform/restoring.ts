// Carries out what the first run asks of a backup: picks its folder, reads what lies in it, restores what was chosen into
// the new vault. All guests of one choice come back, or none: what a cancelled or failed restore had brought is removed.
// Then the new vault knows the repository, so that backups go on where they stopped.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import type { RestoreChoice } from '../../preload/contract/restore';
import { readLocation, restoreMoments, sayLocation } from '../backup/backup';
import type { Effect, Event } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import { enter } from './looking';
import type { PaperBox } from './paper-box';
import type { PaperWay } from './paper-way';
import type { Guests, RunningGuest } from './parts';

type KioskEvent = Event<OpenVault, RunningGuest>;
export type RestoringEffect = Extract<
  Effect<OpenVault, RunningGuest>,
  { do: 'pickBackupFolder' | 'readBackup' | 'restoreGuests' | 'cancelRestore' | 'forgetBackup' }
>;

const restoringEffects: Readonly<Record<RestoringEffect['do'], true>> = {
  ...{ pickBackupFolder: true, readBackup: true, restoreGuests: true },
  ...{ cancelRestore: true, forgetBackup: true },
};

export function isOfRestoring(effect: Effect<OpenVault, RunningGuest>): effect is RestoringEffect {
  return effect.do in restoringEffects;
}

export interface RestoringOrgans {
  readonly paper: PaperBox;
  readonly paperWay: PaperWay;
  /** Main's own dialog. Null: closed without a choice. */
  readonly chooseFolder: () => Promise<string | null>;
  /** Bytes where the vault is or is to be; null: nobody can tell. */
  readonly freeBytes: () => Promise<number | null>;
  readonly guests: Guests;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}

export function restoringPerformer(about: {
  readonly organs: RestoringOrgans;
  readonly send: (event: KioskEvent) => void;
  readonly onProgress: OnProgress;
  readonly start: (work: Promise<void>, failed: (fault: Fault) => KioskEvent) => void;
}): (effect: RestoringEffect) => Promise<void> {
  const { organs, send, onProgress, start } = about;
  const { paper, paperWay } = organs;
  let stop = new AbortController();

  const pick = async (): Promise<void> => {
    const path = await organs.chooseFolder();
    if (path === null) return send({ is: 'backupPlaced', place: null });
    const read = readLocation(path);
    if (!read.ok) return send({ is: 'backupRefused', fault: read.fault });
    paper.place(read.value);
    send({ is: 'backupPlaced', place: sayLocation(read.value.location) });
  };

  const read = async (): Promise<void> => {
    stop = new AbortController();
    const freeBytes = await organs.freeBytes();
    const found = await paperWay.look({ freeBytes, signal: stop.signal });
    if (found.ok) return send({ is: 'backupFound', found: found.value.told });
    send({ is: 'backupUnread', fault: found.fault, asks: await paperWay.asksOf(found.fault) });
  };

  const restore = async (vault: OpenVault, choice: RestoreChoice): Promise<void> => {
    stop = new AbortController();
    const { signal } = stop;
    const moments = paperWay.chosen(choice);
    const done = await paperWay.reach((access) =>
      restoreMoments({ access, moments, places: vault, signal, onProgress }),
    );
    if (!done.ok) {
      // Set-up is over once a vault has a guest: half a choice would never be completed.
      for (const { guest } of done.fault.code === 'alreadyThere' ? [] : moments)
        await rm(join(vault.guestsFolder, guest), { recursive: true, force: true }).catch(() => {});
      return send({ is: 'buildFailed', fault: done.fault });
    }
    // Where it cannot be taken up, the guests are there all the same, and the backup page says that none is known.
    await paperWay.takeUp(vault, { now: organs.now(), signal });
    const entered = await enter({ vault, guests: organs.guests, plainPassphraseFile: false });
    if (!entered.ok) return send({ is: 'buildFailed', fault: entered.fault });
    send({ is: 'guestMade', inside: entered.value.inside });
  };

  return async (effect) => {
    switch (effect.do) {
      case 'pickBackupFolder':
        return start(pick(), (fault) => ({ is: 'backupRefused', fault }));
      case 'readBackup':
        return start(read(), (fault) => ({ is: 'backupUnread', fault, asks: null }));
      case 'restoreGuests':
        return start(restore(effect.vault, effect.choice), (fault) => ({ is: 'buildFailed', fault }));
      case 'cancelRestore':
        return stop.abort();
      case 'forgetBackup':
        return paperWay.forget();
    }
  };
}
