// `soulpad guest fit`, and what `guest run` asks before it wakes a guest: does this PC fit, and is there something to
// choose after a crash? Both before anything is written. Without a screen nobody can be asked, so the default is the
// choice that changes nothing (the last saved moment), and it is said.
import type { Fit } from '../../preload/contract/fit';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { WakeFrom } from '../../preload/contract/waking';
import { fitHere } from '../fit/this-pc';
import type { GuestDefinition } from '../guest/definition';
import { guestPlace, readGuest } from '../guest/store';
import { prepareToWake } from '../timeline/waking';
import type { OpenVault } from '../vault/vault';
import { inOpenVault } from './open-vault';
import { secretOptions } from './options';
import { sayFit } from './sentences';
import { type Asked, verb } from './verb';

export const fitVerb = verb({
  topic: 'guest.fit',
  words: ['guest', 'fit'],
  operand: 'ID',
  options: secretOptions,
  help: 'Say whether this PC can wake a guest, and why not. Nothing is changed.',
  run: (asked) =>
    inOpenVault(asked, async (vault) => {
      const definition = await readGuest(vault.guestsFolder, asked.operand);
      if (!definition.ok) return definition;
      const place = guestPlace(vault.guestsFolder, definition.value);
      const judged = await fitHere(place, definition.value);
      return judged.ok ? ok({ id: asked.operand, ...judged.value }) : judged;
    }),
  say: sayFit,
});

/** Faults: unfit (names the reasons), and those of the choice; then nothing was changed. */
export async function prepareHeadless(about: {
  readonly asked: Asked;
  readonly vault: OpenVault;
  readonly definition: GuestDefinition;
}): Promise<Result<void>> {
  const { asked, definition } = about;
  const whose = { places: about.vault, definition };
  const prepared = await prepareToWake({ whose, from: wakeFromOf(asked), now: new Date().toISOString() });
  if (!prepared.ok) return prepared;
  const kept = '--after-crash fresh starts from it';
  switch (prepared.value.is) {
    case 'unfit':
      return unfit(definition.id, prepared.value.fit);
    case 'crashed': {
      const { savedAt, until } = prepared.value;
      asked.warn(
        `a session was interrupted; this wakes the moment of ${savedAt}. What it saved to disk until ${until} is kept: ${kept}`,
      );
      return ok(undefined);
    }
    case 'ready': {
      const { interrupted, fromSavedFiles } = prepared.value;
      if (interrupted === null) return ok(undefined);
      asked.warn(
        fromSavedFiles
          ? `a session was interrupted; this starts from what it saved to disk until ${interrupted.until}`
          : `a session was interrupted; what it saved to disk until ${interrupted.until} is kept: ${kept}`,
      );
      return ok(undefined);
    }
  }
}

function wakeFromOf(asked: Asked): WakeFrom {
  const after = asked.values['after-crash'];
  if (after === 'fresh') return { is: 'savedFiles' };
  if (asked.flags.has('afresh')) return { is: 'afresh' };
  return { is: after === 'exact' ? 'exact' : 'asLeft' };
}

function unfit(id: string, judged: Fit): Result<never> {
  const stops = judged.reasons.filter((reason) => reason.severity === 'stop').map((reason) => reason.code);
  return fail({
    code: 'unfit',
    stage: 'guest.run',
    message: `this PC cannot wake ${id}: ${stops.join(', ')}`,
    hint: judged.canStartAfresh
      ? `start it from its disk: soulpad guest run ${id} --headless --afresh`
      : `soulpad guest fit ${id} says what is missing`,
  });
}
