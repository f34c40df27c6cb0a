// Set-up's first stage as one: making a vault works out a key for the passphrase and one for the recovery key, opening it
// works out the first once more. The vault reports each by itself; here they become one stage that only goes forward,
// with the time left: the first key's usual time, from then on this PC's own. Pure but for the clock it is given.
import type { Progress } from '../../preload/contract/progress';

/** Two keyslots are made, one is opened. */
const keys = 3;
/** Seconds a key on a PC with an idle core, measured: 256 MiB of Argon2id. */
const usualSeconds = 2;

export interface KeyPace {
  /** What making the vault reports: its own `create` is the guest's in set-up. */
  making(progress: Progress): Progress;
  /** What opening it reports; other stages than `key` go through. */
  opening(progress: Progress): Progress;
}

/** `seconds`: monotonic; counted from this call. */
export function keyPace(seconds: () => number): KeyPace {
  const begun = seconds();
  let done = 0;
  const workedOut = (now: number, progress: Progress): Progress => {
    done = Math.max(done, Math.min(keys, now));
    const aKey = done === 0 ? usualSeconds : (seconds() - begun) / done;
    const { reversible } = progress;
    return {
      ...{ stage: 'key', done, total: keys, unit: 'steps', reversible },
      secondsLeft: (keys - done) * aKey,
    };
  };
  return {
    making: (progress) => workedOut(progress.stage === 'key' ? progress.done : keys - 1, progress),
    opening: (progress) => (progress.stage === 'key' ? workedOut(keys - 1, progress) : progress),
  };
}
