// The view: the read-only picture of the flow's state that main sends to the renderer. It holds no secret and no
// sentence: codes, numbers and names only. app/text turns it into words.
import { z } from 'zod';
import { controlsSchema, displayChoiceSchema, sectionSchema } from './controls';
import { faultSchema } from './fault';
import { fitSchema } from './fit';
import { guestIdSchema } from './keeper';
import { layoutSchema } from './keyboard';
import { progressSchema } from './progress';
import { restoreViewSchema } from './restore';
import { askedGroupsSchema, offerSchema, pickedSchema, setupStepSchema } from './setup';
import { diskCardSchema, foundDisksSchema, stickDoneSchema } from './sticks';
import { timelineSchema } from './timeline';
import { traceSchema } from './trace';
import { vaultCardSchema, vaultCardsSchema } from './vaults';
import { wayDoneSchema, waysSchema } from './ways';

export const languageSchema = z.enum(['en', 'es', 'fr', 'ar']);
export type Language = z.infer<typeof languageSchema>;

/** How the person wants to see it. `theme: system` follows the desktop's preference. */
export const lookSchema = z.object({
  language: languageSchema,
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  zoom: z.union([z.literal(1), z.literal(1.25), z.literal(1.5)]),
  /** `still`: nothing moves, also where the system does not ask for it. */
  motion: z.enum(['system', 'still']),
  /** The screen reader is wanted. */
  aloud: z.boolean(),
});
export type Look = z.infer<typeof lookSchema>;

export const placeSchema = z.enum(['stick', 'desk', 'virtual']);
export type Place = z.infer<typeof placeSchema>;

/** One named stage of long work, in order. `seconds`: how long it took (done). */
export const stageViewSchema = z.object({
  id: progressSchema.shape.stage,
  state: z.enum(['done', 'now', 'toCome']),
  seconds: z.number().nullable(),
});

/** Long work: 3 to 5 stages, set-up's up to 9. `fraction` 0..1 and `secondsLeft` are null while unknown: then no bar and no percent. */
export const workSchema = z.object({
  stages: z.array(stageViewSchema).max(10),
  fraction: z.number().min(0).max(1).nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  reversible: z.boolean(),
});
export type Work = z.infer<typeof workSchema>;

/** What can be pressed on a fault screen; main performs it, the words are app/text's. First one is the primary. */
export const exitSchema = z.enum([
  'lookAgain', // look for vaults again
  'unlockAgain', // back to the passphrase
  'wakeAgain', // resume the same generation once more
  'wakeOlder', // go back to the newest older generation that is whole, and resume it
  'wakeExact', // after a crash: the last saved moment as it was
  'wakeSavedFiles', // after a crash: start from everything that was saved to disk
  'startAfresh', // start from the disk, without the saved programs
  'showMoments', // its saved moments: go back, or make room
  'chooseAnother', // back to the guests of this vault
  'backToDesktop', // show the running guest again
  'suspend', // save the running guest and leave
  'closeVault', // close and end safely
  'switchOff',
]);
export type Exit = z.infer<typeof exitSchema>;

const when = z.string().nullable(); // RFC 3339 UTC

export const guestCardSchema = z.object({
  id: guestIdSchema,
  name: z.string().max(80),
  /** What it would wake to; null: it starts afresh. */
  suspendedAt: when,
  /** A picture of its last screen can be asked for (`guestPicture`). */
  hasPicture: z.boolean(),
  state: z.enum(['off', 'suspended', 'running']),
  /** What it takes up in the vault; null while unknown. */
  bytes: z.number().nonnegative().nullable(),
});

export type GuestCard = z.infer<typeof guestCardSchema>;

/** Disks, by the names that a person knows them by. */
const keyNamesSchema = z.array(z.string().max(80)).max(8);

