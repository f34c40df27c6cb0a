// One View for every state a screen can be in: what the tests draw and the pictures show. Times are built around `now`,
// so that "today" is today. Nothing here is shipped. One long list, so that a state without a picture is seen at once.
import { type BackupState, noBackup } from '../preload/contract/backup';
import { type Controls, controlsAtFirst } from '../preload/contract/controls';
import type { Fault, FaultCode } from '../preload/contract/fault';
import type { Layout } from '../preload/contract/keyboard';
import type { StageId } from '../preload/contract/progress';
import type { Offer } from '../preload/contract/setup';
import type { Moment, Timeline } from '../preload/contract/timeline';
import type { Trace } from '../preload/contract/trace';
import type { VaultCard } from '../preload/contract/vaults';
import type { Exit, GuestCard, Look, Story, View, Work } from '../preload/contract/view';
import { usualSettings } from '../preload/contract/ways';
import { restoreStories } from './restore-views.fixture';
import { stickStories } from './stick-views.fixture';

export const plainLook: Look = {
  language: 'en',
  theme: 'light',
  zoom: 1,
  motion: 'system',
  aloud: false,
};

export const plainLayout: Layout = {
  layout: 'us',
  variant: '',
  description: 'English (US)',
  languages: ['eng'],
  isVariant: false,
};

/** The moment all fixtures are seen at: 14 October 2026, 14:31 of this PC's time zone. */
export const now = new Date(2026, 9, 14, 14, 31);
const at = (hour: number, minute: number): string => new Date(2026, 9, 14, hour, minute).toISOString();

const guest: GuestCard = {
  id: 'my-debian',
  name: 'My Debian',
  suspendedAt: at(14, 20),
  hasPicture: false,
  state: 'suspended',
  bytes: 3_200_000_000,
};
const newGuest: GuestCard = { ...guest, suspendedAt: null, state: 'off' };

/** `done` stages are over, the next one is now; each took one second more than the one before. */
function work(ids: readonly StageId[], done: number, part: Partial<Work> = {}): Work {
  return {
    stages: ids.map((id, index) => ({
      id,
      state: index < done ? 'done' : index === done ? 'now' : 'toCome',
      seconds: index < done ? index : null,
    })),
    fraction: null,
    secondsLeft: null,
    reversible: true,
    ...part,
  };
}

const wake: readonly StageId[] = ['check', 'start', 'load', 'firstRun', 'show'];
const leave: readonly StageId[] = ['stop', 'ram', 'fsync', 'verify', 'close'];

function fault(code: FaultCode, message = 'gen-0007/state: sha256 differs from manifest.json'): Fault {
  return { code, stage: 'guest.restoreState', message, hint: 'soulpad timeline verify' };
}

function broken(code: FaultCode, safe: (Story & { state: 'fault' })['safe'], exits: Exit[]): Story {
  return {
    state: 'fault',
    fault: fault(code),
    safe,
    savedAt: at(13, 5),
    olderAt: exits.includes('wakeOlder') ? at(9, 40) : null,
    exits,
  };
}

/** The place's own, two that look alike; two that carry one mark; one that cannot be read. */
const vaults: VaultCard[] = [
  { id: 'v0', name: null, mark: '7f4c21f0', kind: 'gocryptfs', fault: null },
  { id: 'v1', name: 'Work', mark: '03a9be57', kind: 'gocryptfs', fault: null },
  { id: 'v2', name: 'work', mark: 'c41d0e92', kind: 'luks2', fault: null },
];
const copied: VaultCard[] = [
  { id: 'v1', name: 'Copy of Work', mark: '03a9be57', kind: 'gocryptfs', fault: fault('ambiguousVault') },
  { id: 'v2', name: 'Work', mark: '03a9be57', kind: 'gocryptfs', fault: fault('ambiguousVault') },
];
const unreadable: VaultCard = {
  ...{ id: 'v3', name: 'ورشة 2024', mark: null, kind: null },
  fault: fault('damagedKeyslots'),
};

const locked: Story & { state: 'locked' } = {
  state: 'locked',
  vault: null,
  wrongTries: 0,
  waitSeconds: 0,
  fault: null,
  keys: [],
  keyUsb: 'idle',
  plainPassphraseFile: false,
};

