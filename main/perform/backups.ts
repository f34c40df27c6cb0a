// Backups beside the story: while a vault is open and its guest runs, what is not backed up yet goes over by itself, at
// the lowest priority, on the mains and on a free network; a person can ask for it now, hold it, go on, stop it, or have
// it tried. It must be over before the vault closes. Which moments go where is main/backup's.
import { statSync } from 'node:fs';
import {
  type BackupAct,
  type BackupState,
  type BackupWork,
  type DrillPicture,
  noBackup,
  type RepositoryView,
} from '../../preload/contract/backup';
import type { OnProgress, Progress } from '../../preload/contract/progress';
import {
  type BackupPlaces,
  chosenRepositories,
  drillBackup,
  type Pace,
  type RepositoryFacts,
  readDrillPicture,
  repositoryFacts,
  runBackup,
} from '../backup/backup';
import type { OpenVault } from '../vault/vault';

/** After waking the stick has other things to read; then the first one begins. */
const firstAfterMs = 60_000;
const everyMs = 3_600_000;
/** How often is looked whether a disk was plugged in. */
const lookEveryMs = 5_000;
/** The person reads that the disk is here, then its backup begins. */
const nearbyShownMs = 9_000;

export interface BackupDesk {
  /** Of this vault, from now on; backs up by itself while it is open. */
  load(vault: OpenVault): Promise<void>;
  /** False: nothing of the kind can be done now. */
  act(act: BackupAct): boolean;
  /** After a suspend, where a repository asks for it; fulfils when it is done, skipped or failed. */
  afterSuspend(vault: OpenVault, onProgress: OnProgress): Promise<void>;
  /** Stops what is under way; fulfils when no restic has the vault's files open. */
  leave(): Promise<void>;
  told(): BackupState;
  /** A drill's screen as PNG; null: there is none, or no vault is open. */
  picture(asked: DrillPicture): Promise<Uint8Array<ArrayBuffer> | null>;
}

export function backupDesk(about: {
  readonly onChanged: () => void;
  /** A disk that backups go to was plugged in. */
  readonly onNearby: () => void;
  /** This PC is about to go out: nothing is begun that can wait. */
  readonly isEmpty?: () => Promise<boolean>;
  readonly now: () => string;
  readonly testOnlyPauses?: { readonly lookEveryMs: number; readonly nearbyShownMs: number };
}): BackupDesk {
  const pauses = about.testOnlyPauses ?? { lookEveryMs, nearbyShownMs };
  let vault: OpenVault | null = null;
  let facts: readonly RepositoryFacts[] = [];
  let work: BackupWork | null = null;
  let pace: Pace | null = null;
  let stop = new AbortController();
  let going: Promise<void> = Promise.resolve();
  let next: { timer: NodeJS.Timeout; at: string } | null = null;
  let looking: NodeJS.Timeout | null = null;
  let nearby: string | null = null;
  let away = new Set<string>();

  const read = async (): Promise<void> => {
    const known = vault === null ? null : await repositoryFacts(vault.mountPoint);
    const before = JSON.stringify(facts);
    facts = known?.ok ? known.value : [];
    if (JSON.stringify(facts) === before) return;
    if (next === null && work === null) later(firstAfterMs);
    about.onChanged();
  };
  const later = (afterMs: number): void => {
    if (next !== null) clearTimeout(next.timer);
    if (vault === null || facts.length === 0) {
      next = null;
      return;
    }
    const at = new Date(Date.parse(about.now()) + afterMs).toISOString();
    next = { at, timer: setTimeout(() => begin({ patient: true }), afterMs) };
    about.onChanged();
  };
  const seen = (name: string, onProgress?: OnProgress): OnProgress => {
    const began = performance.now();
    return (progress) => {
      work = workOf({ name, progress, began, paused: pace?.paused ?? null }) ?? work;
      onProgress?.(progress);
      about.onChanged();
    };
  };

  const backUp = async (how: {
    readonly patient: boolean;
    /** Only where it is asked for after each suspend. */
    readonly afterSuspend?: true;
    readonly onProgress?: OnProgress;
  }): Promise<void> => {
    if (vault === null) return;
    const chosen = await chosenRepositories(vault.mountPoint, null);
    if (!chosen.ok) return;
    for (const repository of chosen.value) {
      if (stop.signal.aborted) return;
      if (how.afterSuspend && !repository.afterSuspend) continue;
      // Until restic knows better: as long as the last time.
      const secondsLeft = facts.find(({ name }) => name === repository.name)?.seconds ?? null;
      const tell = seen(repository.name, how.onProgress);
      tell({ stage: 'backup', done: 0, total: null, unit: 'bytes', secondsLeft, reversible: true });
      await runBackup({
        ...{ places: placesOf(vault), repository, signal: stop.signal, patient: how.patient },
        onProgress: tell,
        onPace: (told) => {
          pace = told;
        },
        onPaused: (paused) => {
          if (work !== null) work = { ...work, paused };
          about.onChanged();
        },
      });
      await read();
    }
  };
  const tryOut = async (): Promise<void> => {
    if (vault === null) return;
    for (const { name } of facts) {
      work = { ...idleWork, name, stage: 'restore' };
      const { signal } = stop;
      await drillBackup({ places: placesOf(vault), name, guest: null, signal, onProgress: seen(name) });
      await read();
    }
  };
  const busy = (doing: () => Promise<void>): Promise<void> => {
    stop = new AbortController();
    nearby = null;
    work = { ...idleWork, name: '' };
    going = doing()
      .catch(() => {}) // what went wrong stands in the repository's facts
      .then(() => {
        work = null;
        pace = null;
        later(everyMs);
        about.onChanged();
      });
    return going;
  };
  const begin = (how: { readonly patient: boolean }): void => {
    if (work === null) void busy(() => backUp(how));
  };
  /** A disk that was away and is there: told, and where it is behind the backup begins. */
  const lookForDisks = (): void => {
    if (work === null) void read(); // another program may add a repository, or back up
    for (const { name, kind, location } of facts) {
      if (kind !== 'folder') continue;
      const there = statSync(location, { throwIfNoEntry: false })?.isDirectory() === true;
      if (there && away.has(name) && work === null) {
        nearby = name;
        about.onChanged();
        about.onNearby();
        later(pauses.nearbyShownMs);
      }
      if (there) away.delete(name);
      else away.add(name);
    }
  };

  return {
    load: async (opened) => {
      if (vault?.mountPoint === opened.mountPoint) return;
      vault = opened;
      away = new Set();
      await read();
      later(firstAfterMs);
      lookForDisks();
      looking ??= setInterval(lookForDisks, pauses.lookEveryMs);
    },
    act: (act) => {
      switch (act) {
        case 'now':
          if (vault === null || work !== null || facts.length === 0) return false;
          begin({ patient: false });
          return true;
        case 'drill':
          if (vault === null || work !== null || facts.length === 0) return false;
          void busy(tryOut);
          return true;
        case 'pause':
        case 'goOn':
          if (pace === null || work?.stage !== 'backup') return false;
          if (act === 'pause') pace.hold();
          else pace.goOn();
          return true;
        case 'cancel':
          if (work === null) return false;
          stop.abort();
          return true;
      }
    },
    afterSuspend: async (opened, onProgress) => {
      const wanted = facts.some((each) => each.afterSuspend);
      if (!wanted || vault?.mountPoint !== opened.mountPoint) return;
      if (await about.isEmpty?.()) return;
      stop.abort();
      await going;
      await busy(() => backUp({ patient: false, afterSuspend: true, onProgress }));
    },
    leave: async () => {
      if (next !== null) clearTimeout(next.timer);
      if (looking !== null) clearInterval(looking);
      looking = null;
      vault = null;
      stop.abort();
      await going;
      next = null;
      facts = [];
    },
    picture: async (asked) => (vault === null ? null : readDrillPicture(vault.mountPoint, asked)),
    told: () => toldOf({ facts, work, nextAt: next?.at ?? null, nearby }),
  };
}