export const storySchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('looking') }),
  /** No vault here, or one without a guest. */
  z.object({
    state: z.literal('setup'),
    home: z.string(),
    step: setupStepSchema,
    /** `made`: taken up again after it was left or killed: only guest and building remain. */
    vault: z.enum(['toMake', 'made']),
    /** In the order to show them; null while sizes are asked. */
    offers: z.array(offerSchema).max(4).nullable(),
    /** The file dialog is up, or the chosen file is looked at. */
    picking: z.boolean(),
    picked: pickedSchema.nullable(),
    /** Step `recovery`: null for the moment until the key is there. */
    askedGroups: askedGroupsSchema.nullable(),
    /** A backup is brought back in place of a new guest. */
    restore: restoreViewSchema.nullable(),
    /** Step `building`. */
    work: workSchema.nullable(),
    /** Beside the step; what was typed is asked again only if it is needed. */
    fault: faultSchema.nullable(),
  }),
  /** Several vaults are here: which one? */
  z.object({ state: z.literal('vaults'), vaults: vaultCardsSchema }),
  z.object({
    state: z.literal('locked'),
    /** Which one, where there are several; null: there is only this one. */
    vault: vaultCardSchema.nullable(),
    /** Counts this start's wrong tries; 0 at first. */
    wrongTries: z.number().int().nonnegative(),
    /** Seconds until the next try is taken, 0: now. Grows, never locks out. */
    waitSeconds: z.number().nonnegative(),
    /** What the last try ended with, null before the first. */
    fault: faultSchema.nullable(),
    /** Key USBs that were tried and do not fit, by the names of their disks. */
    keys: keyNamesSchema,
    keyUsb: z.enum(['idle', 'looking']),
    /** A passphrase text file on a key USB opened nothing or was used: warn (paper, section 3.2). */
    plainPassphraseFile: z.boolean(),
  }),
  z.object({
    state: z.literal('opening'),
    vault: vaultCardSchema.nullable(),
    by: z.enum(['passphrase', 'keyUsb']),
    work: workSchema,
  }),
  z.object({ state: z.literal('choosing'), guests: z.array(guestCardSchema) }),
  z.object({ state: z.literal('checking'), guest: guestCardSchema, work: workSchema }),
  z.object({
    state: z.literal('resuming'),
    guest: guestCardSchema,
    fresh: z.boolean(),
    /** The guest is back, and its last picture (`guestPicture`) stands in for its first one. */
    curtain: z.boolean(),
    work: workSchema,
  }),
  z.object({
    state: z.literal('live'),
    guest: guestCardSchema,
    awakeSince: z.string(),
    /** It was started, not resumed: the text of its start may be on the screen. */
    starting: z.boolean(),
    /** Bytes that it may still fill while they are few (hazard `diskLow`); null: enough. */
    spaceLeft: z.number().nonnegative().nullable(),
    /** The battery is almost empty (hazard `batteryLow`): it sleeps soon unless the mains feeds this PC. */
    batteryLow: z.boolean(),
    /** The full control page is up (hot key) instead of the guest. */
    controls: z.boolean(),
    /** The part of it that was asked for. */
    section: sectionSchema,
    /** How it is shown was changed by hand: taken back in `trialSeconds` unless it is kept. */
    trial: displayChoiceSchema.nullable(),
    /** The bar is up to say which key brings it. */
    hint: z.boolean(),
    /** The guest was asked to shut down and has not yet. */
    shuttingDown: z.boolean(),
    plainPassphraseFile: z.boolean(),
  }),
  /** Nobody was there for a while: the secret is asked again over the desktop, which goes on or stands still. */
  z.object({
    state: z.literal('idleLocked'),
    guest: guestCardSchema,
    paused: z.boolean(),
    wrongTries: z.number().int().nonnegative(),
    waitSeconds: z.number().nonnegative(),
    fault: faultSchema.nullable(),
    keys: keyNamesSchema,
    /** With what it is being opened; null: nothing is tried. */
    checking: z.enum(['passphrase', 'keyUsb']).nullable(),
  }),
  z.object({
    state: z.literal('suspending'),
    guest: guestCardSchema,
    work: workSchema,
    returnsTo: when,
    /** Nobody asked: the battery is almost empty, and there is no way back unless the mains feeds this PC. */
    battery: z.enum(['empty', 'onMains']).nullable(),
  }),
  z.object({
    state: z.literal('safe'),
    why: z.enum(['suspended', 'poweredOff', 'nothingOpened']),
    at: z.string(),
    writtenBytes: z.number().nullable(),
    verified: z.boolean(),
    /** Nobody asked for it: the battery was almost empty. */
    forBattery: z.boolean(),
    vaultClosed: z.boolean(),
    /** It was opened by a passphrase text file on a key USB: warn while there is time to read it. */
    plainPassphraseFile: z.boolean(),
    canWake: z.boolean(),
    /** On the stick, once it was looked at; null elsewhere. */
    trace: traceSchema.nullable(),
  }),
  /** Its saved moments. */
  z.object({
    state: z.literal('timeline'),
    guest: guestCardSchema,
    /** Null while it is read. */
    timeline: timelineSchema.nullable(),
    /** Room is being made. */
    work: workSchema.nullable(),
    /** What the last making of room gave. */
    freedBytes: z.number().nonnegative().nullable(),
    /** Reading it, or the last making of room, ended with this. */
    fault: faultSchema.nullable(),
    exits: z.array(exitSchema),
  }),
  /** What opens the vault, and when it locks. */
  z.object({
    state: z.literal('ways'),
    /** Null while they are read. */
    told: waysSchema.nullable(),
    /** The desktop runs on behind this page. */
    awake: z.boolean(),
    /** Where a new key file goes, as the person knows the folder. */
    folder: z.string().max(300).nullable(),
    /** A new recovery key lies ready to be shown: its groups to type back. */
    askedGroups: askedGroupsSchema.nullable(),
    /** A key is being worked out. */
    busy: z.boolean(),
    done: wayDoneSchema.nullable(),
    fault: faultSchema.nullable(),
    wrongTries: z.number().int().nonnegative(),
    waitSeconds: z.number().nonnegative(),
  }),
  /** A disk becomes a stick: which one, its name typed, written, done. */
  z.object({
    state: z.literal('sticks'),
    /** Null while they are looked for. */
    found: foundDisksSchema.nullable(),
    /** Its name is asked. */
    asked: diskCardSchema.nullable(),
    /** Another name was typed. */
    misnamed: z.boolean(),
    writing: z
      .object({
        disk: diskCardSchema,
        work: workSchema,
        /** In this stage; null until it can be told. */
        bytesPerSecond: z.number().nonnegative().nullable(),
        /** False: what is left is over in a moment, or it was asked for already (`stopping`). */
        canStop: z.boolean(),
        stopping: z.boolean(),
      })
      .nullable(),
    done: stickDoneSchema.nullable(),
    /** Looking or writing ended with this. */
    fault: faultSchema.nullable(),
    /** The disk that was being written is empty now; false: it is as it was. */
    touched: z.boolean(),
  }),
  /** This PC cannot wake the guest: nothing was changed. */
  z.object({
    state: z.literal('unfit'),
    guest: guestCardSchema,
    fit: fitSchema,
    exits: z.array(exitSchema).min(1),
  }),
  /** The last session was never saved: the owner chooses. Nothing is thrown away by either. */
  z.object({
    state: z.literal('afterCrash'),
    guest: guestCardSchema,
    /** *Exactly as at*. */
    savedAt: when,
    /** *Everything saved to disk until*. */
    until: z.string(),
    exits: z.array(exitSchema).min(1),
  }),
  z.object({ state: z.literal('poweringOff') }),
  z.object({
    state: z.literal('fault'),
    fault: faultSchema,
    /** What still stands: decides the sentence under "What is safe". */
    safe: z.enum(['nothingOpened', 'oldGeneration', 'guestRuns', 'newGeneration']),
    savedAt: when,
    /** The moment that `wakeOlder` goes back to. */
    olderAt: when,
    exits: z.array(exitSchema).min(1),
  }),
]);
export type Story = z.infer<typeof storySchema>;

/** How long a display that was chosen by hand is tried. */
export const trialSeconds = 10;

export const jobSchema = z.object({
  kind: z.enum(['backup', 'restore', 'streaming', 'merging', 'building', 'writingStick']),
  work: workSchema,
});

export const hazardSchema = z.enum([
  'diskLow',
  'batteryLow',
  'stickPulled',
  'networkGone',
  'noSandbox',
  'softwareEmulation',
]);
export type Hazard = z.infer<typeof hazardSchema>;

export const viewSchema = z.object({
  place: placeSchema,
  version: z.string(),
  /** True where the Electron is not the official binary: the screen says *test build*. */
  testBuild: z.boolean(),
  look: lookSchema,
  /** The layout in effect on our own X server; null while it is not known. */
  keyboard: layoutSchema.nullable(),
  /** Look and layout are kept in clear text outside the vault, because the owner wants it. */
  remembered: z.boolean(),
  /** The screen reader: whether this PC has one, and whether it speaks. */
  reader: z.enum(['absent', 'off', 'on']),
  story: storySchema,
  jobs: z.array(jobSchema),
  hazards: z.array(hazardSchema),
  controls: controlsSchema,
});
export type View = z.infer<typeof viewSchema>;
