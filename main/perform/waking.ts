// What comes before a guest runs: does this PC fit, is there something to choose after a crash, which moment is named.
// Nothing is written before the fit was judged; a fresh start that did not come up is taken back.
import type { Fault } from '../../preload/contract/fault';
import type { Fit } from '../../preload/contract/fit';
import { ok, type Result } from '../../preload/contract/result';
import { fitHere } from '../fit/this-pc';
import type { Older, WakeFrom } from '../flow/state';
import { olderGeneration, readCurrent } from '../generation/store';
import { guestPlace, readGuest } from '../guest/store';
import { findKeepers } from '../keeper/handle';
import { chooseAfresh, chooseSavedFiles, crashChoice, goBackTo } from '../timeline/acts';
import type { OpenVault } from '../vault/vault';

export type Prepared =
  /** `takeBack`: for a run that fails after all. */
  | { readonly is: 'ready'; readonly takeBack: () => Promise<unknown> }
  | { readonly is: 'unfit'; readonly fit: Fit }
  | { readonly is: 'crashed'; readonly savedAt: string; readonly until: string };

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

const ready: Prepared = { is: 'ready', takeBack: async () => {} };

export function wakingOf(): Waking {
  return { prepare, older };
}

const prepare: Waking['prepare'] = async ({ vault, id, from, now }) => {
  const definition = await readGuest(vault.guestsFolder, id);
  if (!definition.ok) return definition;
  const whose = { places: vault, definition: definition.value };
  const place = guestPlace(vault.guestsFolder, definition.value);
  // Somebody else has woken it since we looked: it is shown, nothing is chosen behind its back.
  if ((await findKeepers(vault)).some((found) => found.guestId === id)) return ok(ready);
  if (from.is === 'older') {
    const gone = await goBackTo(whose, from.number);
    return gone.ok ? ok(ready) : gone;
  }
  const judged = await fitHere(place, definition.value);
  if (!judged.ok) return judged;
  const { verdict, canStartAfresh } = judged.value;
  if (verdict === 'notHere' && !(from.is === 'afresh' && canStartAfresh))
    return ok({ is: 'unfit', fit: judged.value });
  switch (from.is) {
    case 'exact':
      return ok(ready);
    case 'afresh': {
      const started = await chooseAfresh(whose, now);
      if (!started.ok) return started;
      const before = started.value.parent;
      return ok({ is: 'ready', takeBack: async () => (before === null ? null : goBackTo(whose, before)) });
    }
    case 'savedFiles': {
      const chosen = await chooseSavedFiles(whose);
      return chosen.ok ? ok(ready) : chosen;
    }
    case 'asLeft': {
      const choice = await crashChoice(place);
      if (choice === null) return ok(ready);
      if (choice.savedAt !== null) return ok({ is: 'crashed', savedAt: choice.savedAt, until: choice.until });
      // A guest that was off has no moment to return to: it starts with its files, as any computer does.
      const chosen = await chooseSavedFiles(whose);
      return chosen.ok ? ok(ready) : chosen;
    }
  }
};

const older: Waking['older'] = async ({ vault, id, fault }) => {
  if (!/^damaged(Current|Manifest|State)$|^missingGeneration$/.test(fault.code)) return null;
  const definition = await readGuest(vault.guestsFolder, id);
  if (!definition.ok) return null;
  const place = guestPlace(vault.guestsFolder, definition.value);
  const current = await readCurrent(place);
  const found = await olderGeneration(place, current.ok ? current.value : Number.MAX_SAFE_INTEGER);
  return found === null ? null : { number: found.number, createdAt: found.createdAt };
};