const live: Story & { state: 'live' } = {
  state: 'live',
  guest,
  awakeSince: at(14, 20),
  starting: false,
  spaceLeft: null,
  batteryLow: false,
  controls: false,
  section: 'desktop',
  trial: null,
  hint: false,
  shuttingDown: false,
  plainPassphraseFile: false,
};

const noTrace: Trace = {
  disks: { seen: 1, writable: 0, writtenBytes: 0, used: 0 },
  memoryCleared: true,
  listening: 0,
};

const idleLocked: Story & { state: 'idleLocked' } = {
  state: 'idleLocked',
  guest,
  paused: false,
  wrongTries: 0,
  waitSeconds: 0,
  fault: null,
  keys: [],
  checking: null,
};

const ways: Story & { state: 'ways' } = {
  state: 'ways',
  told: {
    ways: [
      { id: 0, name: 'passphrase', kind: 'passphrase', removable: false },
      { id: 1, name: 'recovery key', kind: 'recovery', removable: true },
    ],
    twoFactor: false,
    settings: usualSettings,
  },
  awake: false,
  folder: null,
  askedGroups: null,
  busy: false,
  done: null,
  fault: null,
  wrongTries: 0,
  waitSeconds: 0,
};

const safe: Story & { state: 'safe' } = {
  state: 'safe',
  why: 'suspended',
  at: at(14, 31),
  writtenBytes: 1_600_000_000,
  verified: true,
  forBattery: false,
  vaultClosed: true,
  plainPassphraseFile: false,
  canWake: true,
  trace: null,
};

const oldMoment: Moment = {
  number: 2,
  at: new Date(2025, 11, 24, 18, 40).toISOString(),
  kind: 'off',
  pc: null,
  bytes: 2_100_000_000,
  hasPicture: false,
  goes: true,
};

const saved: Moment = { ...oldMoment, kind: 'suspended', hasPicture: true, goes: false };

const moments: Timeline = {
  present: 7,
  moments: [
    { ...saved, number: 7, at: at(14, 20), pc: 'ThinkPad X220' },
    { ...saved, number: 5, at: at(9, 5), pc: 'OptiPlex 7010', bytes: 61e6 },
    { ...saved, number: 4, at: new Date(2026, 9, 13, 18, 40).toISOString(), bytes: 340e6, goes: true },
  ],
  more: 0,
  room: { moments: 1, bytes: 340e6 },
  freeBytes: 4e9,
};

function timeline(part: Partial<Story & { state: 'timeline' }>): Story & { state: 'timeline' } {
  return {
    ...{ state: 'timeline', guest, timeline: moments, work: null, freedBytes: null, fault: null, exits: [] },
    ...part,
  };
}

const gigabyte = 1e9;
const gibibyte = 2 ** 30;

function sizesOf(
  diskBytes: number,
  ramBytes: number,
): Pick<Offer, 'size' | 'sizes' | 'diskBytes' | 'ramBytes'> {
  const usual = { size: 'usual', diskBytes, ramBytes } as const;
  const small = { size: 'small', diskBytes, ramBytes: ramBytes / 2 } as const;
  const large = { size: 'large', diskBytes: 2 * diskBytes, ramBytes: 2 * ramBytes } as const;
  return { ...usual, sizes: [small, usual, large] };
}

/** `lacking`: a PC with a small memory and an almost full disk. */
function offers(lacking: boolean): Offer[] {
  const nothing = { downloadBytes: null, sizing: false, usualSeconds: null };
  const usual = { ...sizesOf(8 * gibibyte, 2 * gibibyte), ...nothing };
  const can = { possible: true, why: null, need: null, have: null };
  const full = { possible: false, why: 'diskTooSmall', need: 6 * gigabyte, have: 1.4 * gigabyte } as const;
  return [
    { kind: 'desktop', ...usual, downloadBytes: 412e6, usualSeconds: 202, ...(lacking ? full : can) },
    { kind: 'image', ...usual, ...(lacking ? { ...full, why: 'toolMissing' } : can) },
    {
      kind: 'iso',
      ...usual,
      ...sizesOf(20 * gibibyte, 2 * gibibyte),
      ...(lacking ? { ...full, why: 'memoryTooSmall', need: 2 * gibibyte, have: gibibyte } : can),
    },
    {
      ...{ kind: 'witness', diskBytes: 64e6, ramBytes: 128 * 2 ** 20, size: 'usual', sizes: [] },
      ...{ ...nothing, ...can },
    },
  ];
}

