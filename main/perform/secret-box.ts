// Holds the one secret between the person's act and the one call that uses it. A secret is never in an event, the flow's
// state or a view; it lies here for the microtask between them and is wiped when it was not taken.
import type { Secret } from '../vault/vault';

export interface SecretBox {
  /** Takes over `bytes`; a secret that still lay here is wiped. */
  put(secret: Secret): void;
  /** Gives it away, once. */
  take(): Secret | null;
  /** Wipes what lies here: the act was not taken. */
  wipe(): void;
}

export function secretBox(): SecretBox {
  let held: Secret | null = null;
  const wipe = (): void => {
    held?.bytes.fill(0);
    held = null;
  };
  return {
    put: (secret) => {
      wipe();
      held = secret;
    },
    take: () => {
      const secret = held;
      held = null;
      return secret;
    },
    wipe,
  };
}
