// A full vault while the guest runs: QEMU pauses the guest at the write that found no room (werror=stop), so that
// nothing is lost. Once there is room again the guest goes on by itself and the write is done again. Other disk errors
// (a pulled stick) are left as they are: paused, for the person to see.
import { statfs } from 'node:fs/promises';
import type { Log } from '../files/log';
import type { LiveGuest } from './session';

const lookEveryMs = 2_000;
/** Less would be used up at once. */
const enoughBytes = 8 << 20;

/** `isOurs`: false while the guest is being saved or ended; then its vCPUs are not ours to start. */
export function goOnWhenThereIsRoom(about: {
  readonly live: LiveGuest;
  readonly log: Log;
  readonly isOurs: () => boolean;
}): void {
  const { live, log } = about;
  let waiting = false;
  const waitForRoom = (): void => {
    if (waiting) return;
    waiting = true;
    setTimeout(look, lookEveryMs).unref();
  };
  const look = async (): Promise<void> => {
    if (!live.qemu.isAlive()) return;
    if (about.isOurs() && (await hasRoom(live.session.folder))) {
      const status = await live.qmp.execute('query-status', {});
      if (status.ok && status.value.status === 'io-error' && about.isOurs()) {
        const sent = await live.qmp.execute('cont', {});
        log.say(sent.ok ? 'there is room again: the guest goes on' : `cont: ${sent.fault.message}`);
      }
      waiting = false;
      return;
    }
    setTimeout(look, lookEveryMs).unref();
  };
  live.qmp.onEvent('BLOCK_IO_ERROR', (error) => {
    log.say(`disk error on ${error.operation}, ${error.action}: ${error.reason ?? 'no reason given'}`);
    if (error.nospace === true) waitForRoom();
  });
  // A guest that was taken over may have been paused before: that event went to the keeper that was killed.
  void waitsForRoom(live).then((waits) => {
    if (waits) waitForRoom();
  });
}

/** QEMU stopped the guest at a write that found no room (qapi/block-core.json, BlockInfo: io-status). */
export async function waitsForRoom({ qmp }: Pick<LiveGuest, 'qmp'>): Promise<boolean> {
  const disks = await qmp.execute('query-block', {});
  return disks.ok && disks.value.some((disk) => disk['io-status'] === 'nospace');
}

async function hasRoom(folder: string): Promise<boolean> {
  const space = await statfs(folder).catch(() => null);
  return space !== null && space.bavail * space.bsize >= enoughBytes;
}
