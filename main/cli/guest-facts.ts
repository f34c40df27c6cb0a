// What `guest list` and `guest status` say of a guest: its definition, the generation CURRENT names, and what its keeper
// says when it runs. The truth about running is asked of the system (findKeepers), never read from a file alone.
import type { KeeperStatus } from '../../preload/contract/keeper';
import { ok, type Result } from '../../preload/contract/result';
import { readCurrent, readManifest } from '../generation/store';
import type { GuestDefinition } from '../guest/definition';
import { guestPlace, listGuests } from '../guest/store';
import { adoptKeeper, findKeepers, type KeeperPlaces } from '../keeper/handle';
import type { OpenVault } from '../vault/vault';
import type { DataOf } from './surface';

type Guest = DataOf<'guest.list'>['guests'][number];

/** All guests, or the one named. A damaged guest.json is listed apart with its fault. Faults: denied, io. */
export async function guestFacts(
  vault: OpenVault,
  only: string | null = null,
): Promise<Result<DataOf<'guest.list'>>> {
  const listed = await listGuests(vault.guestsFolder);
  if (!listed.ok) return listed;
  const alive = new Set((await findKeepers(vault)).map((found) => found.guestId));
  const guests: Guest[] = [];
  const damaged: DataOf<'guest.list'>['damaged'] = [];
  for (const { id, definition } of listed.value) {
    if (only !== null && id !== only) continue;
    if (!definition.ok) {
      damaged.push({ id, code: definition.fault.code, message: definition.fault.message });
      continue;
    }
    const status = alive.has(id) ? await keeperStatus(vault, id) : null;
    guests.push(await factsOf({ vault, definition: definition.value, status }));
  }
  return ok({ guests, damaged });
}

/** Null when it has ended in the meantime. */
async function keeperStatus(places: KeeperPlaces, guestId: string): Promise<KeeperStatus | null> {
  const adopted = await adoptKeeper({ places, guestId });
  if (!adopted.ok) return null;
  const status = await adopted.value.status();
  adopted.value.close();
  return status.ok ? status.value : null;
}

async function factsOf(about: {
  readonly vault: OpenVault;
  readonly definition: GuestDefinition;
  readonly status: KeeperStatus | null;
}): Promise<Guest> {
  const { definition, status } = about;
  const place = guestPlace(about.vault.guestsFolder, definition);
  const current = await readCurrent(place);
  const manifest = current.ok ? await readManifest(place, current.value) : current;
  const asleep = manifest.ok && manifest.value.ram !== null;
  return {
    id: definition.id,
    name: definition.name,
    uuid: definition.uuid,
    ramBytes: definition.ramBytes,
    diskBytes: definition.disks.reduce((sum, disk) => sum + disk.bytes, 0),
    machine: definition.machine,
    cpuModel: definition.cpuModel,
    state: status?.state ?? (asleep ? 'suspended' : 'off'),
    generation: current.ok ? current.value : null,
    pid: status?.qemuPid ?? null,
    qmpSocket: status?.qmpSocket ?? null,
    serialSocket: status?.serialSocket ?? null,
    spiceSocket: status?.spiceSocket ?? null,
    engine: status?.ran?.engine ?? (manifest.ok ? manifest.value.engine : null),
    streamedBytes: status?.streaming?.done ?? null,
    chainLength: manifest.ok ? manifest.value.layers.length : 0,
    checkpoints: status?.checkpoints ?? null,
    damage: manifest.ok ? null : manifest.fault.message,
  };
}
