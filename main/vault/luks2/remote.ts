// A LUKS2 vault as its person's programs have it: everything that needs root is asked of soulpadd, by its ids. The vault
// is known by its uuid; which disk that is now is looked up each time. Secrets are wiped by the asking.
import { fail, ok, type Result } from '../../../preload/contract/result';
import { type SoulpaddDisk, type SoulpaddVerb, soulpaddVerbs } from '../../../preload/contract/soulpadd';
import type { ReplyOf, RequestOf } from '../../../preload/contract/verbs';
import { askWithSecrets } from '../../socket/ask-with-secrets';
import { soulpaddSocket } from './mounting';
import type { NewKeyslot, OpensIt } from './volume';

type Verbs = typeof soulpaddVerbs;

/** Argon2id, mkfs and a slow stick; nothing here waits for a person. */
const timeoutMs = 600_000;

async function ask<K extends SoulpaddVerb>(about: {
  readonly stage: string;
  readonly verb: K;
  readonly request: RequestOf<Verbs, K>;
  readonly parts?: readonly Uint8Array[];
}): Promise<Result<ReplyOf<Verbs, K>>> {
  const path = soulpaddSocket();
  const answer = await askWithSecrets<Verbs, K>({ ...about, path, verbs: soulpaddVerbs, timeoutMs });
  if (answer.ok || (answer.fault.code !== 'missingFile' && answer.fault.code !== 'denied')) return answer;
  if (answer.fault.stage !== about.stage) return answer; // soulpadd's own word, not the socket's
  return fail({
    code: 'kernelLacks',
    stage: about.stage,
    message: `soulpadd does not answer at ${path}: ${answer.fault.message}`,
    hint: 'LUKS2 vaults need it and a kernel with dm-crypt; a gocryptfs vault needs neither',
  });
}

/** Every disk that soulpadd shows. Faults: kernelLacks (no soulpadd, or no dm-crypt), timeout, io. */
export async function soulpaddDisks(): Promise<Result<readonly SoulpaddDisk[]>> {
  const stage = 'vault.disks';
  const status = await ask({ stage, verb: 'status', request: {} });
  if (!status.ok) return status;
  if (!status.value.dmCrypt)
    return fail({
      ...{ code: 'kernelLacks', stage, message: 'this kernel has no dm-crypt' },
      hint: 'make a gocryptfs vault: soulpad vault create',
    });
  const listed = await ask({ stage, verb: 'list', request: {} });
  return listed.ok ? ok(listed.value.disks) : listed;
}

export type VaultDisk = SoulpaddDisk & { readonly vault: NonNullable<SoulpaddDisk['vault']> };

/** Faults: missingDisk, damagedHeader (the one place of a vault is damaged), ambiguousVault, kernelLacks. */
export async function diskOfVault(uuid: string): Promise<Result<VaultDisk>> {
  const stage = 'vault.disk';
  const disks = await soulpaddDisks();
  if (!disks.ok) return disks;
  const found = disks.value.flatMap((disk) =>
    disk.vault?.uuid === uuid ? [{ ...disk, vault: disk.vault }] : [],
  );
  const [only, other] = found;
  if (only !== undefined && other === undefined) return ok(only);
  if (only !== undefined && other !== undefined)
    return fail({
      code: 'ambiguousVault',
      stage,
      message: `${only.name} and ${other.name} say that they are ${uuid}`,
    });
  const damaged = disks.value.find((disk) => disk.mayFormat && disk.damage !== null);
  if (damaged !== undefined)
    return fail({ code: 'damagedHeader', stage, message: `${damaged.name}: ${damaged.damage ?? ''}` });
  return fail({ code: 'missingDisk', stage, message: `no disk here is the vault ${uuid}` });
}

/** Erases the disk. The new vault's uuid. Faults: denied, alreadyThere (a vault is there), missingDisk, noMemory, io. */
export async function formatDisk(about: {
  readonly disk: string;
  readonly keyslots: readonly NewKeyslot[];
}): Promise<Result<string>> {
  const keyslots = about.keyslots.map(({ kind, name }) => ({ kind, name }));
  const parts = about.keyslots.map(({ bytes }) => bytes);
  const request = { disk: about.disk, opens: null, keyslots };
  const made = await ask({ stage: 'vault.create', verb: 'format', request, parts });
  return made.ok ? ok(made.value.uuid) : made;
}

/** Asks about the disk that the vault is on now. The parts are wiped, also when there is none. */
async function askOfVault<K extends 'open' | 'check' | 'addKeyslot' | 'removeKeyslot'>(about: {
  readonly stage: string;
  readonly verb: K;
  readonly uuid: string;
  readonly request: Omit<RequestOf<Verbs, K>, 'disk'>;
  readonly parts: readonly Uint8Array[];
}): Promise<Result<void>> {
  const { stage, verb, parts } = about;
  const disk = await diskOfVault(about.uuid);
  if (!disk.ok) {
    for (const part of parts) part.fill(0);
    return disk;
  }
  const request = { ...about.request, disk: disk.value.id } as RequestOf<Verbs, K>;
  const answer = await ask({ stage, verb, request, parts });
  return answer.ok ? ok(undefined) : answer;
}

interface WithSecret {
  readonly uuid: string;
  readonly secret: OpensIt;
}

/** Maps and mounts it. Faults: wrongSecret, mistypedKey, missingKey, busy, and those of diskOfVault. */
export function openDisk({ uuid, secret: { kind, bytes } }: WithSecret): Promise<Result<void>> {
  return askOfVault({ stage: 'vault.open', verb: 'open', uuid, request: { kind }, parts: [bytes] });
}

/** Whether it opens, also while it is open; nothing is mapped. Faults: as for openDisk, but busy. */
export function checkDisk({ uuid, secret: { kind, bytes } }: WithSecret): Promise<Result<void>> {
  return askOfVault({ stage: 'vault.check', verb: 'check', uuid, request: { kind }, parts: [bytes] });
}

/** Fault busy: files in it are in use, and it is still mounted. */
export async function closeDisk(about: {
  readonly uuid: string;
  readonly detach: boolean;
}): Promise<Result<void>> {
  const closed = await ask({ stage: 'vault.close', verb: 'close', request: about });
  return closed.ok ? ok(undefined) : closed;
}

/** Faults: wrongSecret, mistypedKey, full, noMemory, and those of diskOfVault. */
export function addDiskKeyslot(about: WithSecret & { readonly slot: NewKeyslot }): Promise<Result<void>> {
  const { uuid, secret } = about;
  const { kind, name, bytes } = about.slot;
  const request = { opens: secret.kind, keyslot: { kind, name } };
  const parts = [secret.bytes, bytes];
  return askOfVault({ stage: 'vault.addKeyslot', verb: 'addKeyslot', uuid, request, parts });
}

/** Faults: wrongSecret, otherSecretNeeded, lastKeyslot, missingKeyslot, and those of diskOfVault. */
export function removeDiskKeyslot(about: WithSecret & { readonly id: number }): Promise<Result<void>> {
  const { uuid, secret, id } = about;
  const request = { opens: secret.kind, id };
  return askOfVault({
    ...{ stage: 'vault.removeKeyslot', verb: 'removeKeyslot', uuid, request },
    parts: [secret.bytes],
  });
}
