// The way to a backup by paper, while the first run needs it: one folder for what reaches it, kept from try to try so that
// a server is shown one key and one fingerprint; what was found there; its pictures, drawn one after the other.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { RestoreChoice, ServerAsks } from '../../preload/contract/restore';
import { fail, ok, type Result } from '../../preload/contract/result';
import {
  type Access,
  addRepository,
  type Found,
  findMoments,
  keepByDefault,
  momentPictureIn,
  paperFolder,
  reachByPaper,
  type StoredMoment,
  whatServerAsks,
} from '../backup/backup';
import type { OpenVault } from '../vault/vault';
import type { PaperBox } from './paper-box';

const stage = 'backup.paper';

export interface PaperWay {
  /** Faults: wrongBackupKey, wrongHostKey, denied, missingRepository, toolMissing, io, and those of `work`. */
  reach<T>(work: (access: Access) => Promise<Result<T>>): Promise<Result<T>>;
  /** What the server wants of the person after that fault. A fingerprint told here is trusted by the next `reach`. */
  asksOf(fault: Fault): Promise<ServerAsks | null>;
  /** Faults: missingGeneration (nothing of ours lies there), damagedBackup, and those of `reach`. */
  look(about: { readonly freeBytes: number | null; readonly signal: AbortSignal }): Promise<Result<Found>>;
  /** Of what was found. */
  chosen(choice: RestoreChoice): readonly StoredMoment[];
  /** A moment's last screen, counted as the screen shows them; null: none. */
  picture(index: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** That vault backs up there from now on. Faults: those of addRepository. */
  takeUp(
    vault: OpenVault,
    about: { readonly now: string; readonly signal: AbortSignal },
  ): Promise<Result<unknown>>;
  forget(): Promise<void>;
}

/** `runtimeRoot`: 0700, in memory. */
export function paperWay(about: { readonly paper: PaperBox; readonly runtimeRoot: string }): PaperWay {
  const { paper } = about;
  let folder: string | null = null;
  let shown: string | null = null;
  let found: Found | null = null;
  let drawing: Promise<unknown> = Promise.resolve();
  const pictures = new Map<string, Uint8Array<ArrayBuffer> | null>();

  const reach: PaperWay['reach'] = async (work) => {
    const where = paper.where();
    const recovery = paper.recovery();
    try {
      if (where === null || recovery === null) return fail(notSaid);
      if (folder === null) {
        const made = paperFolder(about.runtimeRoot);
        if (!made.ok) return made;
        folder = made.value;
      }
      return await reachByPaper({ ...where, recovery, folder, sshKey: null, trust: shown }, work);
    } finally {
      recovery?.fill(0);
    }
  };

  const draw = async (moment: StoredMoment): Promise<Uint8Array<ArrayBuffer> | null> => {
    const known = pictures.get(moment.snapshot);
    if (known !== undefined) return known;
    const drawn = await reach(async (access) => ok(await momentPictureIn(access, moment)));
    const png = drawn.ok ? drawn.value : null;
    if (found !== null) pictures.set(moment.snapshot, png);
    return png;
  };

  return {
    reach,
    asksOf: async (fault) => {
      const where = paper.where();
      if (where === null || folder === null) return null;
      const asked = await whatServerAsks({ location: where.location, folder, fault });
      const asks = asked.ok ? asked.value : null;
      if (asks?.is === 'hostKey') shown = asks.fingerprint;
      return asks;
    },
    look: async ({ freeBytes, signal }) => {
      const seen = await reach((access) => findMoments({ access, freeBytes, signal }));
      if (!seen.ok) return seen;
      if (seen.value.moments.length === 0) return fail(nothingThere);
      found = seen.value;
      return seen;
    },
    chosen: (choice) => {
      if (found === null) return [];
      return choice === 'all' ? found.newest : found.moments.slice(choice, choice + 1);
    },
    picture: (index) => {
      const moment = found?.moments[index];
      if (moment === undefined) return Promise.resolve(null);
      const next = drawing.then(() => draw(moment));
      drawing = next.catch(() => {}); // told to who asked for it
      // A copy each time: what is answered is wiped.
      return next.then((png) => (png === null ? null : Uint8Array.from(png)));
    },
    takeUp: async ({ mountPoint }, { now, signal }) => {
      const where = paper.where();
      const recovery = paper.recovery();
      if (where === null || recovery === null) return fail(notSaid);
      return addRepository({
        ...{ ...where, mountPoint, recovery, trust: shown, now, signal },
        sshKey: where.location.kind === 'sftp' && folder !== null ? join(folder, 'ssh-key') : null,
        settings: {
          ...{ name: 'backup', appendOnly: false, moments: 'all', afterSuspend: false },
          keep: keepByDefault,
        },
      });
    },
    forget: async () => {
      paper.forget();
      pictures.clear();
      found = null;
      shown = null;
      const left = folder;
      folder = null;
      if (left !== null) await rm(left, { recursive: true, force: true }).catch(() => {});
    },
  };
}

const notSaid: Fault = { code: 'bug', stage, message: 'no place and no paper were given' };
const nothingThere: Fault = {
  ...{ code: 'missingGeneration', stage },
  message: 'no moment of a guest lies in this repository',
};
