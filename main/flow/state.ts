// The flow's state, events and effects. Pure types: no Electron, Node, clock or random.
// V is an open vault, G a running guest: handles that only the step before can make, so that order needs no checks.
// The flow passes them along and never looks inside. A secret is in none of these types, on purpose.
// All states stand in one file, since a reader of one asks which others there are.
import type { DisplayChoice, Section } from '../../preload/contract/controls';
import type { Fault } from '../../preload/contract/fault';
import type { Fit } from '../../preload/contract/fit';
import type { Progress } from '../../preload/contract/progress';
import type { FoundBackup, RestoreChoice, ServerAsks } from '../../preload/contract/restore';
import type { SentKeys } from '../../preload/contract/screen';
import type { AskedGroups, GuestKind, GuestSize, Offer, Picked } from '../../preload/contract/setup';
import type { DiskCard, FoundDisks, StickDone } from '../../preload/contract/sticks';
import type { Timeline } from '../../preload/contract/timeline';
import type { Trace } from '../../preload/contract/trace';
import type { VaultCard } from '../../preload/contract/vaults';
import type { Exit, GuestCard } from '../../preload/contract/view';
import type { Older, WakeFrom } from '../../preload/contract/waking';
import type { VaultSettings, WayDone, Ways } from '../../preload/contract/ways';
import type { Tracker } from './work';

export type OpenedBy = 'passphrase' | 'keyUsb';
export type SafeKind = 'nothingOpened' | 'oldGeneration' | 'guestRuns' | 'newGeneration';

/** What is known once a vault is open. */
export interface Inside<V> {
  readonly vault: V;
  readonly guests: readonly GuestCard[];
  /** It was opened by the paper's passphrase text file (section 3.2): the screen warns. */
  readonly plainPassphraseFile: boolean;
}

/** A guest that runs, and since when (RFC 3339 UTC). */
export interface Awake<V, G> extends Inside<V> {
  readonly guest: G;
  readonly card: GuestCard;
  readonly since: string;
  /** What a pulled stick returns to. */
  readonly returnsTo: string | null;
  /** Memory that is still only on the stick, read in behind the guest; null: nothing is. */
  readonly streaming: Progress | null;
  /** It was started, not resumed, and nobody has yet told us that it is up, or that the person knows. */
  readonly starting: boolean;
  /** Bytes that the guest may still fill while they are few; null: enough. */
  readonly spaceLeft: number | null;
  /** This PC's battery is almost empty. */
  readonly batteryLow?: true;
  /** It has been shown: the person was told which key brings the controls. */
  readonly toldKey?: true;
}

export interface Saved {
  readonly why: 'suspended' | 'poweredOff' | 'nothingOpened';
  readonly at: string;
  readonly writtenBytes: number | null;
  readonly verified: boolean;
  /** Nobody asked for it: the battery was almost empty. */
  readonly forBattery?: true;
}

export type SleepsForBattery = 'empty' | 'onMains';

