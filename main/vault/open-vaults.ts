// The vault organ's way in: `vaults()` for the kiosk, the CLI and keepers. Everything that needs a key happens in the
// owner program; this side reads public facts, starts owners and attaches to them.
// Two openers at once: the owner's lock lets one win. The other waits a few seconds for it, then gets `busy` with the
// winner's name; it is never attached on the strength of somebody else's secret. Attaching is adopt()'s.
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { OnProgress } from '../../preload/contract/progress';
import { fail, ok, type Result } from '../../preload/contract/result';
import { askOwner, attach, describeHolders } from './attach';
import { findVault } from './find-vault';
import { soulpaddDisks } from './luks2/remote';
import { isOurMount, mountAt } from './mounts';
import { type OwnerArguments, writeFramed } from './owner-arguments';
import { makeRuntimeFolder } from './places';
import { startOwner } from './start-owner';
import type { Secret, VaultDiskFacts, VaultFacts, VaultPlaces, Vaults } from './vault';

export { defaultHome } from './places';

export function vaults(): Vaults {
  return { status, create, open, adopt, addKeyslot, changePassphrase, removeKeyslot, check };
}

const status: Vaults['status'] = async (givenHome) => {
  const home = resolve(givenHome);
  const found = await findVault(home);
  if (!found.ok) return found;
  const { uuid, places } = found.value;
  const isMounted = (): boolean => isOurMount(mountAt(places.mountPoint), uuid);
  // Mounted and nobody answers: a killed owner's. A new one takes it over for its guest, or closes it.
  const owner = isMounted() ? await askOwner(places) : null;
  if (owner?.ok === false && owner.fault.code === 'ambiguousVault') return owner;
  if (owner !== null && isUnowned(owner)) await takeOver(home, places);
  const keyslots = await found.value.keyslots();
  if (!keyslots.ok) return keyslots;
  const open = isMounted();
  const space = open ? await statfs(places.mountPoint).catch(() => null) : null;
  const luks2 = places.kind === 'luks2';
  return ok({
    home,
    kind: places.kind,
    uuid,
    state: open ? 'open' : 'closed',
    mountPoint: open ? places.mountPoint : null,
    fileSystem: open ? (luks2 ? 'xfs' : 'fuse.gocryptfs') : null,
    reflink: luks2, // gocryptfs has no FICLONE
    freeBytes: space === null ? null : space.bavail * space.bsize,
    keyslots: keyslots.value,
  });
};

const create: Vaults['create'] = async (about) => {
  const home = resolve(about.home);
  const { name, recovery, onProgress } = about;
  const secret = recovery === undefined ? about.secret : preceded(about.secret, recovery);
  const disk = about.disk === undefined ? {} : { disk: about.disk };
  const hasRecovery = `${recovery !== undefined}` as const;
  const made = await startOwner({
    about: { mode: 'create', home, name, secretKind: secret.kind, recovery: hasRecovery, ...disk },
    lock: null,
    secret,
    onProgress,
  });
  return made.ok ? status(home) : made;
};

const open: Vaults['open'] = async (about) => {
  const home = resolve(about.home);
  const { program, secret } = about;
  const found = await findVault(home);
  if (!found.ok) return wiped(secret, found);
  const { places } = found.value;
  const made = makeRuntimeFolder(places);
  if (!made.ok) return wiped(secret, made);
  const before = await askOwner(places);
  if (before.ok) return wiped(secret, busy(describeHolders(before.value)));
  if (before.fault.code === 'ambiguousVault') return wiped(secret, before);
  const opened = await startOwner({
    about: {
      ...{ mode: 'open', home, secretKind: secret.kind, stays: about.stays ? 'true' : 'false' },
      ...{ program, pid: process.pid },
    },
    lock: join(places.runtimeFolder, 'owner.lock'),
    secret,
    onProgress: about.onProgress,
    signal: about.signal,
  });
  if (opened.ok) {
    const attached = await attach({ places, program });
    if (attached.ok || !about.signal?.aborted) return attached;
    return fail({ code: 'cancelled', stage: 'vault.open', message: 'opening was cancelled' });
  }
  if (opened.fault.code !== 'busy') return opened;
  const winner = await askOwner(places);
  return winner.ok ? busy(describeHolders(winner.value)) : opened;
};

