// The owner of an open vault: it holds the mount for as long as somebody is attached, it was told to stay, or a guest
// lives in the vault; then it unmounts and ends. It listens before it mounts, so that a mount on whose socket nobody
// answers is known to be left over from an owner that was killed. At most one runs: the caller holds the lock file.
//   second kiosk attaches           refused, busy names the first
//   kiosk killed, keeper attached   stays          kiosk killed, nobody else    closes
//   gocryptfs ends by itself        cleans up, ends: clients see the connection go
import { existsSync, mkdirSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { type OwnerStatus, ownerVerbs } from '../../preload/contract/owner';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Child } from '../process/run';
import { type Answers, type Peer, type Serving, serveSocket } from '../socket/serve';
import { endedWithin, unmount } from './gocryptfs';
import { liveGuests } from './guest-alive';
import { isOurMount, mountAt } from './mounts';
import type { VaultPlaces } from './vault';

type Client = OwnerStatus['clients'][number];

/** How long the opener may take from `done` to its attach. */
const attachGraceMs = 10_000;
const lookAgainMs = 1_000;
const unmountRetryMs = 3_000;

/** What the owner holds. `server` is null when it was taken over: then gocryptfs is nobody's child any more. */
export interface Mounted {
  readonly server: Child | null;
}

export interface OwnerAbout {
  readonly places: VaultPlaces;
  readonly uuid: string;
  readonly opener: Pick<Client, 'program' | 'pid'>;
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
  const clients = new Map<Peer, Client>();
  let reserved: Client | null = { ...about.opener, since: new Date().toISOString() };
  let { stays } = about;
  let state: 'opening' | 'open' | 'closing' = 'opening';
  let server: Child | null = null;
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let sayOpened: (opened: boolean) => void = () => {};
  const opened = new Promise<boolean>((resolve) => {
    sayOpened = resolve;
  });

  const holders = (except?: Peer): Client[] => [
    ...[...clients].filter(([peer]) => peer !== except).map(([, client]) => client),
    ...(reserved === null ? [] : [reserved]),
  ];
  const status = (): OwnerStatus => ({
    uuid,
    kind: 'gocryptfs',
    ownerPid: process.pid,
    mountPoint: places.mountPoint,
    stays,
    clients: holders(),
  });

  const answers: Answers<typeof ownerVerbs> = {
    status: async () => (state === 'closing' ? busy('the vault is being closed') : ok(status())),
    attach: async (asked, peer) => {
      if (!(await opened) || state !== 'open') return notOpen('the vault is not open');
      const kiosk = asked.program === 'kiosk' && holders().find((client) => isOtherKiosk(client, asked.pid));
      if (kiosk) return busy(`another ${nameOf(kiosk)} shows this vault`);
      if (reserved?.pid === asked.pid) reserved = null;
      clients.set(peer, { ...asked, since: new Date().toISOString() });
      peer.onClosed(() => {
        clients.delete(peer);
        void closeWhenUnused();
      });
      return ok(status());
    },
    close: async (_, peer) => {
      if (!(await opened) || state !== 'open') return notOpen('the vault is not open');
      const others = holders(peer);
      if (others.length > 0) return busy(`the vault is in use by ${others.map(nameOf).join(', ')}`);
      const guests = await liveGuests(places);
      if (guests.length > 0) return busy(`the vault is in use by guest ${guests.join(', ')}`);
      stays = false;
      const closed = await closeMount();
      if (!closed.ok) return closed;
      setImmediate(() => void end()); // after the reply is written
      return ok({});
    },
  };

  const closeWhenUnused = async (): Promise<void> => {
    if (state !== 'open' || stays || holders().length > 0) return;
    // Not attached, but alive: a keeper that has not come back to us yet, or QEMU alone.
    if ((await liveGuests(places)).length > 0) return void setTimeout(closeWhenUnused, lookAgainMs);
    if (state !== 'open' || holders().length > 0) return;
    const closed = await closeMount();
    if (closed.ok) return void end();
    say(`closing failed, trying again: ${closed.fault.message}`);
    setTimeout(closeWhenUnused, lookAgainMs);
  };