const setup: Story & { state: 'setup' } = {
  state: 'setup',
  home: '/home/ada/.local/share/soulpad',
  step: 'language',
  vault: 'toMake',
  offers: null,
  picking: false,
  picked: null,
  askedGroups: null,
  restore: null,
  work: null,
  fault: null,
};
const guestStep = { ...setup, step: 'guest', offers: offers(false) } as const;
const imagePicked = {
  kind: 'image',
  file: 'the-pc-of-the-district-office-2026-10-14.qcow2',
  ...sizesOf(42 * gigabyte, 2 * gibibyte),
  // Its disk is the file's own, whatever the size.
  sizes: sizesOf(0, 2 * gibibyte).sizes.map((each) => ({ ...each, diskBytes: 42 * gigabyte })),
  usualSeconds: 700,
} as const;
const build: readonly StageId[] = [
  'key',
  'mount',
  'fetch',
  'unpack',
  'configure',
  'image',
  'create',
  'start',
  'show',
];

export const stories = {
  starting: { state: 'starting' },
  looking: { state: 'looking' },
  'setup-language': setup,
  'setup-passphrase': { ...setup, step: 'passphrase' },
  'setup-passphrase-fault': { ...setup, step: 'passphrase', fault: fault('secretTooShort') },
  'setup-guest-asking': { ...setup, step: 'guest' },
  'setup-guest': guestStep,
  'setup-guest-sizing': {
    ...guestStep,
    offers: offers(false).map((offer) =>
      offer.kind === 'desktop' ? { ...offer, sizing: true, downloadBytes: null, usualSeconds: null } : offer,
    ),
  },
  'setup-guest-lacking': { ...guestStep, offers: offers(true) },
  'setup-guest-picking': { ...guestStep, picking: true },
  'setup-guest-picked': { ...guestStep, picked: imagePicked },
  'setup-guest-again': { ...guestStep, vault: 'made' },
  'setup-guest-fault': { ...guestStep, fault: fault('full') },
  'setup-recovery': { ...setup, step: 'recovery', picked: imagePicked, askedGroups: [2, 6] },
  'setup-building': {
    ...setup,
    step: 'building',
    work: work(build, 2, { fraction: 0.23, secondsLeft: 340 }),
  },
  'setup-building-late': {
    ...setup,
    step: 'building',
    work: work(build, 7, { fraction: 0.93, secondsLeft: 12, reversible: false }),
  },
  ...restoreStories({ setup, work, fault }),
  vaults: { state: 'vaults', vaults },
  'vaults-with-a-copy': { state: 'vaults', vaults: [...vaults.slice(0, 1), ...copied, unreadable] },
  'vaults-copies-only': { state: 'vaults', vaults: copied },
  locked,
  'locked-of-several': { ...locked, vault: vaults[1] ?? null },
  'locked-wrong': { ...locked, wrongTries: 3, waitSeconds: 4, fault: fault('wrongSecret') },
  'locked-wrong-keys': {
    ...locked,
    wrongTries: 1,
    fault: fault('wrongSecret'),
    keys: ['KINGSTON', 'SANDISK'],
  },
  'locked-no-key': { ...locked, fault: fault('missingKey') },
  'locked-plain-file': { ...locked, plainPassphraseFile: true },
  'locked-looking-for-key': { ...locked, keyUsb: 'looking' },
  ways,
  'ways-reading': { ...ways, told: null },
  'ways-two-factor': {
    ...ways,
    told: {
      twoFactor: true,
      settings: usualSettings,
      ways: [
        { id: 1, name: 'recovery key', kind: 'recovery', removable: true },
        { id: 2, name: 'both', kind: 'both', removable: false },
      ],
    },
    done: 'remove',
  },
  'ways-both-added': {
    ...ways,
    done: 'both',
    told: {
      twoFactor: false,
      settings: usualSettings,
      ways: [
        { id: 0, name: 'passphrase', kind: 'passphrase', removable: true },
        { id: 1, name: 'recovery key', kind: 'recovery', removable: true },
        { id: 2, name: 'both', kind: 'both', removable: true },
      ],
    },
  },
  'ways-many': {
    ...ways,
    awake: true,
    told: {
      ...{ twoFactor: false, settings: usualSettings },
      ways: [
        { id: 0, name: 'passphrase', kind: 'passphrase', removable: true },
        { id: 1, name: 'recovery key', kind: 'recovery', removable: true },
        { id: 2, name: 'both', kind: 'both', removable: true },
      ],
    },
  },
  'ways-wrong': { ...ways, wrongTries: 2, waitSeconds: 2, fault: fault('wrongSecret') },
  'ways-sheet': { ...ways, askedGroups: [2, 6] },
  ...stickStories({ work }),
  'idle-locked': idleLocked,
  'idle-locked-paused': { ...idleLocked, paused: true },
  'idle-locked-wrong': { ...idleLocked, wrongTries: 3, waitSeconds: 4, fault: fault('wrongSecret') },
  'idle-locked-checking': { ...idleLocked, checking: 'passphrase' },
  opening: {
    state: 'opening',
    vault: null,
    by: 'passphrase',
    work: work(['key', 'mount'], 0, { secondsLeft: 2.4 }),
  },
  'opening-with-key': { state: 'opening', vault: null, by: 'keyUsb', work: work(['key', 'mount'], 1) },
  choosing: {
    state: 'choosing',
    guests: [
      { ...newGuest, id: 'office', name: 'Office of the east district', bytes: 12_400_000_000 },
      { ...guest, hasPicture: true },
    ],
  },
  'choosing-many': {
    state: 'choosing',
    guests: ['Letters', 'Accounts of the school', 'Radio', 'Old laptop', 'My Debian'].map((name, index) => ({
      ...guest,
      id: `guest-${index}`,
      name,
      suspendedAt: at(9 + index, 5 * index),
      hasPicture: index > 2,
      state: name === 'Radio' ? 'running' : 'suspended',
    })),
  },
  'choosing-none': { state: 'choosing', guests: [] },
  checking: { state: 'checking', guest, work: work(wake, 0, { fraction: 0.1, secondsLeft: 40 }) },
  resuming: {
    state: 'resuming',
    guest,
    fresh: false,
    curtain: false,
    work: work(wake, 2, { fraction: 0.62, secondsLeft: 8 }),
  },
  'showing-again': {
    state: 'resuming',
    guest,
    fresh: false,
    curtain: false,
    work: work(['show'], 0, { fraction: 0, reversible: false }),
  },
  'resuming-unknown': { state: 'resuming', guest, fresh: false, curtain: false, work: work(wake, 1) },
  'resuming-fresh': {
    state: 'resuming',
    guest: newGuest,
    fresh: true,
    curtain: false,
    work: work(wake, 4, { fraction: 0.95, secondsLeft: 1, reversible: false }),
  },
  live,
  'live-battery': { ...live, batteryLow: true },
  'live-low': { ...live, controls: true, spaceLeft: 180e6 },
  'live-starting': { ...live, guest: newGuest, starting: true },
  'live-controls': { ...live, controls: true },
  'live-display': { ...live, controls: true, section: 'display' },
  'live-keys': { ...live, controls: true, section: 'keys' },
  'live-pc': { ...live, controls: true, section: 'pc' },
  'live-backup': { ...live, controls: true, section: 'backup' },
  'live-help': { ...live, controls: true, section: 'help' },
  'live-trial': { ...live, controls: true, trial: { output: null, way: 'larger' } },
  'live-hint': { ...live, hint: true },
  'live-shutting-down': {
    ...live,
    guest: newGuest,
    controls: true,
    shuttingDown: true,
    plainPassphraseFile: true,
  },
  suspending: {
    state: 'suspending',
    guest,
    work: work(leave, 1, { fraction: 0.68, secondsLeft: 6 }),
    returnsTo: at(13, 5),
    battery: null,
  },
  'suspending-battery': {
    state: 'suspending',
    guest,
    work: work(leave, 1, { fraction: 0.4, secondsLeft: 9 }),
    returnsTo: at(13, 5),
    battery: 'empty',
  },
  'suspending-mains': {
    state: 'suspending',
    guest,
    work: work(leave, 1, { fraction: 0.5, secondsLeft: 8 }),
    returnsTo: at(13, 5),
    battery: 'onMains',
  },
  'suspending-written': {
    state: 'suspending',
    guest,
    work: work(leave, 3, { fraction: 0.9, secondsLeft: 130, reversible: false }),
    returnsTo: at(13, 5),
    battery: null,
  },
  closing: {
    state: 'suspending',
    guest,
    work: work(['fsync', 'close'], 1, { reversible: false }),
    returnsTo: null,
    battery: null,
  },
  timeline: timeline({}),
  'timeline-gone-back': timeline({ timeline: { ...moments, present: 5 } }),
  'timeline-many': timeline({
    timeline: { ...moments, moments: [...moments.moments, { ...oldMoment, number: 3 }, oldMoment] },
    exits: ['chooseAnother'],
  }),
  'timeline-freed': timeline({
    timeline: { ...moments, moments: moments.moments.slice(0, 2), room: null },
    freedBytes: 812e6,
    exits: ['chooseAnother'],
  }),
  'timeline-looking': timeline({ timeline: null }),
  'timeline-making-room': timeline({ work: work(['thin', 'merge'], 1, { fraction: 0.4 }) }),
  'timeline-fault': timeline({ timeline: null, fault: fault('io') }),
  safe,
  'safe-battery': { ...safe, forBattery: true },
  'safe-no-trace': { ...safe, trace: noTrace },
  'safe-trace': {
    ...safe,
    trace: {
      ...noTrace,
      disks: { seen: 2, writable: 1, writtenBytes: 52_428_800, used: 0 },
      memoryCleared: false,
    },
  },
  'safe-plain-file': { ...safe, plainPassphraseFile: true },
  'safe-unverified': { ...safe, verified: false, writtenBytes: null },
  'safe-powered-off': { ...safe, why: 'poweredOff', writtenBytes: null, verified: false },
  'safe-nothing': { ...safe, why: 'nothingOpened', at: '', writtenBytes: null, verified: false },
  'safe-open': { ...safe, vaultClosed: false, canWake: false },
  'powering-off': { state: 'poweringOff' },
  'unfit-afresh': {
    state: 'unfit',
    guest,
    fit: {
      verdict: 'notHere',
      reasons: [{ code: 'savedByHardware', severity: 'stop', have: 'tcg', need: 'kvm' }],
      canStartAfresh: true,
    },
    exits: ['closeVault', 'startAfresh'],
  },
  'unfit-memory': {
    state: 'unfit',
    guest,
    fit: {
      verdict: 'notHere',
      reasons: [
        { code: 'memoryShort', severity: 'stop', have: 900_000_000, need: 4_400_000_000 },
        { code: 'cpuLacks', severity: 'stop', have: 'sse4.2 popcnt', need: 'Nehalem-v1' },
      ],
      canStartAfresh: false,
    },
    exits: ['closeVault', 'chooseAnother'],
  },
  'after-crash': {
    state: 'afterCrash',
    guest,
    savedAt: at(14, 20),
    until: at(14, 29),
    exits: ['wakeExact', 'wakeSavedFiles'],
  },
  'fault-older': broken('damagedState', 'oldGeneration', ['wakeOlder', 'wakeAgain', 'closeVault']),
  'fault-damaged': broken('damagedState', 'oldGeneration', ['closeVault', 'wakeAgain']),
  'fault-died': broken('guestDied', 'oldGeneration', ['wakeAgain', 'closeVault']),
  'fault-keyslots': broken('damagedKeyslots', 'nothingOpened', ['unlockAgain', 'lookAgain', 'switchOff']),
  'fault-viewer': broken('viewerDied', 'guestRuns', ['backToDesktop', 'suspend']),
  'fault-full': broken('full', 'guestRuns', ['backToDesktop', 'suspend']),
  'fault-busy': broken('busy', 'newGeneration', ['closeVault', 'switchOff']),
  'fault-tool': broken('toolMissing', 'nothingOpened', ['lookAgain', 'switchOff']),
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;

export interface Around {
  readonly look?: Partial<Look>;
  readonly place?: View['place'];
  readonly testBuild?: boolean;
  readonly hazards?: View['hazards'];
  readonly jobs?: View['jobs'];
  readonly keyboard?: View['keyboard'];
  readonly remembered?: boolean;
  readonly reader?: View['reader'];
  readonly controls?: Controls;
}

const controls: Controls = {
  settings: controlsAtFirst,
  pc: {
    battery: { percent: 80, charging: false },
    network: 'wireless',
    volume: { percent: 60, muted: false },
  },
  display: {
    ...{ way: 'guestFollows', choices: ['guestFollows', 'larger'], size: { width: 1920, height: 1080 } },
    output: 'HDMI-1',
    outputs: [
      { name: 'HDMI-1', monitor: 'Marigold 24' },
      { name: 'VGA-1', monitor: null },
    ],
  },
  backup: noBackup,
};

const repository: BackupState['repositories'][number] = {
  ...{ name: 'disk', kind: 'folder', location: '/media/marigold/soulpad', check: 'ok', fault: null },
  ...{ lastGoodAt: at(14, 5), bytesMoved: 38e6, seconds: 21 },
  drill: { at: at(14, 9), passed: true, hasPictures: true },
};
const server: BackupState['repositories'][number] = {
  ...{ name: 'cafe', kind: 'rest', location: 'rest:https://cafe.example/ana', check: 'ok', fault: null },
  ...{ lastGoodAt: at(9, 40), bytesMoved: 41e6, seconds: 190, drill: null },
};

function backedUp(about: Partial<BackupState>): Controls {
  const backup: BackupState = {
    ...{ state: 'idle', lastGoodAt: at(14, 5), repositories: [repository, server], work: null },
    ...{ nextAt: at(15, 5), nearby: null },
    ...about,
  };
  return { ...controls, backup };
}

/** Of the backup part of the control page. */
export const backupControls: Readonly<Record<string, Controls>> = {
  'backup-tried': backedUp({}),
  'backup-good': backedUp({ repositories: [{ ...repository, drill: null }] }),
  'backup-running': backedUp({
    state: 'running',
    work: {
      ...{ name: 'disk', stage: 'backup', done: 21e6, total: 38e6, secondsLeft: 95 },
      ...{ bytesPerSecond: 180e3, paused: null },
    },
  }),
  'backup-battery': backedUp({
    state: 'paused',
    work: {
      ...{ name: 'disk', stage: 'backup', done: 21e6, total: 38e6, secondsLeft: null },
      ...{ bytesPerSecond: null, paused: 'battery' },
    },
  }),
  'backup-drilling': backedUp({
    state: 'running',
    work: {
      ...{ name: 'disk', stage: 'drill', done: 0, total: 1, secondsLeft: null },
      ...{ bytesPerSecond: null, paused: null },
    },
  }),
  'backup-nearby': backedUp({ nearby: 'disk' }),
  'backup-none': controls,
  'backup-away': backedUp({
    state: 'failed',
    repositories: [{ ...repository, fault: 'missingRepository' }],
  }),
  'backup-drill-failed': backedUp({
    state: 'failed',
    repositories: [{ ...repository, drill: { at: at(14, 9), passed: false, hasPictures: true } }],
  }),
};

export function viewOf(story: Story, around: Around = {}): View {
  return {
    place: around.place ?? 'stick',
    version: '0.1.0',
    testBuild: around.testBuild ?? false,
    look: { ...plainLook, ...around.look },
    keyboard: around.keyboard ?? plainLayout,
    remembered: around.remembered ?? false,
    reader: around.reader ?? 'off',
    story,
    jobs: around.jobs ?? [],
    hazards: around.hazards ?? [],
    controls: around.controls ?? controls,
  };
}
