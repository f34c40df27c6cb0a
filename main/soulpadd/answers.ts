// What soulpadd does when it is asked: the verbs of preload/contract/soulpadd.ts, one after another, never two at once.
// The safe side: only what the contract names, only on disks that it lists now, only one that says it is the vault's
// place is ever erased, and a vault only for somebody who can open it.
import { existsSync } from 'node:fs';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { SoulpaddDisk, soulpaddVerbs } from '../../preload/contract/soulpadd';
import { map, testKeyslot, unmap } from '../vault/luks2/cryptsetup';
import { readHeader } from '../vault/luks2/disk';
import { isLuks2Mount, luks2Mount, mapperName } from '../vault/luks2/mounting';
import { type SecretKind, slotsOf } from '../vault/luks2/slots';
import { unlock } from '../vault/luks2/unlock';
import {
  addKeyslot,
  type Costs,
  checkSecret,
  finishVolume,
  isUnfinished,
  makeVolume,
  removeKeyslot,
} from '../vault/luks2/volume';
import { mountAt } from '../vault/mounts';
import { type Disk, type DiskPlaces, listDisks, mayFormat, withDisk } from './disks';
import { hasDmCrypt } from './dm-crypt';
import { startKeeper } from './keepers';
import { closeVault, makeFileSystem, mountMapped, withDevice } from './mapping';
import type { Answering } from './serve';

export interface SoulpaddAbout {
  readonly places: DiskPlaces;
  /** Where mount points are made. */
  readonly root: string;
  /** Whose vaults these are. */
  readonly userId: number;
  readonly groupId: number;
  /** Whether keepers are started here, as another user (keepers.ts). */
  readonly startsKeepers: boolean;
  /** Cheaper KDFs and the floor that goes with them; no program passes it. */
  readonly testOnlyCosts?: Costs;
}

export function soulpaddAnswers(about: SoulpaddAbout): Answering<typeof soulpaddVerbs> {
  const { places, root } = about;
  const { testOnlyCosts } = about;
  const costs = testOnlyCosts === undefined ? {} : { testOnlyCosts };
  const floor = testOnlyCosts === undefined ? {} : { testOnlyFloor: testOnlyCosts };
  const inTurn = oneAfterAnother();
  const keepersInTurn = oneAfterAnother();
  return {
    status: async () => ok({ pid: process.pid, dmCrypt: hasDmCrypt() }),
    list: async () => ok({ disks: listDisks(places).map((disk) => factsOf(disk, root)) }),
    format: ({ disk: id, opens, keyslots }, parts) =>
      inTurn(() =>
        withDisk(places, id, async (disk, descriptor) => {
          const stage = 'vault.create';
          if (!mayFormat(disk)) return refusal(disk);
          if (parts.length !== keyslots.length + (opens === null ? 0 : 1)) return miscounted(stage);
          return withDevice({ places, disk, descriptor, stage }, async (device) => {
            const allowed = await mayErase({ device, opens, secret: parts[0], floor });
            if (!allowed.ok) return allowed;
            const secrets = opens === null ? parts : parts.slice(1);
            const made = keyslots.map((slot, at) => ({ ...slot, bytes: secrets[at] ?? new Uint8Array() }));
            const [first, ...more] = made;
            if (first === undefined) return miscounted(stage);
            const uuid = await makeVolume({ device, keyslots: [first, ...more], ...costs });
            if (!uuid.ok) return uuid;
            const name = mapperName(uuid.value);
            const mapped = await map({ device, stage, keyslot: 0, secret: first.bytes, name });
            if (!mapped.ok) return mapped;
            const filled = await makeFileSystem({ ...about, uuid: uuid.value });
            const unmapped = await unmap({ name, stage });
            if (!filled.ok) return filled;
            if (!unmapped.ok) return unmapped;
            const finished = await finishVolume(device);
            return finished.ok ? ok({ uuid: uuid.value }) : finished;
          });
        }),
      ),
    open: ({ disk: id, kind }, parts, gone) =>
      inTurn(() =>
        withDisk(places, id, async (disk, descriptor) => {
          const stage = 'vault.open';
          const [secret] = parts;
          if (secret === undefined || parts.length !== 1) return miscounted(stage);
          return withDevice({ places, disk, descriptor, stage }, async (device, keep) => {
            const header = readHeader(device);
            if (!header.ok) return header;
            if (isUnfinished(header.value)) return neverFinished(disk);
            const { uuid } = header.value;
            const free = notThere({ about, uuid, id });
            if (!free.ok) return free;
            const slots = slotsOf(header.value);
            const name = mapperName(uuid);
            const opened = await unlock({
              ...{ slots, kind, secret, ...floor },
              attempt: (tried) => map({ device, stage, ...tried, name }),
            });
            if (!opened.ok) return opened;
            const mounted = await mountMapped({ uuid, root });
            if (!mounted.ok) return mounted;
            if (!gone.aborted) {
              keep();
              return ok({ uuid, mountPoint: mounted.value });
            }
            // Whoever asked is gone: an open vault that nobody knows of must not stay.
            const closed = await closeVault({ uuid, root, detach: false });
            return closed.ok
              ? fail({ code: 'cancelled', stage, message: 'nobody waits for the vault' })
              : closed;
          });
        }),
      ),
    check: ({ disk: id, kind }, [secret, ...rest]) =>
      inTurn(() =>
        onVault({ places, id, stage: 'vault.check' }, async (device) => {
          if (secret === undefined || rest.length > 0) return miscounted('vault.check');
          return checkSecret({ device, secret: { kind, bytes: secret }, ...costs });
        }),
      ),
    close: ({ uuid, detach }) =>
      inTurn(async () => {
        const closed = await closeVault({ uuid, root, detach });
        return closed.ok ? ok({}) : closed;
      }),
    addKeyslot: ({ disk: id, opens, keyslot }, [secret, added, ...rest]) =>
      inTurn(() =>
        onVault({ places, id, stage: 'vault.addKeyslot' }, async (device) => {
          if (secret === undefined || added === undefined || rest.length > 0)
            return miscounted('vault.addKeyslot');
          const slot = { ...keyslot, bytes: added };
          return addKeyslot({ device, secret: { kind: opens, bytes: secret }, slot, ...costs });
        }),
      ),
    removeKeyslot: ({ disk: id, opens, id: keyslot }, [secret, ...rest]) =>
      inTurn(() =>
        onVault({ places, id, stage: 'vault.removeKeyslot' }, async (device) => {
          if (secret === undefined || rest.length > 0) return miscounted('vault.removeKeyslot');
          return removeKeyslot({ device, secret: { kind: opens, bytes: secret }, id: keyslot, ...costs });
        }),
      ),
    // In a turn of its own: a keeper may take its time, and no other verb must wait for it.
    startKeeper: (asked) =>
      keepersInTurn(async () =>
        about.startsKeepers
          ? startKeeper(root, asked)
          : fail({ code: 'denied', stage: 'keeper.start', message: 'keepers are their own person’s here' }),
      ),
  };
}

