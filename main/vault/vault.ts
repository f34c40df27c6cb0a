// A vault: the encrypted container that holds guests. This is the organ's whole outside; gocryptfs (and LUKS2 beside
// it) live behind it. An OpenVault can only be made by opening: order needs no checks.
// Layout of a home:  HOME/vault/keyslots.json  HOME/vault/cipher/ (stock gocryptfs)  ; nothing of ours in clear beside.
// or, for a LUKS2 disk:  HOME/vault/luks2.json  which names it by its uuid; soulpadd opens it.

import type { OnProgress } from '../../preload/contract/progress';
import type { Result } from '../../preload/contract/result';

/** Where everything of a home lies. Runtime files (mount point, sockets) lie in a 0700 folder outside the home. */
export interface VaultPlaces {
  readonly home: string;
  readonly kind: 'gocryptfs' | 'luks2';
  readonly cipherFolder: string;
  /** Short, since Unix socket paths hold 107 bytes. Owned by this user, 0700. Named by the vault's uuid. */
  readonly runtimeFolder: string;
  readonly mountPoint: string;
  readonly ownerSocket: string;
}

/** Public facts of one keyslot: never key material. */
export interface KeyslotFacts {
  readonly id: number;
  readonly name: string;
  readonly kind: 'passphrase' | 'keyUsb' | 'recovery' | 'both';
  readonly kdf: string;
  readonly memoryKiB: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** A disk that may hold a vault, as soulpadd shows it. */
export interface VaultDiskFacts {
  /** Good until it is unplugged. */
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly removable: boolean;
  readonly partitionName: string | null;
  /** Whether a vault may be made on it. */
  readonly mayFormat: boolean;
  /** The LUKS2 vault on it, null for none. */
  readonly uuid: string | null;
  /** Why its LUKS2 header cannot be used. */
  readonly damage: string | null;
}

export interface VaultFacts {
  readonly home: string;
  readonly kind: 'gocryptfs' | 'luks2';
  readonly uuid: string;
  readonly state: 'closed' | 'open';
  readonly mountPoint: string | null;
  readonly fileSystem: string | null;
  readonly reflink: boolean;
  readonly freeBytes: number | null;
  readonly keyslots: readonly KeyslotFacts[];
}

/** An open vault, held open by its owner process for as long as `closed` is pending and somebody is attached. */
export interface OpenVault {
  readonly home: string;
  readonly uuid: string;
  readonly mountPoint: string;
  readonly guestsFolder: string;
  /** Where keepers of its guests have their folders, and where they find the owner: KeeperPlaces, with guestsFolder. */
  readonly runtimeFolder: string;
  readonly ownerSocket: string;
  /** Fulfils with the cause when the owner is gone (crash, disk pulled). */
  readonly closed: Promise<string>;
  /** Lets go of it: the owner closes the vault when this was the last program. */
  detach(): void;
  /** Closes it now. Fault `busy` names who still holds it. */
  close(): Promise<Result<void>>;
}

/** `both`: passphrase and key file together (both-secret.ts); it opens what its passphrase alone opens, too. */
export type SecretKind = 'passphrase' | 'keyUsb' | 'both';

/** A recovery key is typed as a passphrase is, but has keyslots of its own. */
export type KeyslotKind = SecretKind | 'recovery';

/** A secret on its way into one pipe. The callee wipes `bytes` when it returns, also after a failure. */
export interface Secret {
  readonly kind: SecretKind;
  readonly bytes: Uint8Array;
}

/** What a new keyslot opens with. Bytes are wiped; a key file is written to `keyFolder`/soulpad.key, never over one. */
export type NewKeyslot =
  | { readonly kind: 'passphrase'; readonly bytes: Uint8Array }
  /** 48 ASCII digits. */
  | { readonly kind: 'recovery'; readonly bytes: Uint8Array }
  | { readonly kind: 'keyUsb'; readonly keyFolder: string }
  | { readonly kind: 'both'; readonly bytes: Uint8Array; readonly keyFolder: string };

export interface Vaults {
  /** Looks without opening. Fault missingVault when there is none, damagedKeyslots when it cannot be read. */
  status(home: string): Promise<Result<VaultFacts>>;
  /** Makes a vault with one keyslot, and a second one for `recovery` when it is given: 48 ASCII digits, wiped as the
   * secret is. Faults: alreadyThere, secretTooShort, secretUnfit, toolMissing, full, io. */
  create(about: {
    home: string;
    name: string;
    secret: Secret;
    recovery?: Uint8Array;
    /** An id of vaultDisks(): erased, and made a LUKS2 vault. None: a gocryptfs folder in the home. */
    disk?: string;
    onProgress?: OnProgress;
  }): Promise<Result<VaultFacts>>;
  /** Faults: wrongSecret and mistypedKey (nothing mounted), damagedKeyslots, busy (names the owner), toolMissing, kernelLacks, io. */
  open(about: {
    home: string;
    secret: Secret;
    program: 'kiosk' | 'cli';
    /** Stays open after we exit, until somebody closes it (the CLI's `vault open`). */
    stays: boolean;
    onProgress?: OnProgress;
    signal?: AbortSignal;
  }): Promise<Result<OpenVault>>;
  /**
   * One more way in, for a vault that is closed or open. `secret` opens it now. Faults: wrongSecret, mistypedKey,
   * secretTooShort, secretUnfit, alreadyThere (there is a key file), full, busy, io.
   */
  addKeyslot(about: {
    home: string;
    secret: Secret;
    name: string;
    add: NewKeyslot;
    onProgress?: OnProgress;
  }): Promise<Result<VaultFacts>>;
  /** Of a keyslot `passphrase` or `both`. Faults: as for adding, missingKeyslot, missingKey. `bytes` are wiped. */
  changePassphrase(about: {
    home: string;
    secret: Secret;
    id: number;
    bytes: Uint8Array;
    onProgress?: OnProgress;
  }): Promise<Result<VaultFacts>>;
  /** `secret` opens another keyslot. Faults: wrongSecret, mistypedKey, missingKeyslot, lastKeyslot, otherSecretNeeded, io. */
  removeKeyslot(about: { home: string; secret: Secret; id: number }): Promise<Result<VaultFacts>>;
  /** Does this secret open the vault? Nothing is opened by it. Faults: wrongSecret, mistypedKey, missingKey, cancelled, io. */
  check(about: { home: string; secret: Secret; signal?: AbortSignal }): Promise<Result<void>>;
  /** Attaches to a vault that is open already (after a crash, or opened by the CLI). Fault missingVault: not open. */
  adopt(about: { home: string; program: 'kiosk' | 'cli' | 'keeper' }): Promise<Result<OpenVault>>;
}
