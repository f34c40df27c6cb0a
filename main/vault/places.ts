// Where everything of a home lies, on the stick and while it runs. The runtime folder holds sockets and the clear
// mount point, so it is refused unless it is a real folder, ours, and closed to everybody else (mode 0700): in /tmp
// anybody could have made it first.
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { maxSocketPathBytes } from '../socket/call';
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

/** Pure. Fault pathTooLong: a guest's sockets in this runtime folder would not fit an address (unix(7)). */
export function placesOf(about: { home: string; uuid: string; root: string }): Result<VaultPlaces> {
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
    keyslotsFile: keyslotsFileOf(about.home),
    cipherFolder: join(vaultFolderOf(about.home), 'cipher'),
    runtimeFolder,
    mountPoint: join(runtimeFolder, 'vault'),
    ownerSocket: join(runtimeFolder, 'owner.sock'),
  });
}

/** Makes the runtime root and this vault's folder in it. Faults: denied (not ours, or open to others), io. */
export function makeRuntimeFolder(places: VaultPlaces): Result<void> {
  const root = join(places.runtimeFolder, '..');
  for (const folder of [root, places.runtimeFolder]) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EEXIST') return fail(fault(code === 'EACCES' ? 'denied' : 'io', String(error)));
    }
    const seen = lstatSync(folder, { throwIfNoEntry: false });
    if (!seen?.isDirectory() || seen.uid !== process.getuid?.() || (seen.mode & 0o077) !== 0) {
      return fail(fault('denied', `${folder} must be a folder of this user alone (mode 0700)`));
    }
  }
  return ok(undefined);
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'vault.places', message };
}
