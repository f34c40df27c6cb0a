// Closing a mount for good: unmounted, and the process that held the key is gone. Patient first; a mount that a live
// guest uses is never taken away; one that a stray program uses is, after saying so, since closed must mean closed.
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../preload/contract/result';
import { argumentsOf, pids } from '../process/proc';
import { liveGuests } from './guest-alive';
import { mountAt, mountName } from './mounts';
import { unmountVault } from './unmount';
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
  const { places, uuid, say } = about;
  const deadline = Date.now() + unmountRetryMs;
  let done = await unmountVault({ places, uuid, detachInUse: false });
  while (!done.ok && done.fault.code === 'busy' && Date.now() < deadline) {
    await pause(2 * pollMs);
    done = await unmountVault({ places, uuid, detachInUse: false });
  }
  if (!done.ok && done.fault.code === 'busy' && (await liveGuests(places)).length === 0) {
    say('files in the vault are in use by an unknown program: detaching the mount');
    done = await unmountVault({ places, uuid, detachInUse: true });
  }
  if (done.ok) await endServers(about.uuid);
  return done;
}

/** gocryptfs is dead or unmounted from outside: takes away what is left of the mount. */
export async function clearDeadMount(about: ClosingMount): Promise<void> {
  const { places, uuid } = about;
  if (mountAt(places.mountPoint) !== null) await unmountVault({ places, uuid, detachInUse: true });
  await endServers(uuid);
}

/** The lock file and the runtime folder stay: removing a lock file lets two programs lock two files of one name. */
export function removeLeftovers(places: VaultPlaces): void {
  try {
    rmSync(join(places.runtimeFolder, 'gocryptfs.log'), { force: true });
    if (existsSync(places.mountPoint) && mountAt(places.mountPoint) === null) rmdirSync(places.mountPoint);
  } catch {
    // An empty folder that stays harms nobody; an owner that stops half-way through its end does.
  }
}

/** gocryptfs ends by itself when its mount is gone, unless a stray program still holds a file of it. */
async function endServers(uuid: string): Promise<void> {
  const deadline = Date.now() + serverEndMs;
  while ((await serversOf(uuid)).length > 0 && Date.now() < deadline) await pause(pollMs);
  for (const pid of await serversOf(uuid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
  }
}

/** Asked of the system, since after a takeover gocryptfs is nobody's child: its argv names the vault's uuid. */
async function serversOf(uuid: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await pids()) {
    const argv = await argumentsOf(pid);
    if (argv[0] === 'gocryptfs' && argv.includes(mountName(uuid))) found.push(pid);
  }
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