export type State<V, G> =
  | { readonly at: 'starting' }
  | ({ readonly at: 'looking'; readonly wrongTries?: number } & Wanting)
  | SettingUp<V>
  | AtVaults
  | ({
      readonly at: 'locked';
      readonly wrongTries: number;
      readonly waitSeconds: number;
      readonly fault: Fault | null;
      /** Key USBs that do not fit, by name. */
      readonly keys?: readonly string[];
    } & Wanting)
  | ({
      readonly at: 'opening';
      readonly by: OpenedBy;
      readonly wrongTries: number;
      readonly work: Tracker;
    } & Wanting)
  | { readonly at: 'choosing'; readonly inside: Inside<V> }
  | {
      readonly at: 'waking';
      readonly inside: Inside<V>;
      readonly card: GuestCard;
      readonly work: Tracker;
      readonly cancelled: boolean;
    }
  /** Its saved moments. `timeline` null: they are being read. `work`: room is being made. */
  | {
      readonly at: 'timeline';
      readonly inside: Inside<V>;
      readonly card: GuestCard;
      readonly timeline: Timeline | null;
      readonly work: Tracker | null;
      /** What the last making of room gave. */
      readonly freedBytes: number | null;
      readonly fault: Fault | null;
    }
  /** This PC cannot wake it; nothing was changed. */
  | { readonly at: 'unfit'; readonly inside: Inside<V>; readonly card: GuestCard; readonly fit: Fit }
  /** The last session was never saved: the owner chooses. */
  | {
      readonly at: 'afterCrash';
      readonly inside: Inside<V>;
      readonly card: GuestCard;
      readonly savedAt: string;
      readonly until: string;
    }
  /** Runs already, the viewer is coming up. */
  | {
      readonly at: 'showing';
      readonly awake: Awake<V, G>;
      readonly work: Tracker;
      /** It wakes: its last picture stands in for it. Otherwise it is only shown anew. */
      readonly woke: boolean;
      readonly trial: DisplayChoice | null;
    }
  | {
      readonly at: 'live';
      readonly awake: Awake<V, G>;
      readonly controls: boolean;
      readonly section: Section;
      readonly shuttingDown: boolean;
      /** Taken back unless it is kept in time. */
      readonly trial: DisplayChoice | null;
      /** The bar is up to say which key brings it. */
      readonly hint: boolean;
    }
  | IdleLocked<V, G>
  | AtWays<V, G>
  | AtSticks<V, G>
  | {
      readonly at: 'suspending';
      readonly awake: Awake<V, G>;
      readonly work: Tracker;
      /** What comes when it is saved. */
      readonly next: 'leave' | 'moments';
      /** Nobody asked: the battery is almost empty. `onMains`: it no longer is what feeds this PC, and one may go back. */
      readonly battery?: SleepsForBattery;
    }
  | {
      readonly at: 'closing';
      readonly inside: Inside<V>;
      readonly card: GuestCard | null;
      readonly saved: Saved;
      readonly work: Tracker;
    }
  | {
      readonly at: 'safe';
      readonly saved: Saved;
      readonly vaultClosed: boolean;
      readonly canWake: boolean;
      readonly plainPassphraseFile: boolean;
      /** Null until it was looked at, and away from the stick. */
      readonly trace: Trace | null;
    }
  | { readonly at: 'poweringOff' }
  | Broken<V, G>;

/** Nobody was there: the passphrase is asked again. No viewer lives. */
export interface IdleLocked<V, G> {
  readonly at: 'idleLocked';
  readonly awake: Awake<V, G>;
  /** The guest stands still; else it goes on behind the lock. */
  readonly paused: boolean;
  readonly wrongTries: number;
  readonly waitSeconds: number;
  readonly fault: Fault | null;
  readonly keys?: readonly string[];
  /** With what it is being opened; null: nothing is tried. */
  readonly checking: OpenedBy | null;
}

/** What opens the vault, and when it locks. `awake`: the guest runs behind it, without a viewer. */
export interface AtWays<V, G> {
  readonly at: 'ways';
  readonly inside: Inside<V>;
  /** Whose moments were shown, where it goes back to; null: to the guests, or to the one that runs. */
  readonly card: GuestCard | null;
  readonly awake: Awake<V, G> | null;
  readonly told: Ways | null;
  readonly folder: string | null;
  readonly asked: AskedGroups | null;
  readonly busy: boolean;
  readonly done: WayDone | null;
  readonly fault: Fault | null;
  readonly wrongTries: number;
  readonly waitSeconds: number;
}

/** A disk becomes a stick. `from`: where it was asked for; it goes on behind the page, and the page goes back to it. */
export interface AtSticks<V, G> {
  readonly at: 'sticks';
  readonly from: State<V, G>;
  /** Null while they are looked for. */
  readonly found: FoundDisks | null;
  /** The disk whose name is asked. */
  readonly asked: DiskCard | null;
  readonly misnamed: boolean;
  readonly writing: StickWriting | null;
  readonly done: StickDone | null;
  readonly fault: Fault | null;
  /** What was being written when `fault` came is empty now. */
  readonly touched: boolean;
}

export interface StickWriting {
  readonly disk: DiskCard;
  readonly work: Tracker;
  readonly bytesPerSecond: number | null;
  readonly stopping: boolean;
}

