// `soulpad guest fit`, and what `guest run` asks before it wakes a guest: does this PC fit, and is there something to
// choose after a crash? Both before anything is written. Without a screen nobody can be asked, so the default is the
// choice that changes nothing (the last saved moment), and it is said.
import type { Fit } from '../../preload/contract/fit';
import { fail, ok, type Result } from '../../preload/contract/result';
import { fitHere } from '../fit/this-pc';
import type { GuestDefinition } from '../guest/definition';
import { guestPlace, readGuest } from '../guest/store';
import { findKeepers } from '../keeper/handle';
import { chooseAfresh, chooseSavedFiles, crashChoice } from '../timeline/acts';
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
export async function prepareToWake(about: {
  readonly asked: Asked;
  readonly vault: OpenVault;
  readonly definition: GuestDefinition;
}): Promise<Result<void>> {
  const { asked, vault, definition } = about;
  const whose = { places: vault, definition };
  const place = guestPlace(vault.guestsFolder, definition);
  // One that runs is told of by its keeper, whatever was asked for.
  if ((await findKeepers(vault)).some((found) => found.guestId === definition.id)) return ok(undefined);
  const judged = await fitHere(place, definition);
  if (!judged.ok) return judged;
  const afresh = asked.flags.has('afresh');
  if (judged.value.verdict === 'notHere' && !(afresh && judged.value.canStartAfresh)) {
    return unfit(definition.id, judged.value);
  }
  const choice = await crashChoice(place);
  if (asked.values['after-crash'] === 'fresh') {
    if (choice === null) {
      const message = `${definition.id} has no session that was interrupted`;
      return fail({ code: 'missingGeneration', stage: 'guest.run', message });
    }
    const chosen = await chooseSavedFiles(whose);
    return chosen.ok ? ok(undefined) : chosen;
  }
  if (choice !== null && choice.savedAt === null && asked.values['after-crash'] === undefined) {
    // A guest that was off has no moment to return to: it starts with its files, as any computer does.
    asked.warn(`a session was interrupted; this starts from what it saved to disk until ${choice.until}`);
    const chosen = await chooseSavedFiles(whose);
    return chosen.ok ? ok(undefined) : chosen;
  }
  if (choice !== null && asked.values['after-crash'] === undefined) {
    asked.warn(
      `a session was interrupted; this wakes the moment of ${choice.savedAt}. What it saved to disk until ` +
        `${choice.until} is kept: --after-crash fresh starts from it`,
    );
  }
  if (!afresh) return ok(undefined);
  const started = await chooseAfresh(whose, new Date().toISOString());
  return started.ok ? ok(undefined) : started;
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
