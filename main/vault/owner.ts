// The owner of an open vault: it holds the mount for as long as somebody is attached, it was told to stay, or a guest
// lives in the vault; then it unmounts and ends. It listens before it mounts, so that a mount on whose socket nobody
// answers is known to be left over from an owner that was killed. At most one runs: the caller holds the lock file.
//   second kiosk attaches           refused, busy names the first
//   kiosk killed, keeper attached   stays          kiosk killed, nobody else    closes
//   gocryptfs ends by itself        cleans up, ends: clients see the connection go
import { existsSync, unlinkSync } from 'node:fs';
import type { Fault } from '../../preload/contract/fault';
import { type OwnerStatus, ownerVerbs } from '../../preload/contract/owner';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Child } from '../process/run';
import { type Answers, type Peer, type Serving, serveSocket } from '../socket/serve';
import { clearDeadMount, closeMount, removeLeftovers } from './close-mount';
import { liveGuests } from './guest-alive';
import { type Client, makeHolders, nameOf } from './holders';
import { whereItLies } from './lies';
import { isOurMount, mountAt } from './mounts';
import type { VaultPlaces } from './vault';

/** How long the opener may take from `done` to its attach. */
const attachGraceMs = 10_000;
/** How long `close` waits for a keeper that has said `ended` and is on its way out. */
const leavingMs = 3_000;
const lookAgainMs = 1_000;

/** What the owner holds. `server` is null when it was taken over: then gocryptfs is nobody's child any more. */
export interface Mounted {
  readonly server: Child | null;
}

export interface OwnerAbout {
  readonly places: VaultPlaces;
  readonly uuid: string;
  /** Who opens it and will attach; null when a mount is taken over for its guest. */
  readonly opener: Pick<Client, 'program' | 'pid'> | null;
  readonly stays: boolean;
  /** Makes or finds the mount. Called once the socket listens; nothing may be left mounted when it fails. */
  readonly mount: () => Promise<Result<Mounted>>;
  /** SIGTERM: cancels the opening; an open vault closes as soon as no keeper is attached and no guest lives. */
  readonly signal: AbortSignal;
  /** One line for owner.log, about the unusual only. */
  readonly say: (line: string) => void;
}

/** `finished` fulfils when nothing is mounted and the socket is gone. */
export interface Owner {
  readonly finished: Promise<void>;
}

