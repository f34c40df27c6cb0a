// Closing a mount for good: unmounted, and the process that held the key is gone. Patient first; a mount that a live
// guest uses is never taken away; one that a stray program uses is, after saying so, since closed must mean closed.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../preload/contract/result';
import { unmount } from './gocryptfs';
import { liveGuests } from './guest-alive';
import { mountAt, mountName } from './mounts';
import type { VaultPlaces } from './vault';

const unmountRetryMs = 3_000;
const serverEndMs = 2_000;
const pollMs = 50;

export interface ClosingMount {
  readonly places: VaultPlaces;
  readonly uuid: string;
  readonly say: (line: string) => void;
}

/** Fault busy: a guest lives in it, and it is still mounted. */
export async function closeMount(about: ClosingMount): Promise<Result<void>> {
  const { places, say } = about;
  const { mountPoint } = places;
  const deadline = Date.now() + unmountRetryMs;
  let done = await unmount({ mountPoint, detachInUse: false });
  while (!done.ok && done.fault.code === 'busy' && Date.now() < deadline) {
    await pause(2 * pollMs);
    done = await unmount({ mountPoint, detachInUse: false });
  }
  if (!done.ok && done.fault.code === 'busy' && (await liveGuests(places)).length === 0) {
    say('files in the vault are in use by an unknown program: detaching the mount and ending gocryptfs');
    done = await unmount({ mountPoint, detachInUse: true });
  }
  if (done.ok) await endServers(about.uuid);
  return done;
}

/** gocryptfs is dead or unmounted from outside: takes away what is left of the mount. */
export async function clearDeadMount(about: ClosingMount): Promise<void> {
  const { mountPoint } = about.places;
  if (mountAt(mountPoint) !== null) await unmount({ mountPoint, detachInUse: true });
  await endServers(about.uuid);
}

/** The lock file and the runtime folder stay: removing a lock file lets two programs lock two files of one name. */
export function removeLeftovers(places: VaultPlaces): void {
  rmSync(join(places.runtimeFolder, 'gocryptfs.log'), { force: true });
  if (existsSync(places.mountPoint) && mountAt(places.mountPoint) === null) rmdirSync(places.mountPoint);
}

/** gocryptfs ends by itself when its mount is gone, unless a stray program still holds a file of it. */
async function endServers(uuid: string): Promise<void> {
  const deadline = Date.now() + serverEndMs;
  while (serversOf(uuid).length > 0 && Date.now() < deadline) await pause(pollMs);
  for (const pid of serversOf(uuid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
  }
}

/** Asked of the system, since after a takeover gocryptfs is nobody's child: its argv names the vault's uuid. */
function serversOf(uuid: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return argv[0] === 'gocryptfs' && argv.includes(mountName(uuid));
      } catch {
        return false; // gone meanwhile
      }
    })
    .map(Number);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