export interface Wanting {
  /** What the person wants to see when the vault is open; absent: the guest wakes. */
  readonly wants?: 'moments';
  /** Where there are several vaults. */
  readonly choice?: VaultChoice;
}

/** Several vaults are here. `chosen`: the one that is asked for; null: none yet. */
export interface VaultChoice {
  readonly vaults: readonly VaultCard[];
  readonly chosen: string | null;
}

/** Which vault? `wrongTries` were made already, at one or another of them. */
export interface AtVaults {
  readonly at: 'vaults';
  readonly vaults: readonly VaultCard[];
  readonly wrongTries: number;
  readonly wants?: 'moments';
}

/** The first run. `inside`: the vault is made; until then the secrets lie in the performer's box. */
export interface SettingUp<V> {
  readonly at: 'setup';
  readonly inside: Inside<V> | null;
  /** Null while sizes are asked. */
  readonly offers: readonly Offer[] | null;
  readonly picked: Picked | null;
  readonly fault: Fault | null;
  /** A backup is brought back in place of a new guest; null: a new one is made. */
  readonly restore: Restoring | null;
  readonly on:
    | { readonly step: 'language' }
    | { readonly step: 'where' }
    | { readonly step: 'moments' }
    | { readonly step: 'passphrase' }
    /** `picking`: the file dialog is up, or its file is looked at. */
    | { readonly step: 'guest'; readonly picking: boolean }
    /** Null until the key is drawn. */
    | { readonly step: 'recovery'; readonly asked: AskedGroups | null }
    /** `stop`: asked for, and what comes after it; null while it goes on. */
    | {
        readonly step: 'building';
        readonly work: Tracker;
        readonly stop: null | { readonly is: 'back' } | { readonly is: 'leave'; readonly at: string };
      };
}

/** The way to a backup and what lies there. Address, paper and credentials lie in the performer. */
export interface Restoring {
  /** Without its secrets. */
  readonly place: string | null;
  readonly keyed: boolean;
  readonly asks: ServerAsks | null;
  readonly busy: 'picking' | 'reading' | null;
  readonly found: FoundBackup | null;
  readonly choice: RestoreChoice | null;
}

/** A failure is a state with named exits. It keeps what still lives, so that an exit can use it. */
export interface Broken<V, G> {
  readonly at: 'fault';
  readonly fault: Fault;
  readonly safe: SafeKind;
  readonly savedAt: string | null;
  readonly exits: readonly [Exit, ...Exit[]];
  readonly inside: Inside<V> | null;
  readonly card: GuestCard | null;
  readonly awake: Awake<V, G> | null;
  /** An older generation that is whole, where the newest is damaged. */
  readonly older: Older | null;
  /** The guest stands still behind it, until it can go on by itself or is given up. */
  readonly frozen: boolean;
  /** One of several vaults could not be opened. */
  readonly choice?: VaultChoice;
}

