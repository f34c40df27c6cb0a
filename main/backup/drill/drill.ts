// The restore drill: the newest moment of a guest is restored to a scratch place in the vault, woken there by the very
// code that wakes it for the person, without a network, compared with the picture that was taken when it was suspended,
// and discarded. A backup is good when this passed, and the date of it is shown.
//
//   fails when   the moment cannot be restored whole, or does not wake
//                the screen shows nothing, or is not the one of the picture
//                no tick comes, or the guest says that its memory or disk is not whole
//                a witness has another nonce than the picture shows
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../../preload/contract/fault';
import type { OnProgress } from '../../../preload/contract/progress';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { readBounded } from '../../files/bounded';
import { writeDurably } from '../../files/durable';
import { makeOwnFolder } from '../../files/own-folder';
import { readManifest } from '../../generation/store';
import type { GuestDefinition } from '../../guest/definition';
import { readPicture, takePicture } from '../../guest/picture';
import { guestPlace, readGuest } from '../../guest/store';
import { type Trial, wakeOnTrial } from '../../keeper/trial';
import { drillBefore, drillPicture } from '../facts';
import { backupFolder } from '../repository';
import type { Access } from '../restic';
import { restoreTo } from '../restore';
import type { BackupPlaces } from '../run';
import { listMoments, type StoredMoment } from '../snapshots';
import { changeState, type Drill } from '../state';
import { type Alive, seeLife } from './life';
import { leastLikeness, likenessOf, showsNothing } from './likeness';
import { readScreen, type Screen } from './png';
import { nonceOn } from './witness-screen';

const stage = 'backup.drill';
/** Under software emulation a woken desktop is slow to answer. */
const lifeWithinMs = 120_000;
const maxPictureBytes = 4 << 20;

/** Why a drill could not be held: these say nothing about the backup. */
const noVerdict: readonly Fault['code'][] = [
  ...(['cancelled', 'full', 'toolMissing', 'toolTooOld', 'kernelLacks', 'missingRepository'] as const),
  ...(['wrongBackupKey', 'wrongHostKey', 'lockedRepository', 'denied', 'missingGeneration'] as const),
];

export interface DrillOrder {
  readonly places: BackupPlaces;
  readonly access: Access;
  /** Null: the guest that was backed up last. */
  readonly guest: string | null;
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress | undefined;
  /** Another way to wake, and how long a sign of life is waited for: for tests of what a drill sees. */
  readonly wake?: typeof wakeOnTrial;
  readonly lifeWithinMs?: number;
}

/**
 * Holds a drill and writes down what it came to; a failed one is an answer, not a fault. Faults: missingGeneration
 * (nothing is there to try), full, cancelled, and those of reaching the repository.
 */
export async function holdDrill(order: DrillOrder): Promise<Result<Drill>> {
  const began = performance.now();
  const stored = await listMoments(order.access, order.signal);
  if (!stored.ok) return stored;
  const moment = stored.value.filter(({ guest }) => order.guest === null || guest === order.guest).at(-1);
  if (moment === undefined)
    return fail({
      code: 'missingGeneration',
      stage,
      message: 'no moment of that guest lies in the repository',
    });
  const seen: Seen = { nonceMatched: null, likeness: null };
  const scratch = join(backupFolder(order.places.mountPoint), 'drill');
  const tried = await tryMoment({ ...order, moment, scratch, seen });
  await rm(scratch, { recursive: true, force: true }).catch(() => {});
  if (!tried.ok && noVerdict.includes(tried.fault.code)) return tried;
  const drill: Drill = {
    at: new Date().toISOString(),
    ...{ guest: moment.guest, generation: moment.generation, passed: tried.ok, ...seen },
    seconds: (performance.now() - began) / 1000,
    fault: tried.ok ? null : tried.fault,
  };
  const noted = await changeState(order.access.folder, { drill });
  return noted.ok ? ok(drill) : noted;
}

/** What was found out, also where the drill failed after it. */
interface Seen {
  nonceMatched: boolean | null;
  likeness: number | null;
}

interface Trying extends DrillOrder {
  readonly moment: StoredMoment;
  readonly scratch: string;
  readonly seen: Seen;
}