function factsOf(disk: Disk, root: string): SoulpaddDisk {
  const header = readHeader(disk.path);
  const { id, name, bytes, removable, partitionName } = disk;
  const damage = !header.ok && header.fault.code === 'damagedHeader' ? header.fault.message : null;
  const facts = { id, name, bytes, removable, partitionName, mayFormat: mayFormat(disk), damage };
  if (!header.ok || isUnfinished(header.value)) return { ...facts, vault: null };
  const { uuid } = header.value;
  const { mountPoint } = luks2Mount(uuid, root);
  const open = isLuks2Mount(mountAt(mountPoint), uuid) && disk.held;
  const keyslots = slotsOf(header.value).map(({ ours: _, ...slot }) => slot);
  return {
    ...facts,
    vault: { uuid, state: open ? 'open' : 'closed', mountPoint: open ? mountPoint : null, keyslots },
  };
}

/** Two disks with one uuid: one is a copy, and which one the person means is not ours to guess. */
function notThere(what: { about: SoulpaddAbout; uuid: string; id: string }): Result<void> {
  const stage = 'vault.open';
  const { places, root } = what.about;
  const twins = listDisks(places).filter((disk) => {
    const header = readHeader(disk.path);
    return disk.id !== what.id && header.ok && header.value.uuid === what.uuid;
  });
  if (twins.length > 0) {
    const message = `${twins[0]?.name ?? 'another disk'} says that it is the same vault`;
    return fail({ code: 'ambiguousVault', stage, message });
  }
  const { mountPoint, mapper } = luks2Mount(what.uuid, root);
  if (mountAt(mountPoint) !== null || existsSync(mapper))
    return fail({ code: 'busy', stage, message: 'this vault is open already' });
  return ok(undefined);
}

/** What is no vault yet may be erased where `mayFormat` allows it; a vault only with a secret that opens it. */
async function mayErase(what: {
  device: string;
  opens: SecretKind | null;
  secret: Uint8Array | undefined;
  floor: { testOnlyFloor?: Costs };
}): Promise<Result<void>> {
  const { device, opens, secret } = what;
  const stage = 'vault.create';
  const header = readHeader(device);
  if (!header.ok && header.fault.code === 'missingVault') return ok(undefined);
  if (!header.ok && header.fault.code !== 'damagedHeader') return header;
  if (header.ok && isUnfinished(header.value)) return ok(undefined);
  if (header.ok && opens !== null && secret !== undefined) {
    const slots = slotsOf(header.value);
    const opened = await unlock({
      ...{ slots, kind: opens, secret, ...what.floor },
      attempt: (tried) => testKeyslot({ device, stage, ...tried }),
    });
    return opened.ok ? ok(undefined) : opened;
  }
  return fail({
    code: 'alreadyThere',
    stage,
    message: 'there is a vault on this disk; it is erased only by who can open it',
  });
}

async function onVault(
  about: { places: DiskPlaces; id: string; stage: string },
  work: (device: string) => Promise<Result<void>>,
): Promise<Result<Record<string, never>>> {
  const { places, id, stage } = about;
  const done = await withDisk(places, id, (disk, descriptor) =>
    withDevice({ places, disk, descriptor, stage }, (device) => work(device)),
  );
  return done.ok ? ok({}) : done;
}

function oneAfterAnother(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}

function refusal(disk: Disk): Result<never> {
  const message = `${disk.name} is not a place for a vault, or it is in use`;
  return fail({ code: 'denied', stage: 'vault.create', message });
}

function neverFinished(disk: Disk): Result<never> {
  const message = `the vault on ${disk.name} was never finished`;
  return fail({ code: 'missingVault', stage: 'vault.open', message });
}

function miscounted(stage: string): Result<never> {
  return fail({ code: 'protocol', stage, message: 'not as many secrets as the verb takes' });
}
