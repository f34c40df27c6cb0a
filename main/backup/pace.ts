// Pausing a backup that is under way: restic is held still (SIGSTOP to its group) while somebody asked for it, while the
// PC runs on its battery or its network is metered, and goes on by itself. Held still it reads, sends and computes
// nothing. It must never leave a stopped process behind.
import { isMetered, isOnBattery } from './power';

export type PauseReason = 'asked' | 'battery' | 'metered';

export interface Pace {
  /** Null: it goes. */
  readonly paused: PauseReason | null;
  /** A person's wish. */
  hold(): void;
  goOn(): void;
  /** The process group that is held; until `detach`. */
  attach(pid: number): void;
  detach(): void;
  /** Fulfils when it goes, or when `signal` fires. */
  whenGoing(signal: AbortSignal): Promise<void>;
  end(): void;
}

const lookEveryMs = 10_000;

export interface Look {
  isOnBattery(): Promise<boolean>;
  isMetered(): Promise<boolean>;
}

const thisPc: Look = { isOnBattery: () => isOnBattery(), isMetered: () => isMetered() };

/** `patient`: it waits for the mains and for a free network; what a person asked for at once does not. */
export function paceOf(about: {
  readonly patient: boolean;
  readonly remote: boolean;
  readonly onChange?: ((paused: PauseReason | null) => void) | undefined;
  readonly look?: Look;
  readonly everyMs?: number;
}): Pace {
  const { look = thisPc } = about;
  let asked = false;
  let found: PauseReason | null = null;
  let told: PauseReason | null = null;
  let pid: number | null = null;
  const waiting: (() => void)[] = [];
  const reason = (): PauseReason | null => (asked ? 'asked' : found);
  const act = (): void => {
    const now = reason();
    if (now === null) for (const go of waiting.splice(0)) go();
    if (pid !== null) signalGroup(pid, now === null ? 'SIGCONT' : 'SIGSTOP');
    if (now === told) return;
    told = now;
    about.onChange?.(now);
  };
  const see = async (): Promise<void> => {
    const battery = await look.isOnBattery();
    found = battery ? 'battery' : about.remote && (await look.isMetered()) ? 'metered' : null;
    act();
  };
  const first = about.patient ? see() : Promise.resolve();
  const timer = about.patient ? setInterval(() => void see(), about.everyMs ?? lookEveryMs) : undefined;
  return {
    get paused() {
      return reason();
    },
    hold: () => {
      asked = true;
      act();
    },
    goOn: () => {
      asked = false;
      act();
    },
    attach: (group) => {
      pid = group;
      if (reason() !== null) act();
    },
    detach: () => {
      if (pid !== null) signalGroup(pid, 'SIGCONT');
      pid = null;
    },
    whenGoing: async (signal) => {
      await first;
      if (reason() === null || signal.aborted) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    end: () => {
      clearInterval(timer);
      if (pid !== null) signalGroup(pid, 'SIGCONT');
      for (const go of waiting.splice(0)) go();
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
