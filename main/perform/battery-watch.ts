// Tells the flow what this PC's battery means for a desktop that is awake, and has it put to sleep before the battery is
// empty: nobody need be there. Asked for once between two times on the mains, so that who cancels, or whose desktop could
// not be saved, is not asked again and again.
//
//   <= 7 %   the keeper makes a checkpoint (main/keeper/checkpoints.ts), nothing is shown
//   <= 5 %   the desktop goes to sleep; or the firmware calls the battery critical
//
// A desktop that is woken on a battery that is empty already is not sent back at once: the person is told, and has until
// the battery falls by 2 % more, or five minutes.
import type { State } from '../flow/state';
import type { Power } from '../keeper/battery';

const lookEveryMs = 5_000;
const graceSeconds = 300;
const gracePercent = 2;

export interface BatteryWatch {
  /** After every step of the story. */
  follow(state: State<unknown, unknown>): void;
  end(): void;
}

export function batteryWatch(about: {
  readonly power: () => Promise<Power>;
  /** False: the story cannot act on it where it is now. */
  readonly tell: (now: 'low' | 'empty' | 'mains') => boolean;
  /** Monotonic seconds. */
  readonly seconds: () => number;
  readonly testOnlyLookEveryMs?: number;
}): BatteryWatch {
  let watching: NodeJS.Timeout | null = null;
  let looking = false;
  let asked = false;
  let told: 'low' | 'mains' = 'mains';
  let looked = false;
  /** Since when it is awake on an empty battery, and how full that was. */
  let wokeEmpty: { readonly percent: number; readonly at: number } | null = null;

  const act = (power: Power): void => {
    if (power.from === 'mains') {
      asked = false;
      wokeEmpty = null;
      if (told === 'low' && about.tell('mains')) told = 'mains';
      return;
    }
    if (!power.empty) return;
    const now = { percent: power.percent, at: about.seconds() };
    if (!looked) wokeEmpty = now;
    const waits = wokeEmpty !== null && !isOver(wokeEmpty, now);
    if (!asked && !waits && about.tell('empty')) asked = true;
    if (told === 'mains' && (asked || about.tell('low'))) told = 'low';
  };
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const power = await about.power();
      if (watching !== null) act(power);
      looked = true;
    } finally {
      looking = false;
    }
  };
  const stop = (): void => {
    if (watching !== null) clearInterval(watching);
    watching = null;
  };
  const begin = (): void => {
    // Another waking: what was asked for was done.
    asked = false;
    told = 'mains';
    looked = false;
    wokeEmpty = null;
    watching = setInterval(() => void look(), about.testOnlyLookEveryMs ?? lookEveryMs);
    void look();
  };
  return {
    follow: (state) => {
      const awake = 'awake' in state && state.awake !== null;
      if (!awake) stop();
      else if (watching === null) begin();
    },
    end: stop,
  };
}

/** The time that is left to who woke it on an empty battery. */
function isOver(
  woke: { readonly percent: number; readonly at: number },
  now: { readonly percent: number; readonly at: number },
): boolean {
  return now.percent <= woke.percent - gracePercent || now.at - woke.at >= graceSeconds;
}