/** Where LUKS2 vaults are or may be made. Fault kernelLacks: no soulpadd, or no dm-crypt; gocryptfs needs neither. */
export async function vaultDisks(): Promise<Result<readonly VaultDiskFacts[]>> {
  const listed = await soulpaddDisks();
  if (!listed.ok) return listed;
  return ok(
    listed.value.map(({ id, name, bytes, removable, partitionName, mayFormat, vault, damage }) => ({
      ...{ id, name, bytes, removable, partitionName, mayFormat, damage },
      uuid: vault?.uuid ?? null,
    })),
  );
}

const addKeyslot: Vaults['addKeyslot'] = async ({ home, secret, name, add, onProgress }) => {
  const bytes = 'bytes' in add ? add.bytes : new Uint8Array();
  const keyFolder = 'keyFolder' in add ? { keyFolder: resolve(add.keyFolder) } : {};
  return edit({
    about: {
      ...{ mode: 'addKeyslot', home: resolve(home), name, secretKind: secret.kind, add: add.kind },
      ...keyFolder,
    },
    ...{ secret, given: bytes, onProgress },
  });
};

const changePassphrase: Vaults['changePassphrase'] = async ({ home, secret, id, bytes, onProgress }) =>
  edit({
    about: { mode: 'changePassphrase', home: resolve(home), secretKind: secret.kind, id },
    ...{ secret, given: bytes, onProgress },
  });

const removeKeyslot: Vaults['removeKeyslot'] = async ({ home, secret, id }) =>
  edit({
    about: { mode: 'removeKeyslot', home: resolve(home), secretKind: secret.kind, id },
    ...{ secret, given: new Uint8Array(), onProgress: undefined },
  });

const check: Vaults['check'] = ({ home, secret, signal }) =>
  startOwner({
    about: { mode: 'check', home: resolve(home), secretKind: secret.kind },
    ...{ lock: null, secret, signal },
  });

/** By an owner program that ends, one at a time: also while another one has the vault open. */
async function edit(asked: {
  readonly about: Extract<OwnerArguments, { mode: 'addKeyslot' | 'changePassphrase' | 'removeKeyslot' }>;
  readonly secret: Secret;
  readonly given: Uint8Array;
  readonly onProgress: OnProgress | undefined;
}): Promise<Result<VaultFacts>> {
  const { about, secret, given, onProgress } = asked;
  const framed = { kind: secret.kind, bytes: writeFramed(given, secret.bytes) };
  const found = await findVault(about.home);
  if (!found.ok) return wiped(framed, found);
  const made = makeRuntimeFolder(found.value.places);
  if (!made.ok) return wiped(framed, made);
  const edited = await startOwner({
    ...{ about, secret: framed, onProgress },
    lock: join(found.value.places.runtimeFolder, 'keyslots.lock'),
  });
  return edited.ok ? status(about.home) : edited;
}

const adopt: Vaults['adopt'] = async (about) => {
  const home = resolve(about.home);
  const found = await findVault(home);
  if (!found.ok) return found;
  const { places, uuid } = found.value;
  const { program } = about;
  const attached = await attach({ places, program });
  if (attached.ok || !isUnowned(attached)) return attached;
  if (!isOurMount(mountAt(places.mountPoint), uuid)) return notOpen(home);
  const taken = await takeOver(home, places);
  if (taken.ok || taken.fault.code === 'busy') return attach({ places, program }); // busy: another was quicker
  return taken;
};

async function takeOver(home: string, places: VaultPlaces): Promise<Result<void>> {
  const made = makeRuntimeFolder(places);
  if (!made.ok) return made;
  const lock = join(places.runtimeFolder, 'owner.lock');
  return startOwner({ about: { mode: 'adopt', home }, lock, secret: null });
}

/** Nobody listens on the owner's socket, or whoever did died while it was asked. The lock tells for certain. */
function isUnowned(asked: Result<unknown>): boolean {
  return !asked.ok && (asked.fault.code === 'missingFile' || asked.fault.code === 'io');
}

/** How an owner is given a recovery key: before the secret. Wipes what it joins. */
function preceded(secret: Secret, recovery: Uint8Array): Secret {
  const bytes = Buffer.concat([recovery, secret.bytes]);
  recovery.fill(0);
  secret.bytes.fill(0);
  return { kind: secret.kind, bytes };
}

function wiped<T>(secret: Secret, outcome: Result<T>): Result<T> {
  secret.bytes.fill(0);
  return outcome;
}

function busy(message: string): Result<never> {
  return fail({ code: 'busy', stage: 'vault.open', message });
}

function notOpen(home: string): Result<never> {
  return fail({ code: 'missingVault', stage: 'vault.adopt', message: `the vault in ${home} is not open` });
}
