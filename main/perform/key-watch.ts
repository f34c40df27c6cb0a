// Notices a key USB that is plugged in while the unlock screen asks, and one that is pulled while the desktop is shown. It
// looks at names only: which disks and mounts there are. The key itself is read when something new is there and the screen
// asks, never else; one that was there before is for the button, and a wrong one is not tried again until it changes.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { State } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';

/** Half of it is what noticing costs on average. */
const lookEveryMs = 250;

export interface KeyWatch {
  /** After every step of the story. */
  follow(state: State<OpenVault, RunningGuest>): void;
  end(): void;
}

export function keyWatch(about: {
  /** What is plugged in, as one text that changes with it. */
  readonly plugged: () => string;
  /** A key file lies on a disk that is there now, and the vault has a keyslot for it alone. */
  readonly opens: () => Promise<boolean>;
  readonly onKey: () => void;
}): KeyWatch {
  let watching: NodeJS.Timeout | null = null;
  let seen = '';
  let looking = false;
  const stop = (): void => {
    if (watching !== null) clearInterval(watching);
    watching = null;
  };
  const look = async (): Promise<void> => {
    const now = about.plugged();
    if (now === seen || looking) return;
    looking = true;
    try {
      if ((await about.opens()) && watching !== null) about.onKey();
      // Something that is not readable yet comes with a change of its own, its mount.
      seen = now;
    } finally {
      looking = false;
    }
  };
  return {
    follow: (state) => {
      const asks = state.at === 'locked' || (state.at === 'idleLocked' && state.checking === null);
      if (!asks) return stop();
      if (watching !== null) return;
      // What was there before the screen came is not plugged in now; what came during a try is.
      if (seen === '') seen = about.plugged();
      watching = setInterval(() => void look(), lookEveryMs);
    },
    end: stop,
  };
}

/** Disks, mounts, and the paths that were named beside them. Never empty. */
export function pluggedNow(more: readonly string[]): string {
  return JSON.stringify([namesIn('/sys/class/block'), textOf('/proc/self/mounts'), more.map(changeOf)]);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function changeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
