// Carries out what the page that writes a stick asks for: looks at the disks while it is shown, writes one, stops. A disk
// that is being written is not looked at.
import type { Fault } from '../../preload/contract/fault';
import type { Effect, Event } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import type { RunningGuest } from './parts';
import type { StickDesk } from './stick-desk';
import { stickPace } from './stick-pace';

/** lsblk takes some 20 ms; a person who plugs a disk in looks up at the screen after that. */
const lookEveryMs = 1_000;

type KioskEvent = Event<OpenVault, RunningGuest>;
type SticksEffect = Extract<
  Effect<OpenVault, RunningGuest>,
  { do: 'watchDisks' | 'forgetDisks' | 'writeStick' | 'cancelStick' }
>;

const sticksEffects: Readonly<Record<SticksEffect['do'], true>> = {
  ...{ watchDisks: true, forgetDisks: true, writeStick: true, cancelStick: true },
};

export function isOfSticks(effect: Effect<OpenVault, RunningGuest>): effect is SticksEffect {
  return effect.do in sticksEffects;
}

export interface SticksOrgans {
  readonly sticks: StickDesk;
  /** Monotonic. */
  readonly seconds: () => number;
}

export function sticksPerformer(about: {
  readonly organs: SticksOrgans;
  readonly send: (event: KioskEvent) => void;
  readonly start: (work: Promise<void>, failed: (fault: Fault) => KioskEvent) => void;
}): (effect: SticksEffect) => void {
  const { organs, send, start } = about;
  let watching: NodeJS.Timeout | null = null;
  let looking = false;
  let writing = false;
  let said = '';
  let stop = new AbortController();

  const look = async (): Promise<void> => {
    if (looking || writing) return;
    looking = true;
    try {
      const found = await organs.sticks.look();
      const says = JSON.stringify(found);
      if (watching === null || says === said) return;
      said = says;
      send(found.ok ? { is: 'disksFound', found: found.value } : { is: 'disksFailed', fault: found.fault });
    } finally {
      looking = false;
    }
  };

  const failed = (fault: Fault): KioskEvent => ({ is: 'disksFailed', fault });

  const forget = (): void => {
    if (watching !== null) clearInterval(watching);
    watching = null;
  };

  const write = async (id: string, signal: AbortSignal): Promise<void> => {
    writing = true;
    const pace = stickPace();
    try {
      const written = await organs.sticks.write({
        ...{ id, signal },
        onProgress: (progress) => {
          const seconds = organs.seconds();
          const paced = pace(progress, seconds);
          if (paced !== null) send({ is: 'stickProgress', seconds, ...paced });
        },
      });
      send(
        written.ok
          ? { is: 'stickWritten', done: written.value }
          : { is: 'stickFailed', fault: written.fault },
      );
    } finally {
      writing = false;
      said = ''; // what a look told meanwhile was not heard
    }
  };

  return (effect) => {
    switch (effect.do) {
      case 'watchDisks':
        forget();
        said = '';
        watching = setInterval(() => start(look(), failed), lookEveryMs);
        return start(look(), failed);
      case 'forgetDisks':
        return forget();
      case 'writeStick':
        stop = new AbortController();
        return start(write(effect.id, stop.signal), (fault) => ({ is: 'stickFailed', fault }));
      case 'cancelStick':
        return stop.abort();
    }
  };
}