async function tryMoment(about: Trying): Promise<Result<void>> {
  const { access, moment, scratch, signal, onProgress } = about;
  const restored = await restoreTo({ access, moment, scratch, signal, onProgress });
  if (!restored.ok) return restored;
  const guestsFolder = join(scratch, 'guests');
  const definition = await readGuest(guestsFolder, moment.guest);
  if (!definition.ok) return definition;
  const place = guestPlace(guestsFolder, definition.value);
  const manifest = await readManifest(place, moment.generation);
  if (!manifest.ok) return manifest;
  const drawn = await readPicture(place, moment.generation);
  const before = drawn.ok && drawn.value !== null ? readScreen(Buffer.from(drawn.value)) : null;
  const kept = join(access.folder, drillBefore);
  if (drawn.ok && drawn.value !== null) await writeDurably(kept, drawn.value, stage);
  else await rm(kept, { force: true }).catch(() => {});
  const runtimeFolder = join(about.places.runtimeFolder, 'drill');
  const made = makeOwnFolder(runtimeFolder, stage);
  if (!made.ok) return made;
  onProgress?.({ stage: 'drill', done: 0, total: 1, unit: 'steps', secondsLeft: null, reversible: true });
  const woken = await (about.wake ?? wakeOnTrial)({
    ...{ places: { runtimeFolder, guestsFolder }, definition: definition.value, signal },
    onProgress: () => {},
  });
  if (!woken.ok) return woken;
  try {
    return await lookAt({
      ...about,
      trial: woken.value,
      definition: definition.value,
      before,
      folder: scratch,
    });
  } finally {
    await woken.value.end();
    await rm(runtimeFolder, { recursive: true, force: true }).catch(() => {});
  }
}

interface Looking extends Trying {
  readonly trial: Trial;
  readonly definition: GuestDefinition;
  /** Null: a guest that was switched off has no picture. */
  readonly before: Screen | null;
  readonly folder: string;
}

async function lookAt(about: Looking): Promise<Result<void>> {
  const { trial, before, seen, definition, signal } = about;
  const nonce = before === null ? null : nonceOn(before);
  const screen = await seeScreen(about);
  const life = await seeLife({
    ...{ ...trial, definition, signal, withinMs: about.lifeWithinMs ?? lifeWithinMs },
    isWitness: nonce !== null || isWitness(definition),
  });
  if (!life.ok) return life;
  return judge({ screen, before, nonce, life: life.value, seen });
}

/** One that was never suspended has no picture to tell by: its name for itself does. */
function isWitness({ boot, serial }: GuestDefinition): boolean {
  return serial && boot.from === 'kernel' && boot.commandLine.includes('witness.');
}

/** What every drill is judged by. Fault drillFailed. */
function judge(about: {
  readonly screen: Screen | null;
  readonly before: Screen | null;
  readonly nonce: string | null;
  readonly life: Alive;
  readonly seen: Seen;
}): Result<void> {
  const { screen, before, nonce, life, seen } = about;
  if (nonce !== null) seen.nonceMatched = life.nonce === nonce;
  if (seen.nonceMatched === false)
    return failed(`another guest woke: ${life.nonce ?? 'it has no name'}, not ${nonce}`);
  if (before === null) return ok(undefined);
  if (screen === null) return failed('its screen could not be drawn');
  seen.likeness = likenessOf(before, screen);
  if (showsNothing(screen)) return failed('it woke to a black or empty screen');
  if (seen.likeness >= leastLikeness) return ok(undefined);
  return failed(
    `its screen is not the one that was suspended (${Math.round(seen.likeness * 100)} of 100 alike)`,
  );
}

/** Drawn by QEMU, kept for the person to compare. */
async function seeScreen({ trial, folder, access }: Looking): Promise<Screen | null> {
  const drawn = await takePicture({ qmp: trial.qmp, folder });
  if (!drawn.ok) return null;
  const path = join(folder, 'screen.png');
  const read = await readBounded({ path, maxBytes: maxPictureBytes, damaged: 'damagedState', stage });
  if (!read.ok) return null;
  await writeDurably(join(access.folder, drillPicture), read.value, stage);
  return readScreen(read.value);
}

function failed(message: string): Result<never> {
  return fail({ code: 'drillFailed', stage, message });
}