export type Event<V, G> =
  // from the system
  | { readonly is: 'started' }
  | { readonly is: 'foundNothing' }
  /** `choice`: there are several. */
  | { readonly is: 'foundVault'; readonly choice?: VaultChoice }
  | { readonly is: 'foundOpen'; readonly inside: Inside<V>; readonly running: Running<G> | null }
  | { readonly is: 'lookFailed'; readonly fault: Fault }
  | { readonly is: 'vaultMade'; readonly inside: Inside<V> }
  /** `vaultIsThere`: it was made, but could not be opened after that. */
  | { readonly is: 'makeFailed'; readonly fault: Fault; readonly vaultIsThere: boolean }
  | { readonly is: 'offersKnown'; readonly offers: readonly Offer[] }
  | { readonly is: 'passphraseTaken' }
  | { readonly is: 'passphraseRefused'; readonly fault: Fault }
  | { readonly is: 'filePicked'; readonly picked: Picked }
  /** No file was picked; `fault`: why the one that was cannot be taken. */
  | { readonly is: 'pickEnded'; readonly fault: Fault | null }
  | { readonly is: 'recoveryKeyMade'; readonly asked: AskedGroups }
  | { readonly is: 'recoveryConfirmed' }
  /** They lay too long, and were wiped. */
  | { readonly is: 'secretsForgotten'; readonly fault: Fault }
  | { readonly is: 'guestMade'; readonly inside: Inside<V> }
  /** Null: no folder was picked. */
  | { readonly is: 'backupPlaced'; readonly place: string | null }
  | { readonly is: 'backupRefused'; readonly fault: Fault }
  | { readonly is: 'backupFound'; readonly found: FoundBackup }
  | { readonly is: 'backupUnread'; readonly fault: Fault; readonly asks: ServerAsks | null }
  | { readonly is: 'buildFailed'; readonly fault: Fault }
  | { readonly is: 'vaultOpened'; readonly inside: Inside<V>; readonly running: Running<G> | null }
  /** `keys`: the key USBs that were tried and do not fit, by name. */
  | { readonly is: 'openFailed'; readonly fault: Fault; readonly keys?: readonly string[] }
  /** `of`: what was waited for, where there is more than one thing. */
  | { readonly is: 'waited'; readonly of?: string }
  /** Nobody touched keyboard and pointer for as long as the vault's owner chose. */
  | { readonly is: 'idled'; readonly act: VaultSettings['idleAct'] }
  | { readonly is: 'proved' }
  | { readonly is: 'waysAsked' }
  | { readonly is: 'waysLeft' }
  | { readonly is: 'waysRead'; readonly ways: Ways }
  | { readonly is: 'waysFailed'; readonly fault: Fault }
  /** Its secrets travel beside. */
  | { readonly is: 'wayEditAsked' }
  | { readonly is: 'wayEdited'; readonly ways: Ways; readonly done: WayDone }
  | { readonly is: 'wayEditFailed'; readonly fault: Fault }
  | { readonly is: 'keyFolderAsked' }
  /** Null: none was picked. */
  | { readonly is: 'keyFolderPicked'; readonly folder: string | null }
  | { readonly is: 'newRecoveryAsked' }
  | { readonly is: 'newRecoveryDrawn'; readonly asked: AskedGroups }
  | { readonly is: 'settingsAsked'; readonly settings: VaultSettings }
  | { readonly is: 'sticksAsked' }
  | { readonly is: 'sticksLeft' }
  | { readonly is: 'disksFound'; readonly found: FoundDisks }
  | { readonly is: 'disksFailed'; readonly fault: Fault }
  /** Null: none of them, back to the list. */
  | { readonly is: 'diskAsked'; readonly id: string | null }
  /** The name that was typed is compared beside. */
  | { readonly is: 'diskNamed'; readonly right: boolean }
  | {
      readonly is: 'stickProgress';
      readonly progress: Progress;
      readonly seconds: number;
      readonly bytesPerSecond: number | null;
    }
  | { readonly is: 'stickWritten'; readonly done: StickDone }
  | { readonly is: 'stickFailed'; readonly fault: Fault }
  | { readonly is: 'proveFailed'; readonly fault: Fault; readonly keys?: readonly string[] }
  /** The key USB that opened the vault is gone, and its owner wants nothing to stay open then. */
  | { readonly is: 'keyPulled' }
  | { readonly is: 'progress'; readonly progress: Progress; readonly seconds: number }
  | { readonly is: 'guestRuns'; readonly running: Running<G> }
  | { readonly is: 'runFailed'; readonly fault: Fault; readonly older?: Older | null }
  | { readonly is: 'unfit'; readonly fit: Fit }
  | { readonly is: 'crashed'; readonly savedAt: string; readonly until: string }
  | { readonly is: 'momentsRead'; readonly timeline: Timeline; readonly card: GuestCard }
  | { readonly is: 'momentsFailed'; readonly fault: Fault }
  | { readonly is: 'roomMade'; readonly freedBytes: number }
  | { readonly is: 'roomFailed'; readonly fault: Fault }
  | { readonly is: 'shown' }
  | { readonly is: 'showFailed'; readonly fault: Fault }
  /** `again`: it may be started again; false: it died too often. */
  | { readonly is: 'viewerDied'; readonly fault: Fault; readonly again: boolean }
  /** What is shown does not match the screens any more. */
  | { readonly is: 'screensChanged' }
  | {
      readonly is: 'suspended';
      readonly at: string;
      readonly writtenBytes: number | null;
      readonly verified: boolean;
    }
  | { readonly is: 'suspendFailed'; readonly fault: Fault; readonly guestRuns: boolean }
  | { readonly is: 'poweredOff'; readonly at: string }
  | { readonly is: 'guestDied'; readonly fault: Fault }
  /** Stands still although nobody paused it. `fault` null: it goes on. */
  | { readonly is: 'frozen'; readonly fault: Fault | null; readonly older: Older | null }
  /** `left`: bytes that the guest may still fill while they are few; null: enough again. */
  | { readonly is: 'space'; readonly left: number | null }
  /** This PC's battery. `low`: almost empty, to be told; `empty`: the desktop sleeps now; `mains`: no longer. */
  | { readonly is: 'battery'; readonly now: 'low' | 'empty' | 'mains' }
  /** A guest that was starting is up. */
  | { readonly is: 'desktopUp' }
  /** What a crash returns to from now on. RFC 3339 UTC. */
  | { readonly is: 'checkpointed'; readonly at: string }
  | { readonly is: 'vaultClosed' }
  /** What the session leaves on this PC; null: this is not a stick. */
  | { readonly is: 'traceChecked'; readonly trace: Trace | null }
  | { readonly is: 'closeFailed'; readonly fault: Fault }
  | { readonly is: 'vaultLost'; readonly fault: Fault }
  /** A disk that backups go to was plugged in, and is behind. */
  | { readonly is: 'backupNearby' }
  | { readonly is: 'hotKey' }
  | { readonly is: 'edge' }
  // from the person; secrets travel beside, never in an event
  | { readonly is: 'unlockAsked'; readonly by: OpenedBy }
  | { readonly is: 'vaultAsked'; readonly id: string }
  | { readonly is: 'otherVaultAsked' }
  | { readonly is: 'setupBackAsked' }
  | { readonly is: 'setupNextAsked' }
  | { readonly is: 'restoreAsked' }
  | { readonly is: 'backupFolderAsked' }
  /** The recovery key travels beside. */
  | { readonly is: 'backupOpenAsked' }
  | { readonly is: 'backupRetryAsked' }
  | { readonly is: 'backupChosen'; readonly choice: RestoreChoice }
  | { readonly is: 'pickAsked'; readonly kind: GuestKind }
  | { readonly is: 'sizeAsked'; readonly kind: GuestKind; readonly size: GuestSize }
  | { readonly is: 'chooseAsked'; readonly id: string }
  /** `id` null: of the guest at hand. */
  | { readonly is: 'momentsAsked'; readonly id: string | null }
  | { readonly is: 'momentAsked'; readonly number: number }
  | { readonly is: 'makeRoomAsked' }
  | { readonly is: 'suspendAsked' }
  | { readonly is: 'cancelAsked' }
  | { readonly is: 'backAsked' }
  | { readonly is: 'hideBarAsked' }
  | { readonly is: 'controlsAsked'; readonly section: Section }
  | { readonly is: 'displayAsked'; readonly choice: DisplayChoice }
  | { readonly is: 'keepAsked'; readonly keep: boolean }
  | { readonly is: 'keysAsked'; readonly keys: SentKeys }
  | { readonly is: 'shutDownAsked' }
  | { readonly is: 'wakeAsked' }
  | { readonly is: 'exitAsked'; readonly exit: Exit }
  | { readonly is: 'switchOffAsked'; readonly at: string };

