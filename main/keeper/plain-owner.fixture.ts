// Answers like a vault's owner for a plain folder, so that a real keeper runs guests in it: tests and benches compare
// with it. It opens nothing and keeps nothing secret; no product code may import it.
import { ownerVerbs } from '../../preload/contract/owner';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type Serving, serveSocket } from '../socket/serve';
import type { KeeperPlaces } from './places';

/** `attached` always holds the pids of the keepers that hold the folder now. */
export function servePlainOwner(
  places: KeeperPlaces,
  attached: Set<number>,
): Promise<Result<Serving<Record<string, never>>>> {
  const stage = 'plain.owner';
  const status = () => ({
    uuid: '5f0c5a52-6a55-4f4e-8a53-1f0d6d7c2b11',
    kind: 'gocryptfs' as const,
    lies: null,
    ownerPid: process.pid,
    mountPoint: places.guestsFolder,
    stays: false,
    clients: [],
  });
  return serveSocket({
    path: places.ownerSocket,
    stage,
    verbs: ownerVerbs,
    pushes: {},
    answers: {
      status: async () => ok(status()),
      attach: async ({ pid }, peer) => {
        attached.add(pid);
        peer.onClosed(() => attached.delete(pid));
        return ok(status());
      },
      close: async () => fail({ code: 'busy', stage, message: 'a plain folder is not closed' }),
    },
  });
}
