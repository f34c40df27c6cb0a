// Fits keepers and the guests' files to what the performer needs (parts.ts).
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { GuestCard } from '../../preload/contract/view';
import { type GuestPlace, readCurrent, readManifest } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { readPicture } from '../guest/picture';
import { guestPlace, listGuests, readGuest } from '../guest/store';
import { adoptKeeper, findKeepers, type KeeperHandle, openKeeper } from '../keeper/handle';
import type { OpenVault } from '../vault/vault';
import type { Guests, RunningGuest } from './parts';

export function guestsOf(): Guests {
  return { cards, card: cardOf, picture, running, run };
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
    hasPicture: (await pictureOf(place)) !== null,
    // A guest that runs is shown, never offered among others.
    state: suspended ? 'suspended' : 'off',
    bytes: await bytesBelow(place.folder),
  };
}

const picture: Guests['picture'] = async (vault, id) => {
  const definition = await readGuest(vault.guestsFolder, id);
  return definition.ok ? pictureOf(guestPlace(vault.guestsFolder, definition.value)) : null;
};

/** Of the generation that would wake. A damaged one is none: it is only a picture. */
async function pictureOf(place: GuestPlace): Promise<Uint8Array<ArrayBuffer> | null> {
  const current = await readCurrent(place);
  const read = current.ok ? await readPicture(place, current.value) : current;
  return read.ok && read.value !== null ? Uint8Array.from(read.value) : null;
}

/** What it takes up on the disk, bytes, holes not counted; null when something of it cannot be looked at. */
async function bytesBelow(folder: string): Promise<number | null> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
    return sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0);
  } catch {
    return null;
  }
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
