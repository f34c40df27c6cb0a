// Fits the guest organ to what set-up needs (parts.ts): what this PC can have, and making it in the vault that is open.
// A path that a person picked is kept here and never shown; the page knows the file's name alone.
import { readdir, rm, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fail, ok } from '../../preload/contract/result';
import { addGuest } from '../guest/store';
import { defineWitness } from '../guest/witness';
import { findWitnessFiles } from '../guest/witness-files';
import type { OpenVault } from '../vault/vault';
import { offersFor, type PcFacts } from './offers';
import type { NewGuests } from './parts';

export function newGuestsOf(about: {
  readonly home: string;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}): NewGuests {
  const build: NewGuests['build'] = async ({ vault, onProgress, signal }) => {
    onProgress({ stage: 'create', done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible: true });
    const witness = findWitnessFiles();
    if (!witness.ok) return witness;
    if (signal.aborted) return fail({ code: 'cancelled', stage: 'guest.add', message: 'cancelled' });
    const definition = defineWitness({ id: 'witness', name: 'Witness', createdAt: about.now() });
    return addGuest({ guestsFolder: vault.guestsFolder, definition, boot: witness.value });
  };
  return {
    offers: async (vault) => offersFor({ pc: await factsOf(vault?.mountPoint ?? about.home) }),
    pickFile: async () => ok(null),
    build,
    clearLeftovers,
  };
}

/** Memory and free disk, asked of the nearest folder that is there: before set-up, the home is not. */
async function factsOf(folder: string): Promise<PcFacts> {
  const space = await statfs(folder).catch(() => null);
  if (space !== null) return { memoryBytes: totalmem(), freeDiskBytes: space.bavail * space.bsize };
  return folder === dirname(folder)
    ? { memoryBytes: totalmem(), freeDiskBytes: 0 }
    : factsOf(dirname(folder));
}

/** A guest is made under a name that begins so and is renamed when it is whole (guest/new-guest.ts). */
const halfMade = '.new-';

async function clearLeftovers({ guestsFolder }: OpenVault): Promise<void> {
  const names = await readdir(guestsFolder).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(halfMade)))
    await rm(join(guestsFolder, name), { recursive: true, force: true }).catch(() => {});
}
