// Fits the one waking decision (main/timeline/waking.ts) to what the performer needs: guests by id, in an open vault.
import type { Fault } from '../../preload/contract/fault';
import type { Result } from '../../preload/contract/result';
import type { Older, WakeFrom } from '../../preload/contract/waking';
import { readGuest } from '../guest/store';
import { olderThanFailed, type Prepared, prepareToWake } from '../timeline/waking';
import type { OpenVault } from '../vault/vault';

export interface Waking {
  /** Faults: those of reading the guest and of naming another generation; then nothing was changed. */
  prepare(about: {
    readonly vault: OpenVault;
    readonly id: string;
    readonly from: WakeFrom;
    readonly now: string;
  }): Promise<Result<Prepared>>;
  /** The newest whole generation before the one that failed; null where another would not help. */
  older(about: {
    readonly vault: OpenVault;
    readonly id: string;
    readonly fault: Fault;
  }): Promise<Older | null>;
}

export function wakingOf(): Waking {
  return { prepare, older };
}

const prepare: Waking['prepare'] = async ({ vault, id, from, now }) => {
  const definition = await readGuest(vault.guestsFolder, id);
  if (!definition.ok) return definition;
  return prepareToWake({ whose: { places: vault, definition: definition.value }, from, now });
};

const older: Waking['older'] = async ({ vault, id, fault }) => {
  const definition = await readGuest(vault.guestsFolder, id);
  return definition.ok ? olderThanFailed({ places: vault, definition: definition.value }, fault) : null;
};
