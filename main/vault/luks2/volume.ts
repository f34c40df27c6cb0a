// A LUKS2 vault on a disk, as its acts: make it, add and remove keyslots. Each act reads the header first and again
// afterwards: what cryptsetup made must be what was asked for (it lowers a cost on a PC with little memory).
// A cut between two steps leaves at worst a keyslot without a name. Needs no device-mapper; mapping is soulpadd's.
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { copyOfSecret } from '../../process/secret-bytes';
import type { KdfCost } from '../keyslots/cost';
import { needsOtherSecret, provingKeyslots } from '../keyslots/guards';
import { addKey, format, killKeyslot, setLabel, setToken, testKeyslot } from './cryptsetup';
import { readHeader } from './disk';
import type { Luks2Header } from './header';
import {
  formatToken,
  freeSlot,
  type KeyslotKind,
  type Luks2Slot,
  luks2Costs,
  type SecretKind,
  saltOf,
  slotsOf,
  tokenId,
} from './slots';
import { unlock } from './unlock';

export type Costs = Readonly<Record<KeyslotKind, KdfCost>>;

/** Bytes are normalized and stay the caller's to wipe. */
export interface NewKeyslot {
  readonly kind: KeyslotKind;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface OpensIt {
  readonly kind: SecretKind;
  readonly bytes: Uint8Array;
}

interface OnVolume {
  readonly device: string;
  /** Cheaper KDFs, and the floor that goes with them; no program passes it. */
  readonly testOnlyCosts?: Costs;
}

const finishedLabel = 'soulpad';
const unfinishedLabel = 'soulpad-unfinished'; // native-scripts/stick: find-vault knows it too

/** Its making was cut, before it had a file system: nothing is in it, and it counts as no vault. */
export function isUnfinished(header: Pick<Luks2Header, 'label'>): boolean {
  return header.label === unfinishedLabel;
}

/** From here on it is a vault. Faults: missingDisk, io. */
export function finishVolume(device: string): Promise<Result<void>> {
  return setLabel({ device, stage: 'vault.create', label: finishedLabel });
}

/** Erases the disk. The new vault's uuid; it is unfinished until `finishVolume`. Faults: toolMissing, noMemory, missingDisk, full, io. */
export async function makeVolume(
  about: OnVolume & { readonly keyslots: readonly [NewKeyslot, ...NewKeyslot[]] },
): Promise<Result<string>> {
  const stage = 'vault.create';
  const costs = about.testOnlyCosts ?? luks2Costs;
  const [first, ...more] = about.keyslots;
  const uuid = randomUUID();
  const { device } = about;
  const made = await format({
    ...{ device, stage, secret: first.bytes, cost: costs[first.kind], uuid },
    label: unfinishedLabel,
  });
  if (!made.ok) return made;
  const named = await nameKeyslot(about, { ...first, id: 0 });
  if (!named.ok) return named;
  for (const slot of more) {
    const added = await addNamed(about, { opens: 0, secret: first.bytes, slot });
    if (!added.ok) return added;
  }
  return ok(uuid);
}

/** Faults: wrongSecret, mistypedKey, full (all 16 taken), noMemory, damagedHeader, missingDisk, io. */
export async function addKeyslot(
  about: OnVolume & { readonly secret: OpensIt; readonly slot: NewKeyslot },
): Promise<Result<void>> {
  const slots = readSlots(about.device);
  if (!slots.ok) return slots;
  const opened = await prove(about, slots.value, about.secret);
  if (!opened.ok) return opened;
  const added = await addNamed(about, { ...opened.value, slot: about.slot });
  opened.value.secret.fill(0);
  return added;
}

/** Faults: missingKeyslot, lastKeyslot, otherSecretNeeded, wrongSecret, damagedHeader, missingDisk, io. */
export async function removeKeyslot(
  about: OnVolume & { readonly secret: OpensIt; readonly id: number },
): Promise<Result<void>> {
  const stage = 'vault.removeKeyslot';
  const { device, id } = about;
  const slots = readSlots(device);
  if (!slots.ok) return slots;
  const proving = provingKeyslots({ slots: slots.value, id });
  if (!proving.ok) return proving;
  const opened = await prove(about, proving.value, about.secret);
  if (!opened.ok) {
    if (opened.fault.code !== 'wrongSecret' && opened.fault.code !== 'missingKey') return opened;
    const own = await prove(
      about,
      slots.value.filter((slot) => slot.id === id),
      about.secret,
    );
    if (!own.ok) return opened;
    own.value.secret.fill(0);
    return needsOtherSecret(id);
  }
  const killed = await killKeyslot({ device, stage, keyslot: id, secret: opened.value.secret });
  opened.value.secret.fill(0);
  if (!killed.ok) return killed;
  const rest = readSlots(device);
  if (!rest.ok) return rest;
  return setToken({ device, stage, id: tokenId, token: formatToken(rest.value, []), replaces: true });
}

/** Whether the secret opens it; nothing is mapped. Faults: wrongSecret, mistypedKey, missingKey, damagedHeader, io. */
export async function checkSecret(about: OnVolume & { readonly secret: OpensIt }): Promise<Result<void>> {
  const slots = readSlots(about.device);
  if (!slots.ok) return slots;
  const opened = await prove(about, slots.value, about.secret);
  if (!opened.ok) return opened;
  opened.value.secret.fill(0);
  return ok(undefined);
}

export function readSlots(device: string): Result<readonly Luks2Slot[]> {
  const header = readHeader(device);
  return header.ok ? ok(slotsOf(header.value)) : header;
}

/**
 * The keyslot that the secret opens, and the bytes that open it (a recovery key's digits), a copy that the caller wipes.
 * Nothing is mapped.
 */
async function prove(
  about: OnVolume,
  slots: readonly Luks2Slot[],
  given: OpensIt,
): Promise<Result<{ opens: number; secret: Uint8Array }>> {
  const { device, testOnlyCosts } = about;
  let secret: Uint8Array = new Uint8Array();
  const opened = await unlock({
    ...{ slots, kind: given.kind, secret: given.bytes },
    ...(testOnlyCosts === undefined ? {} : { testOnlyFloor: testOnlyCosts }),
    attempt: async (tried) => {
      const tested = await testKeyslot({ device, stage: 'vault.open', ...tried });
      if (tested.ok) secret = copyOfSecret(tried.secret);
      return tested;
    },
  });
  return opened.ok ? ok({ opens: opened.value, secret }) : opened;
}

async function addNamed(
  about: OnVolume,
  what: { readonly opens: number; readonly secret: Uint8Array; readonly slot: NewKeyslot },
): Promise<Result<void>> {
  const stage = 'vault.addKeyslot';
  const slots = readSlots(about.device);
  if (!slots.ok) return slots;
  const id = freeSlot(slots.value);
  if (id === null) return fail({ code: 'full', stage, message: 'all keyslots of the vault are taken' });
  const { device } = about;
  const cost = (about.testOnlyCosts ?? luks2Costs)[what.slot.kind];
  const { opens, secret } = what;
  const added = await addKey({ device, stage, opens, secret, keyslot: id, added: what.slot.bytes, cost });
  return added.ok ? nameKeyslot(about, { ...what.slot, id }) : added;
}

/** Also the check that the keyslot costs what was asked for. Fault noMemory: cryptsetup made it cheaper. */
async function nameKeyslot(
  about: OnVolume,
  slot: NewKeyslot & { readonly id: number },
): Promise<Result<void>> {
  const { device } = about;
  const stage = 'vault.addKeyslot';
  const header = readHeader(device);
  if (!header.ok) return header;
  const slots = slotsOf(header.value);
  const made = slots.find(({ id }) => id === slot.id);
  const salt = saltOf(header.value, slot.id);
  const wanted = (about.testOnlyCosts ?? luks2Costs)[slot.kind];
  if (made === undefined || salt === null)
    return fail({ code: 'io', stage, message: `cryptsetup made no keyslot ${slot.id}` });
  if (made.memoryKiB < wanted.memoryKiB || made.iterations < wanted.iterations)
    return fail({
      code: 'noMemory',
      stage,
      message: `this PC cannot make a keyslot with ${wanted.memoryKiB} KiB`,
    });
  const { id, kind, name } = slot;
  const token = formatToken(slots, [{ id, kind, name, salt }]);
  return setToken({
    device,
    stage,
    id: tokenId,
    token,
    replaces: header.value.tokens[tokenId] !== undefined,
  });
}