  /** Unmounts, patiently first. Closed means that the key is gone: gocryptfs has ended when it returns. */
  const closeMount = async (): Promise<Result<void>> => {
    state = 'closing';
    const deadline = Date.now() + unmountRetryMs;
    let done = await unmount({ mountPoint: places.mountPoint, detachInUse: false });
    while (!done.ok && done.fault.code === 'busy' && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      done = await unmount({ mountPoint: places.mountPoint, detachInUse: false });
    }
    if (!done.ok && done.fault.code === 'busy' && (await liveGuests(places)).length === 0) {
      say('files in the vault are in use by an unknown program: detaching the mount and ending gocryptfs');
      done = await unmount({ mountPoint: places.mountPoint, detachInUse: true });
    }
    if (!done.ok) {
      state = 'open';
      return done;
    }
    if (server !== null && (await endedWithin(server, 2_000)) === null) {
      server.process.kill('SIGKILL');
      await server.ended;
    }
    return done;
  };

  const end = async (): Promise<void> => {
    clearInterval(watch);
    clearTimeout(grace);
    removeLeftovers(places); // first: who sees the connection go may look at once
    await socket?.close();
    finish();
  };

  /** gocryptfs is gone, or somebody unmounted. Clients must not believe in the vault any longer. */
  const mountLost = async (why: string): Promise<void> => {
    if (state !== 'open') return;
    state = 'closing';
    say(`the mount is gone: ${why}`);
    if (mountAt(places.mountPoint) !== null)
      await unmount({ mountPoint: places.mountPoint, detachInUse: true });
    await end();
  };

  // Nobody else can be listening: the caller holds the lock. A file is what a killed owner left.
  if (existsSync(places.ownerSocket)) unlinkSync(places.ownerSocket);
  let watch: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;
  let socket: Serving<Record<never, never>> | null = null;
  const serving = await serveSocket({
    path: places.ownerSocket,
    stage: 'vault.owner',
    verbs: ownerVerbs,
    pushes: {},
    answers,
  });
  if (!serving.ok) return serving;
  socket = serving.value;

  const mounted = await about.mount();
  if (!mounted.ok || signal.aborted) {
    if (mounted.ok) {
      server = mounted.value.server;
      await closeMount();
    }
    state = 'closing';
    sayOpened(false);
    await end();
    return mounted.ok ? fail(fault('cancelled', 'opening was cancelled')) : mounted;
  }
  server = mounted.value.server;
  state = 'open';
  if (server === null) {
    watch = setInterval(() => {
      if (!isOurMount(mountAt(places.mountPoint), uuid)) void mountLost('unmounted');
    }, lookAgainMs);
  } else {
    void server.ended.then((how) => mountLost(`gocryptfs ended with ${how.status ?? how.signal}`));
  }
  sayOpened(true);
  grace = setTimeout(() => {
    reserved = null;
    void closeWhenUnused();
  }, attachGraceMs);

  signal.addEventListener('abort', () => {
    stays = false;
    reserved = null;
    // A kiosk or CLI is told by its connection ending; a keeper has a guest that must be saved first.
    for (const [peer, client] of clients) if (client.program !== 'keeper') clients.delete(peer);
    void closeWhenUnused();
  });
  return ok({ finished });
}

/** The encrypted files must be reachable through it; a dead gocryptfs leaves a mount that answers ENOTCONN. */
export function mountAnswers(places: VaultPlaces): boolean {
  try {
    return statSync(places.mountPoint).isDirectory();
  } catch {
    return false;
  }
}

/** Made once a vault is open for the first time. */
export function makeGuestsFolder(places: VaultPlaces): void {
  mkdirSync(join(places.mountPoint, 'guests'), { recursive: true, mode: 0o700 });
}

/** The lock file and the runtime folder stay: removing a lock file lets two programs lock two files of one name. */
function removeLeftovers(places: VaultPlaces): void {
  rmSync(join(places.runtimeFolder, 'gocryptfs.log'), { force: true });
  if (existsSync(places.mountPoint) && mountAt(places.mountPoint) === null) rmdirSync(places.mountPoint);
}

function isOtherKiosk(client: Client, pid: number): boolean {
  return client.program === 'kiosk' && client.pid !== pid;
}

function nameOf(client: Client): string {
  return `${client.program} (pid ${client.pid})`;
}

function busy(message: string): Result<never> {
  return fail(fault('busy', message));
}

function notOpen(message: string): Result<never> {
  return fail(fault('missingVault', message));
}

function fault(code: Fault['code'], message: string): Fault {
  return { code, stage: 'vault.owner', message };
}
