// Where a running guest's things lie outside the vault: one 0700 folder a guest in the vault's runtime folder. The
// names are short because Unix socket paths hold 107 bytes.
import { join } from 'node:path';

/** What a keeper must be told: three paths of an open vault (an OpenVault has them by the same names). */
export interface KeeperPlaces {
  /** The vault's runtime folder, 0700; the guest's own folder is made inside. */
  readonly runtimeFolder: string;
  /** <mount point>/guests */
  readonly guestsFolder: string;
  /** The vault's owner, to which the keeper attaches. */
  readonly ownerSocket: string;
}

/** One guest's files and sockets. */
export interface GuestFiles {
  readonly folder: string;
  readonly runtimeFolder: string;
  readonly keeperSocket: string;
  readonly qmpSocket: string;
  readonly serialSocket: string;
  readonly spiceSocket: string;
  readonly agentSocket: string;
  readonly record: string;
  readonly log: string;
  /** Locked by flock(2) for as long as a keeper lives: one keeper a guest. */
  readonly lock: string;
}

export function guestFiles(places: KeeperPlaces, guestId: string): GuestFiles {
  const runtimeFolder = join(places.runtimeFolder, guestId);
  return {
    folder: join(places.guestsFolder, guestId),
    runtimeFolder,
    keeperSocket: join(runtimeFolder, 'keeper.sock'),
    qmpSocket: join(runtimeFolder, 'qmp.sock'),
    serialSocket: join(runtimeFolder, 'serial.sock'),
    spiceSocket: join(runtimeFolder, 'spice.sock'),
    agentSocket: join(runtimeFolder, 'agent.sock'),
    record: join(runtimeFolder, 'keeper.json'),
    log: join(runtimeFolder, 'keeper.log'),
    lock: join(runtimeFolder, 'keeper.lock'),
  };
}
