// Notices that the key USB which opened the vault is pulled out, where the vault's owner chose that nothing stays open then.
// It looks at the disk's name only, and reads no key. Which disk it was is told by whoever opened the vault; after a crash
// nobody knows it, and nothing is watched until the vault is opened again.
import type { VaultSettings } from '../../preload/contract/ways';
import type { State } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';

const lookEveryMs = 250;

export interface KeyPullWatch {
  /** After every step of the story. */
  follow(state: State<OpenVault, RunningGuest>): void;
  /** The disk whose key opened the vault; null: it was opened without one. */
  opened(source: string | null): void;
  end(): void;
}

export function keyPullWatch(about: {
  readonly isPlugged: (source: string) => boolean;
  readonly settings: (vault: OpenVault) => Promise<VaultSettings>;
  readonly onPulled: () => void;
}): KeyPullWatch {
  let source: string | null = null;
  let vault: OpenVault | null = null;
  let looking: NodeJS.Timeout | null = null;
  /** A pull is told once: who goes back to the desktop after a failure keeps it. */
  let told = false;
  const stop = (): void => {
    if (looking !== null) clearInterval(looking);
    looking = null;
  };
  const look = async (): Promise<void> => {
    if (source === null || vault === null) return;
    if (about.isPlugged(source)) {
      told = false;
      return;
    }
    if (told) return;
    told = true;
    const { keyPulled } = await about.settings(vault);
    // The story went on meanwhile to where this cannot be acted on: it is told when it can be.
    if (vault === null) told = false;
    else if (keyPulled === 'suspend') about.onPulled();
  };
  return {
    opened: (from) => {
      source = from;
      told = false;
    },
    follow: (state) => {
      vault = actingVault(state);
      if (vault === null || source === null) return stop();
      looking ??= setInterval(() => void look(), lookEveryMs);
    },
    end: stop,
  };
}

/** Of the states that can save and close at once; the others are looked at again when they are over. */
function actingVault(state: State<OpenVault, RunningGuest>): OpenVault | null {
  switch (state.at) {
    case 'live':
      return state.awake.vault;
    case 'idleLocked':
      return state.checking === null ? state.awake.vault : null;
    case 'ways':
      return state.busy ? null : state.inside.vault;
    case 'choosing':
      return state.inside.vault;
    case 'timeline':
      return state.work === null ? state.inside.vault : null;
    default:
      return null;
  }
}
