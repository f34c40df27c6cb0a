// Whether a guest still runs in a vault, asked of the system: its keeper, or QEMU itself when the keeper was killed,
// accepts a connection. An owner never takes a mount away from under a live guest. That is the safe side: the vault
// then stays open longer than wished, but no saved file is lost.
import { type Dirent, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { errnoOf } from '../files/errno';
import type { VaultPlaces } from './vault';

const sockets = ['keeper.sock', 'qmp.sock'];
const maxGuests = 64;

/** Ids (folder names) of guests that answer. */
export async function liveGuests(places: VaultPlaces): Promise<string[]> {
  const folders = entriesOf(places.runtimeFolder)
    .filter((entry) => entry.isDirectory() && join(places.runtimeFolder, entry.name) !== places.mountPoint)
    .slice(0, maxGuests);
  const alive: string[] = [];
  for (const { name } of folders) {
    for (const socket of sockets) {
      if (await somebodyListens(join(places.runtimeFolder, name, socket))) {
        alive.push(name);
        break;
      }
    }
  }
  return alive;
}

/** None where the folder is gone (a session that ended takes its runtime folder with it): then nobody listens either. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A full backlog (EAGAIN) counts as somebody. */
export function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'));
  });
}
