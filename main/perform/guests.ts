// Fits keepers and the guests' files to what the performer needs (parts.ts).
import { fail, ok, type Result } from '../../preload/contract/result';
import type { GuestCard } from '../../preload/contract/view';
import { readCurrent, readManifest } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { guestPlace, listGuests } from '../guest/store';
import { adoptKeeper, findKeepers, type KeeperHandle, openKeeper } from '../keeper/handle';
import type { OpenVault } from '../vault/vault';
import type { Guests, RunningGuest } from './parts';

export function guestsOf(): Guests {
  return { cards, picture: async () => null, running, run };
}

const cards: Guests['cards'] = async (vault) => {
  const listed = await listGuests(vault.guestsFolder);
  if (!listed.ok) return listed;
  const whole = listed.value.flatMap(({ definition }) => (definition.ok ? [definition.value] : []));
  // Only damaged ones: that is the news. One damaged among others is left for the CLI to name.
  const [first] = listed.value;
  if (whole.length === 0 && first !== undefined && !first.definition.ok) return first.definition;
  return ok(await Promise.all(whole.map((definition) => cardOf(vault, definition))));
};

async function cardOf(vault: OpenVault, definition: GuestDefinition): Promise<GuestCard> {
  const place = guestPlace(vault.guestsFolder, definition);
  const current = await readCurrent(place);
  const manifest = current.ok ? await readManifest(place, current.value) : current;
  const suspended = manifest.ok && manifest.value.ram !== null;
  return {
    id: definition.id,
    name: definition.name,
    suspendedAt: suspended ? manifest.value.createdAt : null,
    hasPicture: false,
    state: suspended ? 'suspended' : 'off',
    bytes: null,
  };
}

const running: Guests['running'] = async (vault) => {
  const [found] = await findKeepers(vault);
  if (found === undefined) return ok(null);
  const adopted = await adoptKeeper({ places: vault, guestId: found.guestId });
  // It ended between the two questions.
  if (!adopted.ok && adopted.fault.code === 'missingGuest') return ok(null);
  return adopted;
};

const run: Guests['run'] = async ({ vault, id, onProgress, signal }) => {
  const opened = await openKeeper({ places: vault, guestId: id, engine: 'auto' });
  // Somebody else has woken it since we looked: it is shown, never woken twice.
  if (!opened.ok && opened.fault.code === 'busy') return adoptKeeper({ places: vault, guestId: id });
  if (!opened.ok) return opened;
  const keeper = opened.value;
  keeper.onProgress(onProgress);
  const stop = (): void => void keeper.drop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ran = await keeper.run();
  signal.removeEventListener('abort', stop);
  return ran.ok ? ok(onceTold(keeper)) : endedWith(keeper, ran.fault);
};

/** run() has registered the progress listener already; a second registration would tell everything twice. */
function onceTold(keeper: KeeperHandle): RunningGuest {
  return { ...keeper, onProgress: () => {} };
}

/** A keeper whose guest did not come up ends by itself; we only hang up. */
function endedWith(keeper: KeeperHandle, fault: Parameters<typeof fail>[0]): Result<never> {
  keeper.close();
  return fail(fault);
}
