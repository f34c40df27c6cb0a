// Tells the flow that nobody is there: no key and no pointer on the whole X screen, the guest's viewer included, for as
// long as the vault's owner chose. It looks only while the desktop is shown, and counts from the moment that it was: who
// opened it by a key USB alone has touched nothing. The settings are read each time the desktop is shown.
import type { VaultSettings } from '../../preload/contract/ways';
import type { State } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';

const lookEveryMs = 1_000;

export interface IdleWatch {
  /** After every step of the story. */
  follow(state: State<OpenVault, RunningGuest>): void;
  end(): void;
}

export function idleWatch(about: {
  /** Seconds since the last key or movement, asked of the X server. */
  readonly idleSeconds: () => number;
  readonly settings: (vault: OpenVault) => Promise<VaultSettings>;
  readonly onIdle: (act: VaultSettings['idleAct']) => void;
  /** Monotonic seconds. */
  readonly seconds: () => number;
}): IdleWatch {
  let watching: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (watching !== null) clearInterval(watching);
    watching = null;
  };
  const watch = (vault: OpenVault): void => {
    const shownAt = about.seconds();
    let chosen: VaultSettings | null = null;
    void about.settings(vault).then((settings) => {
      chosen = settings;
    });
    watching = setInterval(() => {
      if (chosen === null || chosen.idleSeconds === null) return;
      const alone = Math.min(about.idleSeconds(), about.seconds() - shownAt);
      if (alone < chosen.idleSeconds) return;
      stop();
      about.onIdle(chosen.idleAct);
    }, lookEveryMs);
  };
  return {
    follow: (state) => {
      if (state.at !== 'live') stop();
      else if (watching === null) watch(state.awake.vault);
    },
    end: stop,
  };
}
