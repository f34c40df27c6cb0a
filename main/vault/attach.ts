// From an owner's socket to an OpenVault: the only maker of one. The connection is the hold on the vault: when this
// process ends in any way, the kernel closes it and the owner knows.
import { join } from 'node:path';
import { type OwnerStatus, ownerVerbs } from '../../preload/contract/owner';
import { fail, ok, type Result } from '../../preload/contract/result';
import { callSocket } from '../socket/call';
import { ofThisHome } from './lies';
import { mountAt } from './mounts';
import type { OpenVault, VaultPlaces } from './vault';

const closeTimeoutMs = 60_000;

function connect(places: VaultPlaces) {
  return callSocket({ path: places.ownerSocket, stage: 'vault.attach', verbs: ownerVerbs, pushes: {} });
}

/** What the owner says of itself. Faults: missingFile (there is none), ambiguousVault, busy (it is closing), timeout, io. */
export async function askOwner(places: VaultPlaces): Promise<Result<OwnerStatus>> {
  const owner = await connect(places);
  if (!owner.ok) return owner;
  const said = await owner.value.call('status', {}, { timeoutMs: 5_000 });
  owner.value.close();
  return said.ok ? ofThisHome(places, said.value) : said;
}

/** Faults: missingFile (no owner), missingVault (not open), ambiguousVault, busy (a second kiosk), io. */
export async function attach(about: {
  places: VaultPlaces;
  program: OwnerStatus['clients'][number]['program'];
}): Promise<Result<OpenVault>> {
  const { places, program } = about;
  const connected = await connect(places);
  if (!connected.ok) return connected;
  const owner = connected.value;
  const said = await owner.call('attach', { program, pid: process.pid });
  const attached = said.ok ? ofThisHome(places, said.value) : said;
  if (!attached.ok) {
    owner.close();
    return attached;
  }
  return ok({
    home: places.home,
    uuid: attached.value.uuid,
    mountPoint: places.mountPoint,
    guestsFolder: join(places.mountPoint, 'guests'),
    runtimeFolder: places.runtimeFolder,
    ownerSocket: places.ownerSocket,
    closed: owner.closed,
    detach: () => owner.close(),
    close: async () => {
      const closed = await owner.call('close', {}, { timeoutMs: closeTimeoutMs });
      if (closed.ok) {
        await owner.closed;
        return ok(undefined);
      }
      // An owner that was gone already: what the kernel shows decides, not what we believe.
      const gone = closed.fault.code === 'io' || closed.fault.code === 'missingVault';
      return gone && mountAt(places.mountPoint) === null ? ok(undefined) : fail(closed.fault);
    },
  });
}

/** One line for a fault: who has the vault. */
export function describeHolders(status: OwnerStatus): string {
  const held = status.clients.map((client) => `${client.program} (pid ${client.pid})`).join(', ');
  const kept = status.stays ? 'kept open until `soulpad vault close`' : 'open';
  return `the vault is ${held === '' ? kept : `in use by ${held}`}, its owner is pid ${status.ownerPid}`;
}
