// Which keyslots of a LUKS2 vault a secret is tried on, and in which order; what "tried" means is the caller's (test it,
// or map the disk with it). Refuses before the first try what no honest vault asks for.
//   typed, has the shape of a recovery key   recovery keyslots with its digits, then as a passphrase
//   anything else                            the keyslots of its kind, then those that we did not make
import { readFileSync } from 'node:fs';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { splitBoth } from '../both-secret';
import type { KdfCost } from '../keyslots/cost';
import { readRecoveryKey } from '../recovery/recovery-key';
import {
  candidatesFor,
  isDowngraded,
  type KeyslotKind,
  type Luks2Slot,
  luks2Costs,
  type SecretKind,
} from './slots';

const stage = 'vault.open';

export interface Unlocking {
  readonly slots: readonly Luks2Slot[];
  readonly kind: SecretKind;
  /** Normalized; the caller wipes it. */
  readonly secret: Uint8Array;
  /** Fault wrongSecret: the next one is tried; every other fault ends it. */
  readonly attempt: (about: { keyslot: number; secret: Uint8Array }) => Promise<Result<void>>;
  readonly onTried?: (done: number, total: number) => void;
  readonly testOnlyFloor?: Readonly<Record<KeyslotKind, KdfCost>>;
  /** What one try may take. Default: what is free on this PC. */
  readonly freeKiB?: number;
}

/** The keyslot that opened. Faults: wrongSecret, mistypedKey, missingKey (only passphrase and key together open), noMemory, damagedHeader (a downgraded KDF), the attempt's. */
export async function unlock(about: Unlocking): Promise<Result<number>> {
  const { slots, kind, secret } = about;
  const floor = about.testOnlyFloor ?? luks2Costs;
  const low = slots.find((slot) => isDowngraded(slot, floor));
  if (low !== undefined) return downgraded(low);
  // With the key plugged in a person may still type what opens alone: a passphrase, or the recovery key.
  const together = kind === 'both' ? splitBoth(secret) : null;
  const words = kind === 'passphrase' ? secret : together?.passphrase;
  const typed =
    words !== undefined && slots.some((slot) => slot.kind === 'recovery')
      ? readRecoveryKey(words)
      : ({ is: 'other' } as const);
  const digits = typed.is === 'key' ? typed.digits : null;
  try {
    const tries: { slot: Luks2Slot; bytes: Uint8Array }[] = [
      ...(digits === null
        ? []
        : slots.filter((slot) => slot.kind === 'recovery').map((slot) => ({ slot, bytes: digits }))),
      ...candidatesFor(slots, kind).map((slot) => ({ slot, bytes: secret })),
      ...(together === null
        ? []
        : candidatesFor(slots, 'passphrase').map((slot) => ({ slot, bytes: together.passphrase }))),
    ];
    const freeKiB = about.freeKiB ?? availableKiB();
    let tooBig: Luks2Slot | null = null;
    for (const [done, { slot, bytes }] of tries.entries()) {
      if (slot.memoryKiB > freeKiB) {
        tooBig = slot;
        continue;
      }
      about.onTried?.(done, tries.length);
      const tried = await about.attempt({ keyslot: slot.id, secret: bytes });
      if (tried.ok) return ok(slot.id);
      if (tried.fault.code !== 'wrongSecret') return tried;
    }
    if (tooBig !== null) return noMemory(tooBig, freeKiB);
    if (typed.is === 'mistyped') return mistyped(typed.group);
    const needsKey = kind === 'passphrase' && slots.some((slot) => slot.kind === 'both');
    if (needsKey && !slots.some((slot) => slot.kind === 'passphrase')) return alsoTheKey();
    return wrong(kind, tries.length > 0);
  } finally {
    digits?.fill(0);
  }
}

/** proc_meminfo(5), MemAvailable: what can be had without swapping. */
function availableKiB(): number {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return found === undefined ? Number.MAX_SAFE_INTEGER : Number(found);
}

function downgraded(slot: Luks2Slot): Result<never> {
  return fail({
    ...{ code: 'damagedHeader', stage, hint: 'put back a copy of the header: cryptsetup luksHeaderRestore' },
    message: `KDF downgraded: keyslot ${slot.id} asks for ${slot.kdf} with ${slot.memoryKiB} KiB, ${slot.iterations} passes`,
  });
}

function noMemory(slot: Luks2Slot, freeKiB: number): Result<never> {
  const message = `keyslot ${slot.id} needs ${slot.memoryKiB >> 10} MiB of memory, ${Math.floor(freeKiB / 1024)} MiB are free`;
  return fail({ code: 'noMemory', stage, message });
}

function alsoTheKey(): Result<never> {
  const hint = 'plug in the key USB, and type the passphrase again';
  return fail({
    code: 'missingKey',
    stage,
    message: 'this vault opens with passphrase and key USB together',
    hint,
  });
}

function mistyped(group: number): Result<never> {
  const hint = 'compare it with the paper, digit by digit';
  return fail({
    code: 'mistypedKey',
    stage,
    message: `group ${group} of the recovery key is mistyped`,
    hint,
  });
}

function wrong(kind: SecretKind, tried: boolean): Result<never> {
  const what = { passphrase: 'passphrase', keyUsb: 'key file', both: 'passphrase with this key file' }[kind];
  const message = tried ? `this ${what} opens no keyslot` : `this vault has no keyslot for a ${what}`;
  return fail({ code: 'wrongSecret', stage, message, hint: tried ? undefined : 'open it in another way' });
}
