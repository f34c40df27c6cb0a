// Where everything of a home lies, on the stick and while it runs. The runtime folder holds sockets and the clear
// mount point: a folder of this user alone (files/own-folder.ts).
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { makeOwnFolder } from '../files/own-folder';
import { maxSocketPathBytes } from '../socket/call';
import { luks2Mount } from './luks2/mounting';
import type { VaultPlaces } from './vault';

type Environment = Readonly<Record<string, string | undefined>>;

/** HOME of vaults when nobody names one: $SOULPAD_HOME, else $XDG_DATA_HOME/soulpad, else ~/.local/share/soulpad. */
export function defaultHome(environment: Environment = process.env): string {
  if (environment.SOULPAD_HOME) return environment.SOULPAD_HOME;
  if (environment.XDG_DATA_HOME) return join(environment.XDG_DATA_HOME, 'soulpad');
  return join(homedir(), '.local/share/soulpad');
}

export function vaultFolderOf(home: string): string {
  return join(home, 'vault');
}

export function keyslotsFileOf(home: string): string {
  return join(vaultFolderOf(home), 'keyslots.json');
}

/** $XDG_RUNTIME_DIR/soulpad when that folder exists and is ours, else /tmp/soulpad-<uid>. Not made, not checked. */
export function runtimeRoot(environment: Environment = process.env): string {
  const uid = process.getuid?.() ?? 0;
  const given = environment.XDG_RUNTIME_DIR;
  if (given?.startsWith('/')) {
    const seen = statSync(given, { throwIfNoEntry: false });
    if (seen?.isDirectory() && seen.uid === uid) return join(given, 'soulpad');
  }
  return `/tmp/soulpad-${uid}`;
}

/** No guest's id; holds the owner's socket alone, so that a keeper that is another user's can be shown it and no more. */
const ownerFolder = '.owner';

/** Pure. Fault pathTooLong: a guest's sockets in this runtime folder would not fit an address (unix(7)). */
export function placesOf(about: {
  home: string;
  uuid: string;
  root: string;
  kind: VaultPlaces['kind'];
}): Result<VaultPlaces> {
  const runtimeFolder = join(about.root, about.uuid.slice(0, 8));
  const longest = join(runtimeFolder, 'g'.repeat(32), 'serial.sock');
  if (Buffer.byteLength(longest) > maxSocketPathBytes) {
    return fail({
      code: 'pathTooLong',
      stage: 'vault.places',
      message: `sockets below ${runtimeFolder} would exceed ${maxSocketPathBytes} bytes`,
      hint: 'set XDG_RUNTIME_DIR to a shorter folder of yours, or unset it',
    });
  }
  return ok({
    home: about.home,
    kind: about.kind,
    cipherFolder: join(vaultFolderOf(about.home), 'cipher'),
    runtimeFolder,
    mountPoint: about.kind === 'luks2' ? luks2Mount(about.uuid).mountPoint : join(runtimeFolder, 'vault'),
    ownerSocket: join(runtimeFolder, ownerFolder, 'owner.sock'),
  });
}

/** Makes the runtime root, this vault's folder in it, and the socket's in that. Faults: denied (not ours alone), io. */
export function makeRuntimeFolder(places: VaultPlaces): Result<void> {
  const { runtimeFolder, ownerSocket } = places;
  for (const folder of [dirname(runtimeFolder), runtimeFolder, dirname(ownerSocket)]) {
    const made = makeOwnFolder(folder, 'vault.places');
    if (!made.ok) return made;
  }
  return ok(undefined);
}