export interface Running<G> {
  readonly guest: G;
  readonly card: GuestCard;
  readonly since: string;
  readonly starting: boolean;
  readonly spaceLeft: number | null;
  readonly returnsTo: string | null;
}

export type Effect<V, G> =
  | { readonly do: 'look' }
  | { readonly do: 'askOffers'; readonly vault: V | null }
  | { readonly do: 'pickFile'; readonly kind: 'image' | 'iso'; readonly offer: Offer }
  | { readonly do: 'makeRecoveryKey' }
  | { readonly do: 'forgetSecrets' }
  /** Takes the secrets out of the box, and opens what it made. `recovery`: the paper that opens the backup opens it too. */
  | { readonly do: 'makeVault'; readonly recovery: 'drawn' | 'paper' }
  | { readonly do: 'pickBackupFolder' }
  /** What was trusted by the person is what the last reading asked about. */
  | { readonly do: 'readBackup' }
  | { readonly do: 'restoreGuests'; readonly vault: V; readonly choice: RestoreChoice }
  | { readonly do: 'cancelRestore' }
  /** Address, paper and all that was made to reach the backup. */
  | { readonly do: 'forgetBackup' }
  | { readonly do: 'buildGuest'; readonly vault: V; readonly picked: Picked }
  | { readonly do: 'cancelBuild' }
  /** What is asked of a vault from now on is asked of this one. */
  | { readonly do: 'chooseVault'; readonly id: string }
  | { readonly do: 'openVault'; readonly by: OpenedBy }
  | { readonly do: 'cancelOpen' }
  /** One that waits for the same takes the place of the one before. */
  | { readonly do: 'wait'; readonly seconds: number; readonly of?: string }
  /** Does the secret open the vault that is open? Nothing is opened by it. */
  | { readonly do: 'proveSecret'; readonly by: OpenedBy }
  | { readonly do: 'cancelProve' }
  | { readonly do: 'readWays'; readonly vault: V }
  /** The edit with its secrets lies in the performer's box. */
  | { readonly do: 'editWay'; readonly vault: V }
  | { readonly do: 'pickKeyFolder' }
  | { readonly do: 'drawRecovery' }
  /** What was drawn, and an edit that was not made. */
  | { readonly do: 'forgetWays' }
  | { readonly do: 'saveSettings'; readonly vault: V; readonly settings: VaultSettings }
  /** Tells what is plugged in, now and whenever it changes, until `forgetDisks`. */
  | { readonly do: 'watchDisks' }
  | { readonly do: 'forgetDisks' }
  | { readonly do: 'writeStick'; readonly id: string }
  | { readonly do: 'cancelStick' }
  | { readonly do: 'pauseGuest'; readonly guest: G }
  | { readonly do: 'goOn'; readonly guest: G }
  | { readonly do: 'runGuest'; readonly vault: V; readonly id: string; readonly from: WakeFrom }
  | { readonly do: 'cancelRun' }
  | { readonly do: 'readMoments'; readonly vault: V; readonly id: string }
  /** Takes away what the last `readMoments` told. */
  | { readonly do: 'makeRoom'; readonly vault: V; readonly id: string }
  | { readonly do: 'cancelMakeRoom' }
  /** Guest and screens are brought together first; `trying`: as chosen by hand, else as it is remembered. */
  | { readonly do: 'show'; readonly vault: V; readonly guest: G; readonly trying: DisplayChoice | null }
  /** How it is shown now is how it is to be shown on this monitor. */
  | { readonly do: 'rememberDisplay'; readonly vault: V }
  | { readonly do: 'sendKeys'; readonly guest: G; readonly keys: SentKeys }
  /** Awaited before the next view is pushed: no viewer lives while a secret is typed. */
  | { readonly do: 'endViewer' }
  | { readonly do: 'raise' }
  | { readonly do: 'cede' }
  /** `pinned`: over a guest that starts, with the sentence that says so. */
  | { readonly do: 'showBar'; readonly pinned: boolean }
  | { readonly do: 'unpinBar' }
  | { readonly do: 'hideBar' }
  | { readonly do: 'suspend'; readonly guest: G }
  | { readonly do: 'cancelSuspend'; readonly guest: G }
  | { readonly do: 'pressPower'; readonly guest: G }
  /** Ends it without saving. Awaited: what comes after needs its disk. */
  | { readonly do: 'drop'; readonly guest: G }
  /** The vault closes without it. */
  | { readonly do: 'skipBackup' }
  | { readonly do: 'closeVault'; readonly vault: V }
  | { readonly do: 'checkTrace' }
  | { readonly do: 'end' };

export interface Step<V, G> {
  readonly state: State<V, G>;
  readonly effects: readonly Effect<V, G>[];
}