/** Returns once the vault is open. Faults: what `mount` fails with, cancelled, pathTooLong, denied, io. */
export async function ownVault(about: OwnerAbout): Promise<Result<Owner>> {
  const { places, uuid, say, signal } = about;
  const holders = makeHolders(about.opener);
  let { stays } = about;
  const lies = whereItLies(places);
  let state: 'opening' | 'open' | 'closing' = 'opening';
  let socket: Serving<Record<never, never>> | null = null;
  let watch: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;
  const opened = settleable<boolean>();
  const finished = settleable<void>();

  const status = (): OwnerStatus => ({
    uuid,
    kind: places.kind,
    lies,
    ownerPid: process.pid,
    mountPoint: places.mountPoint,
    stays,
    clients: holders.list(),
  });

  const answers: Answers<typeof ownerVerbs> = {
    status: async () => (state === 'closing' ? refused('busy', 'the vault is being closed') : ok(status())),
    attach: async (asked, peer) => {
      if (!(await opened.promise) || state !== 'open')
        return refused('missingVault', 'the vault is not open');
      const kiosk = asked.program === 'kiosk' ? holders.otherKiosk(asked) : null;
      if (kiosk !== null) return refused('busy', `another ${nameOf(kiosk)} shows this vault`);
      holders.add(peer, asked);
      peer.onClosed(() => {
        holders.remove(peer);
        void closeWhenUnused();
      });
      return ok(status());
    },
    close: async (_, peer) => {
      if (!(await opened.promise) || state !== 'open')
        return refused('missingVault', 'the vault is not open');
      const deadline = Date.now() + leavingMs;
      let users = await usersBeside(peer);
      while (users.leaving && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        users = await usersBeside(peer);
      }
      if (users.names.length > 0) return refused('busy', `the vault is in use by ${users.names.join(', ')}`);
      if (state !== 'open') return refused('missingVault', 'the vault is being closed');
      const closed = await closeNow();
      if (!closed.ok) return closed;
      setImmediate(() => void end()); // after the reply is written
      return ok({});
    },
  };

  /** `leaving`: only keepers and guests, which may be on their way out. */
  const usersBeside = async (peer: Peer): Promise<{ names: string[]; leaving: boolean }> => {
    const clients = holders.list(peer);
    const guests = (await liveGuests(places)).map((id) => `guest ${id}`);
    const names = [...clients.map(nameOf), ...guests];
    return { names, leaving: names.length > 0 && clients.every(({ program }) => program === 'keeper') };
  };

  const closeNow = async (): Promise<Result<void>> => {
    state = 'closing';
    const closed = await closeMount(about);
    if (!closed.ok) state = 'open';
    return closed;
  };

  const closeWhenUnused = async (): Promise<void> => {
    if (state !== 'open' || stays || holders.list().length > 0) return;
    // Not attached, but alive: a keeper that has not come back to us yet, or QEMU alone.
    if ((await liveGuests(places)).length > 0) return void setTimeout(closeWhenUnused, lookAgainMs);
    if (state !== 'open' || holders.list().length > 0) return;
    const closed = await closeNow();
    if (closed.ok) return void end();
    say(`closing failed, trying again: ${closed.fault.message}`);
    setTimeout(closeWhenUnused, lookAgainMs);
  };

  const end = async (): Promise<void> => {
    clearInterval(watch);
    clearTimeout(grace);
    removeLeftovers(places); // first: who sees the connection go may look at once
    await socket?.close();
    finished.settle();
  };

  /** gocryptfs is gone, or somebody unmounted. Clients must not believe in the vault any longer. */
  const mountLost = async (why: string): Promise<void> => {
    if (state !== 'open') return;
    state = 'closing';
    say(`the mount is gone: ${why}`);
    await clearDeadMount(about);
    await end();
  };

  // Nobody else can be listening: the caller holds the lock. A file is what a killed owner left.
  if (existsSync(places.ownerSocket)) unlinkSync(places.ownerSocket);
  const serving = await serveSocket({
    ...{ path: places.ownerSocket, stage: 'vault.owner', verbs: ownerVerbs, pushes: {} },
    answers,
  });
  if (!serving.ok) return serving;
  socket = serving.value;

  const mounted = await about.mount();
  if (!mounted.ok || signal.aborted) {
    state = 'closing';
    if (mounted.ok && mounted.value.server !== null) await closeMount(about);
    opened.settle(false);
    await end();
    return mounted.ok ? refused('cancelled', 'opening was cancelled') : mounted;
  }
  state = 'open';
  const { server } = mounted.value;
  if (server !== null)
    void server.ended.then((how) => mountLost(`gocryptfs ended with ${how.status ?? how.signal}`));
  else
    watch = setInterval(() => {
      if (!isOurMount(mountAt(places.mountPoint), uuid)) void mountLost('unmounted');
    }, lookAgainMs);
  opened.settle(true);
  grace = setTimeout(() => {
    holders.dropReservation();
    void closeWhenUnused();
  }, attachGraceMs);
  signal.addEventListener('abort', () => {
    stays = false;
    // A kiosk or CLI is told by its connection ending; a keeper has a guest that must be saved first.
    holders.keepKeepersOnly();
    void closeWhenUnused();
  });
  return ok({ finished: finished.promise });
}

function settleable<T>(): { readonly promise: Promise<T>; settle: (value: T) => void } {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

function refused(code: Fault['code'], message: string): Result<never> {
  return fail({ code, stage: 'vault.owner', message });
}
