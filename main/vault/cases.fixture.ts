// What every vault must do, whatever it is made of: one table, run on gocryptfs vaults in plain tests and on LUKS2 vaults
// in an emulated PC (main/soulpadd/emulated-pc.test.ts). What is true is asked of the kernel. Tests only.
import { deepStrictEqual as same } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { joinBoth } from './both-secret';
import { newRecoveryKey } from './recovery/recovery-key';
import type { KeyslotFacts } from './vault';

export type Given = { readonly kind: 'passphrase' | 'keyUsb' | 'both'; readonly bytes: Uint8Array };

/** A vault of one kind. Answers are fault codes, or what is said. */
export interface VaultGround {
  /** `open`, or the fault's code. */
  open(given: Given): Promise<string>;
  close(): Promise<string>;
  /** `done`, or the fault's code. */
  add(by: Given, slot: { kind: KeyslotFacts['kind']; name: string; bytes: Uint8Array }): Promise<string>;
  remove(by: Given, id: number): Promise<string>;
  keyslots(): Promise<readonly Pick<KeyslotFacts, 'id' | 'kind' | 'name'>[]>;
  /** Everything of this vault that the kernel has mounted or mapped now. */
  traces(): Promise<readonly string[]>;
  /** A file in the open vault. */
  write(text: string): Promise<void>;
  read(): Promise<string>;
}

export interface Case<G> {
  readonly title: string;
  readonly go: (ground: G) => Promise<void>;
}

const text = (words: string): Uint8Array => Buffer.from(words, 'utf8');
/**
 * Fixed for the life of this program: the table's cases build on each other, in order. Where the program that adds a
 * keyslot makes the key file itself, the ground puts that one here.
 */
export const secrets = {
  passphrase: text('la clé dorée du grenier bleu'),
  recovery: new Uint8Array(newRecoveryKey()),
  key: new Uint8Array(randomBytes(64)),
  together: text('zusammen mit dem Schlüssel'),
  otherKey: new Uint8Array(randomBytes(64)),
};
const both = (): Uint8Array => joinBoth(secrets.together, secrets.key);

/** A secret is wiped by whoever gets it: each use is a copy. */
export const by = {
  passphrase: (): Given => ({ kind: 'passphrase', bytes: Uint8Array.from(secrets.passphrase) }),
  recovery: (): Given => ({ kind: 'passphrase', bytes: Uint8Array.from(secrets.recovery) }),
  keyUsb: (): Given => ({ kind: 'keyUsb', bytes: Uint8Array.from(secrets.otherKey) }),
  both: (): Given => ({ kind: 'both', bytes: both() }),
  bothWith: (words: string): Given => ({ kind: 'both', bytes: joinBoth(text(words), secrets.key) }),
  words: (words: string): Given => ({ kind: 'passphrase', bytes: text(words) }),
};

function mistyped(): Given {
  const bytes = Uint8Array.from(secrets.recovery);
  bytes[3] = 0x30 + (((bytes[3] ?? 0) - 0x2f) % 10);
  return { kind: 'passphrase', bytes };
}

/** It begins with a vault that has a passphrase keyslot (0) and a recovery keyslot (1). */
export const vaultCases: readonly Case<VaultGround>[] = [
  {
    title: 'is closed after it was made, with the keyslots that were asked for',
    go: async (vault) => {
      same(
        (await vault.keyslots()).map(({ id, kind }) => `${id} ${kind}`),
        ['0 passphrase', '1 recovery'],
      );
      same(await vault.traces(), []);
    },
  },
  {
    title: 'takes a key USB, and passphrase and key together, as further keyslots',
    go: async (vault) => {
      const key = { kind: 'keyUsb' as const, name: 'silver stick', bytes: Uint8Array.from(secrets.otherKey) };
      same(await vault.add(by.passphrase(), key), 'done');
      same(await vault.add(by.passphrase(), { kind: 'both', name: 'two things', bytes: both() }), 'done');
      same(
        (await vault.keyslots()).slice(2).map(({ id, kind, name }) => `${id} ${kind} ${name}`),
        ['2 keyUsb silver stick', '3 both two things'],
      );
    },
  },
  ...(['passphrase', 'recovery', 'keyUsb', 'both'] as const).map((kind) => ({
    title: `opens by its ${kind} keyslot, holds what was written, and leaves nothing when it is closed`,
    go: async (vault: VaultGround): Promise<void> => {
      same(await vault.open(by[kind]()), 'open');
      same((await vault.traces()).length > 0, true);
      if (kind === 'passphrase') await vault.write('kept');
      same(await vault.read(), 'kept');
      same(await vault.close(), 'done');
      same(await vault.traces(), []);
    },
  })),
  {
    title: 'opens by the recovery key that is typed while a key USB is plugged in',
    go: async (vault) => {
      same(await vault.open(by.bothWith(Buffer.from(secrets.recovery).toString('latin1'))), 'open');
      same(await vault.close(), 'done');
      same(await vault.traces(), []);
    },
  },
  ...(
    [
      ['a wrong passphrase', () => by.words('not the one that it was made with'), 'wrongSecret'],
      ['the passphrase cut short', () => by.words('la clé dorée du grenier ble'), 'wrongSecret'],
      ['another key file', () => ({ kind: 'keyUsb', bytes: new Uint8Array(randomBytes(64)) }), 'wrongSecret'],
      [
        'the key file of `both` alone',
        () => ({ kind: 'keyUsb', bytes: Uint8Array.from(secrets.key) }),
        'wrongSecret',
      ],
      ['the passphrase of `both` alone', () => by.words('zusammen mit dem Schlüssel'), 'wrongSecret'],
      [
        'the passphrase of `both` with another key',
        () => ({ kind: 'both', bytes: joinBoth(secrets.together, secrets.otherKey) }),
        'wrongSecret',
      ],
      ['a mistyped recovery key', mistyped, 'mistypedKey'],
    ] as const satisfies readonly (readonly [string, () => Given, string])[]
  ).map(([what, given, code]) => ({
    title: `refuses ${what}: nothing is mapped or mounted`,
    go: async (vault: VaultGround): Promise<void> => {
      same(await vault.open(given()), code);
      same(await vault.traces(), []);
    },
  })),
  {
    title: 'does not open by a keyslot that was removed',
    go: async (vault) => {
      same(await vault.remove(by.passphrase(), 2), 'done');
      same(await vault.open(by.keyUsb()), 'wrongSecret');
      same(await vault.traces(), []);
    },
  },
  {
    title: 'lets nobody lock themselves out',
    go: async (vault) => {
      same(await vault.remove(by.passphrase(), 0), 'otherSecretNeeded');
      same(await vault.remove(by.bothWith('not the one that it was made with'), 0), 'wrongSecret');
      same(await vault.remove(by.both(), 0), 'done');
      same(await vault.open(by.passphrase()), 'missingKey');
      same(await vault.traces(), []);
      same(await vault.remove(by.recovery(), 3), 'lastKeyslot');
      same(await vault.remove(by.both(), 7), 'missingKeyslot');
      same(await vault.open(by.both()), 'open');
      same(await vault.read(), 'kept');
      same(await vault.close(), 'done');
    },
  },
];
