// Who holds a vault open: the programs attached to its owner, and for a moment the one that opened it and is about to
// attach. Pure bookkeeping; the owner decides what follows from it.
import type { OwnerStatus } from '../../preload/contract/owner';
import type { Peer } from '../socket/serve';

export type Client = OwnerStatus['clients'][number];
type Program = Pick<Client, 'program' | 'pid'>;

export interface Holders {
  /** All, or all but the one on this connection. */
  list(except?: Peer): Client[];
  /** A kiosk other than this program. */
  otherKiosk(program: Program): Client | null;
  add(peer: Peer, program: Program): void;
  remove(peer: Peer): void;
  /** The opener's place is kept no longer. */
  dropReservation(): void;
  /** All but keepers are counted no longer. */
  keepKeepersOnly(): void;
}

export function makeHolders(opener: Program | null): Holders {
  const attached = new Map<Peer, Client>();
  const stamp = ({ program, pid }: Program): Client => ({ program, pid, since: new Date().toISOString() });
  let reserved = opener === null ? null : stamp(opener);
  const list = (except?: Peer): Client[] => [
    ...[...attached].filter(([peer]) => peer !== except).map(([, client]) => client),
    ...(reserved === null ? [] : [reserved]),
  ];
  return {
    list,
    otherKiosk: ({ pid }) =>
      list().find((client) => client.program === 'kiosk' && client.pid !== pid) ?? null,
    add: (peer, program) => {
      if (reserved?.pid === program.pid) reserved = null;
      attached.set(peer, stamp(program));
    },
    remove: (peer) => void attached.delete(peer),
    dropReservation: () => {
      reserved = null;
    },
    keepKeepersOnly: () => {
      reserved = null;
      for (const [peer, client] of attached) if (client.program !== 'keeper') attached.delete(peer);
    },
  };
}

export function nameOf(client: Client): string {
  return `${client.program} (pid ${client.pid})`;
}
