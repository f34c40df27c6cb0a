// What the performer needs from the organs, as narrow as it uses them. main/index.ts fits the organs to it.
import type { Fault } from '../../preload/contract/fault';
import type { Ended, KeeperStatus, Suspended } from '../../preload/contract/keeper';
import type { OnProgress } from '../../preload/contract/progress';
import type { Result } from '../../preload/contract/result';
import type { GuestScreen, SentKeys } from '../../preload/contract/screen';
import type { Offer, Picked } from '../../preload/contract/setup';
import type { Space } from '../../preload/contract/timeline';
import type { GuestCard } from '../../preload/contract/view';
import type { Plan, Remembered, Shown } from '../display/display';
import type { GuestDefinition } from '../guest/definition';
import type { OpenVault, Secret } from '../vault/vault';

/** A guest that runs under its keeper. The flow passes it along and never looks inside. */
export interface RunningGuest {
  readonly id: string;
  status(): Promise<Result<KeeperStatus>>;
  suspend(): Promise<Result<Suspended>>;
  cancelSuspend(): Promise<Result<unknown>>;
  pressPower(): Promise<Result<unknown>>;
  /** What its screen is and can. */
  screen(): Promise<Result<GuestScreen>>;
  /** Has its guest agent give its screen that size. */
  fitScreen(size: { readonly width: number; readonly height: number }): Promise<Result<unknown>>;
  sendKeys(keys: SentKeys): Promise<Result<unknown>>;
  /** Its CPUs stand until `goOn`. */
  pause(): Promise<Result<unknown>>;
  goOn(): Promise<Result<unknown>>;
  /** Ends it without saving; fulfils when it is gone. */
  drop(): Promise<Result<unknown>>;
  onProgress(listener: OnProgress): void;
  /** Why it stands still although nobody paused it; null: it goes on. */
  onFrozen(listener: (fault: Fault | null) => void): void;
  /** The vault's space, when it becomes low and when it is enough again. */
  onSpace(listener: (space: Space) => void): void;
  /** A checkpoint was made at that moment (RFC 3339 UTC). */
  onCheckpoint(listener: (at: string) => void): void;
  /** Fulfils once, when a guest whose status says `starting` no longer is. */
  readonly up: Promise<void>;
  /** Fulfils once, when the guest is no longer there. */
  readonly ended: Promise<Ended>;
}

export interface Guests {
  /** The guests of an open vault with the moment each would wake to. */
  cards(vault: OpenVault): Promise<Result<readonly GuestCard[]>>;
  card(vault: OpenVault, definition: GuestDefinition): Promise<GuestCard>;
  /** Its last screen as PNG; null when there is none, or none that may be shown. */
  picture(vault: OpenVault, id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A guest that runs already, adopted and proven; null when none does. */
  running(vault: OpenVault): Promise<Result<RunningGuest | null>>;
  /** Wakes a guest; `signal` stops it before it runs. */
  run(about: {
    readonly vault: OpenVault;
    readonly id: string;
    readonly onProgress: OnProgress;
    readonly signal: AbortSignal;
  }): Promise<Result<RunningGuest>>;
}

/** Where new guests come from, for set-up. */
export interface NewGuests {
  /** Tells what this PC can have, in the order to show: at once, and again when a download's size is known. `vault`: null while it is not made. */
  offers(vault: OpenVault | null, tell: (offers: readonly Offer[]) => void): Promise<void>;
  /** Has the person pick a file, and looks at it. Null: none was picked. Faults: unusableFile (why not), io. */
  pickFile(kind: 'image' | 'iso', offer: Offer): Promise<Result<Picked | null>>;
  /** Makes what was picked, or nothing. `onOutput`: what the build says, as it comes. Fault cancelled: by `signal`. */
  build(about: {
    readonly vault: OpenVault;
    readonly picked: Picked;
    readonly onProgress: OnProgress;
    readonly onOutput: (text: string) => void;
    readonly signal: AbortSignal;
  }): Promise<Result<void>>;
  /** Removes what killed builds left in a vault that nobody else has open. */
  clearLeftovers(vault: OpenVault): Promise<void>;
}

/** A key that a key USB held. `source`: the disk, for as long as it is plugged in. `name`: the disk, for the person. */
export interface FoundKey {
  readonly secret: Secret;
  readonly plainPassphraseFile: boolean;
  readonly source: string;
  readonly name: string;
}

export interface Keys {
  /** Reads the keys of all key USBs that are there now, at least one. Faults: missingKey, damagedKeyFile, toolMissing. */
  find(): Promise<Result<readonly FoundKey[]>>;
  /** The vault was opened, or its lock: by the key of that disk, or without any (null). */
  used(source: string | null): void;
}

export interface Screen {
  /** Brings guest and screens together and the viewer up; `died` fulfils when it ends without being asked to. */
  show(guest: Shown): Promise<Result<{ readonly died: Promise<Fault>; readonly plan: Plan }>>;
  /** Fulfils when no viewer process is left. */
  endViewer(): Promise<void>;
  raise(): void;
  cede(): void;
  /** `pinned`: it stays although the pointer is elsewhere. */
  showBar(about: { readonly pinned: boolean }): void;
  /** From now on it goes when the pointer leaves it. */
  unpinBar(): void;
  hideBar(): void;
}

/** What is remembered of displays, in the open vault. */
export interface ControlMemory {
  /** Of this vault, from now on. */
  load(vault: Pick<OpenVault, 'mountPoint'>): Promise<void>;
  remembered(): readonly Remembered[];
  /** How the guest is shown now. */
  matched(plan: Plan): void;
  /** The plan that holds is what its monitor is to have. `at`: RFC 3339 UTC. */
  remember(at: string): Promise<void>;
}
