// What comes before a guest runs, decided once for kiosk and CLI: does this PC fit, is there something to choose after a
// crash, which moment is named. Nothing is written before the fit was judged. It never asks and never tells: what the
// person has to decide or to know is in the answer.
//
//   asked        fit       after a crash                    then
//   asLeft       judged    was asleep: crashed, no write    CURRENT
//                          was off: its saved files         CURRENT
//   exact        judged    not asked again                  CURRENT
//   savedFiles   judged    missingGeneration without one    the interrupted session's disk
//   afresh       stop only was off: its saved files         CURRENT's disk
//                if afresh
//                is too
//   older        judged    not asked: the moment is named   that generation
import type { Fault } from '../../preload/contract/fault';
import type { Fit } from '../../preload/contract/fit';
import { ok, type Result } from '../../preload/contract/result';
import type { Older, WakeFrom } from '../../preload/contract/waking';
import { fitHere } from '../fit/this-pc';
import { olderGeneration, readCurrent } from '../generation/store';
import { guestPlace } from '../guest/store';
import { findKeepers } from '../keeper/handle';
import { type CrashChoice, chooseAfresh, chooseSavedFiles, crashChoice, goBackTo, type Whose } from './acts';

export type Prepared =
  | {
      readonly is: 'ready';
      /** An interrupted session that nobody decided about: its files are kept. */
      readonly interrupted: CrashChoice | null;
      /** True: it starts from what that session saved to disk. */
      readonly fromSavedFiles: boolean;
      /** For a fresh start that did not come up. */
      readonly takeBack: () => Promise<unknown>;
    }
  | { readonly is: 'unfit'; readonly fit: Fit }
  | { readonly is: 'crashed'; readonly savedAt: string; readonly until: string };

const nothing = async (): Promise<void> => {};
const ready = { is: 'ready', interrupted: null, fromSavedFiles: false, takeBack: nothing } as const;

/**
 * `now`: RFC 3339 UTC. Faults: those of reading the guest and of naming another generation (missingGeneration, damaged*,
 * busy, full, io); then nothing was changed.
 */
export async function prepareToWake(about: {
  readonly whose: Whose;
  readonly from: WakeFrom;
  readonly now: string;
}): Promise<Result<Prepared>> {
  const { whose, from } = about;
  const { places, definition } = whose;
  // Somebody else has woken it since we looked: it is shown, nothing is chosen behind its back.
  if ((await findKeepers(places)).some((found) => found.guestId === definition.id)) return ok(ready);
  const place = guestPlace(places.guestsFolder, definition);
  const judged = await fitHere(place, definition, from.is === 'older' ? from.number : null);
  if (!judged.ok) return judged;
  const { verdict, canStartAfresh } = judged.value;
  if (verdict === 'notHere' && !(from.is === 'afresh' && canStartAfresh)) {
    // Its own disk is not the one that a fresh start would take.
    const fit = from.is === 'older' ? { ...judged.value, canStartAfresh: false } : judged.value;
    return ok({ is: 'unfit', fit });
  }
  switch (from.is) {
    case 'exact':
      return ok(ready);
    case 'older': {
      const gone = await goBackTo(whose, from.number);
      return gone.ok ? ok(ready) : gone;
    }
    case 'savedFiles':
      return startFromFiles(whose, null);
    case 'afresh': {
      const choice = await crashChoice(place);
      return choice !== null && choice.savedAt === null
        ? startFromFiles(whose, choice)
        : startFromDisk({ ...about, interrupted: choice });
    }
    case 'asLeft': {
      const choice = await crashChoice(place);
      if (choice === null) return ok(ready);
      // A guest that was off has no moment to return to: it starts with its files, as any computer does.
      if (choice.savedAt === null) return startFromFiles(whose, choice);
      return ok({ is: 'crashed', savedAt: choice.savedAt, until: choice.until });
    }
  }
}

async function startFromFiles(whose: Whose, interrupted: CrashChoice | null): Promise<Result<Prepared>> {
  const chosen = await chooseSavedFiles(whose);
  return chosen.ok ? ok({ ...ready, interrupted, fromSavedFiles: true }) : chosen;
}

async function startFromDisk(about: {
  readonly whose: Whose;
  readonly now: string;
  readonly interrupted: CrashChoice | null;
}): Promise<Result<Prepared>> {
  const { whose, interrupted } = about;
  const before = await readCurrent(guestPlace(whose.places.guestsFolder, whose.definition));
  const started = await chooseAfresh(whose, about.now);
  if (!started.ok) return started;
  // A guest that is off already starts afresh anyway: nothing was named.
  const isNew = before.ok && before.value !== started.value.number;
  const takeBack = isNew ? () => goBackTo(whose, before.value) : nothing;
  return ok({ ...ready, interrupted, takeBack });
}

/** The newest whole generation before the one that failed; null where another would not help. */
export async function olderThanFailed(whose: Whose, fault: Fault): Promise<Older | null> {
  if (!/^damaged(Current|Manifest|State)$|^missingGeneration$/.test(fault.code)) return null;
  const place = guestPlace(whose.places.guestsFolder, whose.definition);
  const current = await readCurrent(place);
  const found = await olderGeneration(place, current.ok ? current.value : Number.MAX_SAFE_INTEGER);
  return found === null ? null : { number: found.number, createdAt: found.createdAt };
}