const idleWork: Omit<BackupWork, 'name'> = {
  ...{ stage: 'backup', done: 0, total: null, secondsLeft: null, bytesPerSecond: null, paused: null },
};

function placesOf({ mountPoint, guestsFolder, runtimeFolder, uuid }: OpenVault): BackupPlaces {
  return { mountPoint, guestsFolder, runtimeFolder, uuid };
}

function workOf(about: {
  readonly name: string;
  readonly progress: Progress;
  readonly began: number;
  readonly paused: BackupWork['paused'];
}): BackupWork | null {
  const { name, progress, began, paused } = about;
  const { stage, done, total, secondsLeft } = progress;
  if (stage !== 'backup' && stage !== 'verify' && stage !== 'restore' && stage !== 'drill') return null;
  const seconds = (performance.now() - began) / 1000;
  const bytesPerSecond = progress.unit === 'bytes' && done > 0 && seconds > 1 ? done / seconds : null;
  return { name, stage, done, total, secondsLeft, bytesPerSecond, paused };
}

function toldOf(about: {
  readonly facts: readonly RepositoryFacts[];
  readonly work: BackupWork | null;
  readonly nextAt: string | null;
  readonly nearby: string | null;
}): BackupState {
  const { facts, work, nextAt, nearby } = about;
  if (facts.length === 0) return noBackup;
  const good = facts.flatMap(({ lastGoodAt }) => (lastGoodAt === null ? [] : [lastGoodAt])).sort();
  const failed = facts.some(
    ({ fault, check }) => (fault !== null && fault.code !== 'cancelled') || check === 'damaged',
  );
  const state = work === null ? (failed ? 'failed' : 'idle') : work.paused === null ? 'running' : 'paused';
  return {
    ...{ state, lastGoodAt: good.at(-1) ?? null, work, nextAt, nearby },
    repositories: facts.slice(0, 16).map(viewOf),
  };
}

function viewOf(facts: RepositoryFacts): RepositoryView {
  const { name, kind, location, lastGoodAt, bytesMoved, seconds, check, drill, fault } = facts;
  return {
    ...{ name, kind, location, lastGoodAt, bytesMoved, seconds, check },
    drill:
      drill === null ? null : { at: drill.at, passed: drill.passed, hasPictures: drill.picture !== null },
    fault: fault === null || fault.code === 'cancelled' ? null : fault.code,
  };
}
