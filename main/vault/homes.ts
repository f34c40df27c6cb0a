// Several vaults in one place: a home has its own vault (HOME/vault) and may have more, each in a home of its own below
// HOME/vaults/NAME. All else in this organ knows one home only. Names come from folders that anybody may have made: they are
// shown and never trusted, and what tells two vaults apart is the mark of their uuid.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { shownNameSchema } from '../../preload/contract/shown-name';
import { maxVaults } from '../../preload/contract/vaults';
import { errnoOf, faultOfErrno } from '../files/errno';
import { vaultFolderOf } from './places';

export interface Home {
  /** Null: the place's own. */
  readonly name: string | null;
  readonly home: string;
}

const folderOf = (place: string): string => join(place, 'vaults');

/** A folder's name that people can read: no path, nothing hidden, no control characters. */
function isName(name: string): boolean {
  const fits = shownNameSchema.safeParse(name).success && Buffer.byteLength(name) <= 200;
  return fits && !name.startsWith('.') && !name.includes('/') && name.trim() === name;
}

/** Where the vault of that name is or is to be. Fault usage: no such name can be. */
export function homeNamed(place: string, name: string): Result<string> {
  const folder = name.normalize('NFC');
  if (isName(folder)) return ok(join(folderOf(place), folder));
  const message = 'that is no name for a vault: 1 to 80 letters, no slash, no dot at the start';
  return fail({ code: 'usage', stage: 'vault.homes', message });
}

/**
 * The place's own home, there or not, and every named one that is there, by name. Beyond the most that are shown
 * there is no order: the rest is left out. Faults: denied, io.
 */
export async function homesIn(place: string): Promise<Result<readonly Home[]>> {
  const own: Home = { name: null, home: place };
  try {
    const entries = await readdir(folderOf(place), { withFileTypes: true });
    const named = entries
      // A link may lead anywhere: it is none of ours.
      .filter((entry) => entry.isDirectory() && isName(entry.name))
      .map(({ name }): Home => ({ name, home: join(folderOf(place), name) }))
      .filter(({ home }) => existsSync(vaultFolderOf(home)))
      .sort((one, other) => ((one.name ?? '') < (other.name ?? '') ? -1 : 1));
    return ok([own, ...named].slice(0, maxVaults));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ok([own]);
    return fail(faultOfErrno(error, 'vault.homes'));
  }
}
